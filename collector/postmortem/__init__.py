"""Postmortems that people edit: finds the timeline in them, merges it with people's changes, and checks the text."""
