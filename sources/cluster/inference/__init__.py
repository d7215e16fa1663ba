"""What the objects that still exist and the Event objects show together."""
