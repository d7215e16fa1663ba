"""The adapter itself: settings, fetch and read put together."""

from collections.abc import Iterable, Iterator

from collector.event import Event
from collector.source import Deadline, Document, Gap, Seen
from collector.window import Window
from sources.configured import Configured
from sources.kubernetes_audit.read import read
from sources.kubernetes_audit.settings import KubernetesAuditSettings


class KubernetesAuditSource(Configured[KubernetesAuditSettings]):
    """The audit log of one cluster's API server; see `collector.source.Source`."""

    Settings = KubernetesAuditSettings
    type = "kubernetes-audit"

    def fetch(self, window: Window, deadline: Deadline) -> Iterator[Document | Gap]:
        """The entries that may concern the window; see `sources.kubernetes_audit.fetch` and `loki`."""
        if self.settings.url:
            from sources.kubernetes_audit import loki

            yield from loki.fetch(self.settings, self._scrubber, window, deadline, self._sleep)
        else:
            from sources.kubernetes_audit import fetch

            yield from fetch.fetch(self.settings, window, deadline)

    def read(self, documents: Iterable[Document], window: Window) -> Iterator[Event | Gap | Seen]:
        """See `sources.kubernetes_audit.read`."""
        yield from read(documents, window, self.name, self.settings.cluster)
