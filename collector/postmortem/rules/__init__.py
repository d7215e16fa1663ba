"""The rules for a good postmortem: each is a function from a Page to its findings."""
