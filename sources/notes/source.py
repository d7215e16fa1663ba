"""Notes: what people wrote down, in a file or on the command line."""

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from collector.event import Event
from collector.source import Deadline, Document, Gap
from collector.window import Window
from collector.zones import parse_zone
from sources.configured import Configured
from sources.notes.fetch import fetch
from sources.notes.read import read
from sources.notes.settings import NotesSettings


class NotesSource(Configured[NotesSettings]):
    """Notes that people wrote; see `collector.source.Source`."""

    Settings = NotesSettings
    type = "notes"

    # Notes are at hand, so neither window nor deadline matters.
    def fetch(self, window: Window, deadline: Deadline) -> Iterator[Document | Gap]:  # noqa: ARG002
        """The lines, then the file."""
        yield from fetch(self.settings)

    def read(self, documents: Iterable[Document], window: Window) -> Iterator[Event | Gap]:
        """See `sources.notes.read`; times without a zone are in that of the settings, else in that of the window."""
        if self.settings.tz:
            window = replace(window, tz=parse_zone(self.settings.tz, "tz"))
        yield from read(documents, window, self.name)
