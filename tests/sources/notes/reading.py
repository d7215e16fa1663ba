"""Reads the text of a file of notes."""

from collector.event import Event
from collector.secrets import Scrubber
from collector.source import Document, Gap
from sources.notes import NotesSettings, NotesSource
from tests.collector.build import WINDOW, at


def read(text: str) -> tuple[list[str], list[str]]:
    """The notes, and the reasons of the gaps."""
    source = NotesSource("notes", NotesSettings(), Scrubber())
    found = list(source.read([Document("file", "notes.md", at("15:00:00"), text)], WINDOW))
    notes = [f"{one.at:%H:%M} {one.summary}" for one in found if isinstance(one, Event)]
    return notes, [one.reason for one in found if isinstance(one, Gap)]
