"""The adapter itself: settings, fetch and read put together."""

from collections.abc import Iterable, Iterator

from collector.event import Event
from collector.source import Deadline, Document, Gap, Seen
from collector.window import Window
from sources.configured import Configured
from sources.recorder.installed import require_packages
from sources.recorder.read import read
from sources.recorder.settings import RecorderSettings


class RecorderSource(Configured[RecorderSettings]):
    """The recordings of clusters; see `collector.source.Source`."""

    Settings = RecorderSettings
    type = "recorder"

    def fetch(self, window: Window, deadline: Deadline) -> Iterator[Document | Gap]:
        """Read what was recorded around the window; see `sources.recorder.fetch`."""
        require_packages()
        # SQLAlchemy takes 0.2 s to import, which a replay does not need.
        from sources.recorder.fetch import fetch

        yield from fetch(self.settings, self._scrubber, window, deadline)

    def read(self, documents: Iterable[Document], window: Window) -> Iterator[Event | Gap | Seen]:
        """See `sources.recorder.read`."""
        yield from read(documents, window, self.name)
