"""The adapter: settings, fetch and read combined."""

from collections.abc import Iterable, Iterator

from collector.event import Event
from collector.source import Deadline, Document, Gap
from collector.window import Window
from sources.alertmanager.read import read
from sources.alertmanager.settings import AlertmanagerSettings
from sources.configured import Configured


class AlertmanagerSource(Configured[AlertmanagerSettings]):
    """Firing alerts and silences of one Alertmanager; see `collector.source.Source`."""

    Settings = AlertmanagerSettings
    type = "alertmanager"

    # Neither request has a time: the answers show the current state, whatever the window.
    def fetch(self, window: Window, deadline: Deadline) -> Iterator[Document | Gap]:  # noqa: ARG002
        """The alerts that currently fire, including silenced and inhibited ones, and the silences of the last days."""
        from sources.alertmanager.api import Api
        from sources.alertmanager.fetch import fetch

        with Api(self.settings, self._scrubber, deadline, self._sleep) as api:
            yield from fetch(api)

    def read(self, documents: Iterable[Document], window: Window) -> Iterator[Event | Gap]:
        """Alerts firing and resolved, silences started and ended; the order of documents is irrelevant."""
        yield from read(documents, window, self.name, self.settings)
