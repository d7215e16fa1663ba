"""The rules of a good postmortem: each a function from its pages to what breaks it."""
