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

    # The API has no filter by time: everything that there is, is listed.
    def fetch(self, window: Window, deadline: Deadline) -> Iterator[Document | Gap]:  # noqa: ARG002
        """The records of all releases, without values and manifests."""
        # The client library takes 0.2 s to import, which a replay does not need.
        from sources.helm.fetch import fetch

        yield from fetch(self.settings, self._scrubber, deadline, self._sleep)

    def read(self, documents: Iterable[Document], window: Window) -> Iterator[Event | Gap | Seen]:
        """Each revision's start and end, and the migrations among its hooks; whatever the order of the documents."""
        yield from read(documents, window, self.name, self.settings)
