"""The adapter itself: settings, fetch and read put together."""

from collections.abc import Iterable, Iterator

from collector.event import Event
from collector.source import Deadline, Document, Gap, Seen
from collector.window import Window
from sources.configured import Configured
from sources.kube_state_metrics.settings import KubeStateMetricsSettings


class KubeStateMetricsSource(Configured[KubeStateMetricsSettings]):
    """Rollouts, pods, nodes, jobs and configuration of one cluster, from samples; see `collector.source.Source`."""

    Settings = KubeStateMetricsSettings
    type = "kube-state-metrics"

    def fetch(self, window: Window, deadline: Deadline) -> Iterator[Document | Gap]:
        """The existing series, then their raw samples; see `sources.kube_state_metrics.fetch`."""
        from sources.kube_state_metrics.fetch import fetch
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

    def read(self, documents: Iterable[Document], window: Window) -> Iterator[Event | Gap | Seen]:
        """See `sources.kube_state_metrics.read`."""
        from sources.kube_state_metrics.read import read

        yield from read(documents, window, self.name, self.settings.cluster, whole=self.settings.namespaces is None)
