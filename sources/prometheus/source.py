"""The adapter: settings, fetch and read combined."""

from collections.abc import Iterable, Iterator

from collector.event import Event
from collector.source import Deadline, Document, Gap
from collector.window import Window
from sources.configured import Configured
from sources.prometheus.settings import PrometheusSettings


class PrometheusSource(Configured[PrometheusSettings]):
    """Alerts and error ratios of one Prometheus; see `collector.source.Source`."""

    Settings = PrometheusSettings
    type = "prometheus"

    def fetch(self, window: Window, deadline: Deadline) -> Iterator[Document | Gap]:
        """Names of existing metrics, ALERTS, ALERTS_FOR_STATE, the rules, and the request counters; samples are raw."""
        from sources.prometheus.fetch import fetch
        from sources.promql.client import Client
        from sources.promql.external_url import ask_external_url

        with Client(self.settings, self._scrubber, deadline, self._sleep) as client:
            yield from fetch(client, self.settings, window)
            yield from ask_external_url(client, self.settings)

    def retention(self, deadline: Deadline) -> str:
        """See `sources.promql.retention.ask_retention`."""
        from sources.promql.client import Client
        from sources.promql.retention import ask_retention

        with Client(self.settings, self._scrubber, deadline, self._sleep) as client:
            return ask_retention(client)

    def read(self, documents: Iterable[Document], window: Window) -> Iterator[Event | Gap]:
        """Alerts pending, firing and resolved; errors risen and fallen; the order of documents is irrelevant."""
        from sources.prometheus.read import read

        yield from read(documents, window, self.name, self.settings)
