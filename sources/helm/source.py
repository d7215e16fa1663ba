"""The adapter itself: settings, fetch and read put together."""

from collections.abc import Iterable, Iterator

from collector.event import Event
from collector.source import Deadline, Document, Gap, Seen
from collector.window import Window
from sources.configured import Configured
from sources.helm.read import read
from sources.helm.settings import HelmSettings


class HelmSource(Configured[HelmSettings]):
    """Releases by Helm in one cluster; see `collector.source.Source`."""

    Settings = HelmSettings
    type = "helm"

    # The API has no filter by time, so everything is listed.
    def fetch(self, window: Window, deadline: Deadline) -> Iterator[Document | Gap]:  # noqa: ARG002
        """The records of all releases, without values and manifests."""
        # The client library takes 0.2 s to import, and a replay does not need it.
        from sources.helm.fetch import fetch

        yield from fetch(self.settings, self._scrubber, deadline, self._sleep)

    def read(self, documents: Iterable[Document], window: Window) -> Iterator[Event | Gap | Seen]:
        """The start and end of each revision, and the migrations among its hooks, for documents in any order."""
        yield from read(documents, window, self.name, self.settings)
