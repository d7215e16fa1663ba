"""The timeline inside a postmortem that people edit: found, merged with their changes, checked."""
