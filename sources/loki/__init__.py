"""What every source that reads from Loki shares."""
