"""Wording: how each type of story is written in rows."""
