"""The adapter: settings, fetch and read combined."""

from collections.abc import Iterable, Iterator

from collector.event import Event
from collector.source import Deadline, Document, Gap
from collector.window import Window
from sources.configured import Configured
from sources.flagsmith.read import read
from sources.flagsmith.settings import FlagsmithSettings


class FlagsmithSource(Configured[FlagsmithSettings]):
    """Changes of flags and segments of one organisation; see `collector.source.Source`."""

    Settings = FlagsmithSettings
    type = "flagsmith"

    def fetch(self, window: Window, deadline: Deadline) -> Iterator[Document | Gap]:
        """The audit log, newest first, and details of the state changes in it."""
        from sources.flag_log import Api
        from sources.flagsmith.fetch import fetch

        token = self.settings.token(self._scrubber)
        authorization = f"{self.settings.scheme} {token}" if token is not None else None
        with Api(self.settings, authorization, self._scrubber, deadline, self._sleep) as api:
            yield from fetch(api, self.settings, window)

    def read(self, documents: Iterable[Document], window: Window) -> Iterator[Event | Gap]:
        """Changes of flags; the order of documents is irrelevant."""
        yield from read(documents, window, self.name, self.settings)
