"""Notes: what people wrote while it happened, in files, on stdin or pasted from a chat."""

from sources.notes.settings import NotesSettings
from sources.notes.source import NotesSource

__all__ = ["NotesSettings", "NotesSource"]
