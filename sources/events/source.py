"""The adapter: settings, fetch and read combined."""

from collections.abc import Iterable, Iterator

from collector.event import Event
from collector.source import Deadline, Document, Gap
from collector.window import Window
from sources.configured import Configured
from sources.events.read import read
from sources.events.settings import EventsSettings


class EventsSource(Configured[EventsSettings]):
    """Events that a system exported into files; see `collector.source.Source`."""

    Settings = EventsSettings
    type = "events"

    def fetch(self, window: Window, deadline: Deadline) -> Iterator[Document | Gap]:
        """The records of the window and the days before it, and Gaps for malformed lines."""
        from sources.events.fetch import fetch

        yield from fetch(self.settings, window, deadline)

    # fetch already limited the time. Events before the window help to explain those inside, so none is dropped here.
    def read(self, documents: Iterable[Document], window: Window) -> Iterator[Event | Gap]:  # noqa: ARG002
        """Deploys, runs, flags, incidents and other records; the order of documents is irrelevant."""
        yield from read(documents, self.name, self.settings)
