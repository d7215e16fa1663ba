"""The recorded incident: how it is recorded again, and how it is served to a test."""
