"""Words: how each sort of story is written in rows."""
