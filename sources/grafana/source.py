"""The adapter: settings, fetch and read combined."""

from collections.abc import Iterable, Iterator

from collector.event import Event
from collector.known import QueryPage
from collector.source import Deadline, Document, Gap
from collector.window import Window
from sources.configured import Configured
from sources.grafana import fetch, read
from sources.grafana.api import Api
from sources.grafana.settings import GrafanaSettings


class GrafanaSource(Configured[GrafanaSettings]):
    """Alerts that one Grafana manages, and its annotations; see `collector.source.Source`."""

    Settings = GrafanaSettings
    type = "grafana"

    def fetch(self, window: Window, deadline: Deadline) -> Iterator[Document | Gap]:
        """State history, or if there is none the annotations of alerts, and other annotations; each newest first."""
        with Api(self.settings, self._scrubber, deadline, self._sleep) as api:
            yield from fetch.fetch(api, window)

    # fetch already limited the time. Events outside the window help to explain those inside, so none is dropped here.
    def read(self, documents: Iterable[Document], window: Window) -> Iterator[Event | Gap | QueryPage]:  # noqa: ARG002
        """Alerts pending, firing and resolved, annotations, query pages; the order of documents is irrelevant."""
        yield from read.read(documents, self.name, self.settings)
