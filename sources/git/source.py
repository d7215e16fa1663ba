"""The adapter: settings, fetch and read combined."""

from collections.abc import Iterable, Iterator

from collector.event import Event
from collector.source import Deadline, Document, Gap
from collector.window import Window
from sources.configured import Configured
from sources.git.read import read
from sources.git.settings import GitSettings


class GitSource(Configured[GitSettings]):
    """Merges, reverts and tags of one clone; see `collector.source.Source`."""

    Settings = GitSettings
    type = "git"

    def fetch(self, window: Window, deadline: Deadline) -> Iterator[Document | Gap]:
        """The state of the clone, the commits of its branch in the window and the days before, and its tags."""
        from sources.git.fetch import fetch

        yield from fetch(self.settings, window, deadline)

    def read(self, documents: Iterable[Document], window: Window) -> Iterator[Event | Gap]:
        """Merges, reverts and tags; the order of documents is irrelevant."""
        yield from read(documents, window, self.name, self.settings)
