"""One file per incident: what happened, minute by minute."""
