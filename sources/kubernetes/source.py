"""The adapter itself: settings, fetch and read put together."""

from collections.abc import Iterable, Iterator

from collector.event import Event
from collector.known import KnownNamespaces
from collector.source import Deadline, Document, Gap, SameService, Seen
from collector.window import Window
from sources.configured import Configured
from sources.kube_api.settings import KubernetesSettings
from sources.kubernetes.read import read


class KubernetesSource(Configured[KubernetesSettings]):
    """Rollouts, pods and Events of one cluster; see `collector.source.Source`."""

    Settings = KubernetesSettings
    type = "kubernetes"

    # The API has no filter by time, so everything is listed.
    def fetch(self, window: Window, deadline: Deadline) -> Iterator[Document | Gap]:  # noqa: ARG002
        """List what `sources.cluster.lists` names; see `sources.kubernetes.fetch`."""
        # The client library takes 0.2 s to import, and a replay does not need it.
        from sources.kubernetes.fetch import fetch

        yield from fetch(self.settings, self._scrubber, deadline, self._sleep)

    def read(
        self, documents: Iterable[Document], window: Window
    ) -> Iterator[Event | Gap | SameService | Seen | KnownNamespaces]:
        """See `sources.kubernetes.read`."""
        yield from read(documents, window, self.name, self.settings.cluster)
