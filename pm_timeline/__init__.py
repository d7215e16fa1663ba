"""The draft timeline table of a postmortem."""
