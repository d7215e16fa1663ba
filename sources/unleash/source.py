"""The adapter: settings, fetch and read combined."""

from collections.abc import Iterable, Iterator

from collector.event import Event
from collector.source import Deadline, Document, Gap
from collector.window import Window
from sources.configured import Configured
from sources.unleash.read import read
from sources.unleash.settings import UnleashSettings


class UnleashSource(Configured[UnleashSettings]):
    """Changes of flags and segments of one instance; see `collector.source.Source`."""

    Settings = UnleashSettings
    type = "unleash"

    def fetch(self, window: Window, deadline: Deadline) -> Iterator[Document | Gap]:
        """The event log, newest first."""
        from sources.flag_log import Api
        from sources.unleash.fetch import fetch

        # Unleash takes the bare token, without `Bearer`.
        authorization = self.settings.token(self._scrubber)
        with Api(self.settings, authorization, self._scrubber, deadline, self._sleep) as api:
            yield from fetch(api, self.settings, window)

    # Requests are for whole days. Events are filtered later, when rows are chosen, so none is dropped here.
    def read(self, documents: Iterable[Document], window: Window) -> Iterator[Event | Gap]:  # noqa: ARG002
        """Changes of flags; the order of documents is irrelevant."""
        yield from read(documents, self.name, self.settings)
