"""The adapter itself: settings, fetch and read put together."""

from collections.abc import Iterable, Iterator

from collector.event import Event
from collector.source import Deadline, Document, Gap
from collector.window import Window
from sources.configured import Configured
from sources.events.read import read
from sources.events.settings import EventsSettings


class EventsSource(Configured[EventsSettings]):
    """Events that some system exported into files; see `collector.source.Source`."""

    Settings = EventsSettings
    type = "events"

    def fetch(self, window: Window, deadline: Deadline) -> Iterator[Document | Gap]:
        """What the files have of the window and the days before it, and what of them is no event."""
        from sources.events.fetch import fetch

        yield from fetch(self.settings, window, deadline)

    # The window decided what was fetched; what lies before it explains what lies in it, so nothing is dropped here.
    def read(self, documents: Iterable[Document], window: Window) -> Iterator[Event | Gap]:  # noqa: ARG002
        """Deploys, runs, flags, incidents and what else is written there, whatever the order of the documents."""
        yield from read(documents, self.name, self.settings)
