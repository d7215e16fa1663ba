"""The adapter: settings, fetch and read combined."""

from collections.abc import Iterable, Iterator

from collector.event import Event
from collector.source import Deadline, Document, Gap, Seen
from collector.window import Window
from sources.configured import Configured
from sources.flux.read import read
from sources.kube_api.settings import ClusterSettings


class FluxSource(Configured[ClusterSettings]):
    """Deploys by Flux in one cluster; see `collector.source.Source`."""

    Settings = ClusterSettings
    type = "flux"

    # The API cannot filter by time, so all objects are listed.
    def fetch(self, window: Window, deadline: Deadline) -> Iterator[Document | Gap]:  # noqa: ARG002
        """Kustomizations, HelmReleases, their sources, and the Events about them."""
        # The client library takes 0.2 s to import, and a replay does not need it.
        from sources.flux.fetch import fetch

        yield from fetch(self.settings, self._scrubber, deadline, self._sleep)

    def read(self, documents: Iterable[Document], window: Window) -> Iterator[Event | Gap | Seen]:
        """What was applied, what failed, and which drift Flux reverted; the order of documents is irrelevant."""
        yield from read(documents, window, self.name, self.settings.cluster)
