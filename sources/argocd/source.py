"""The adapter: settings, fetch and read combined."""

from collections.abc import Iterable, Iterator

from collector.event import Event
from collector.source import Deadline, Document, Gap, Seen
from collector.window import Window
from sources.argocd.read import read
from sources.argocd.settings import ArgocdSettings
from sources.configured import Configured


class ArgocdSource(Configured[ArgocdSettings]):
    """Syncs, rollbacks and corrections of one Argo CD; see `collector.source.Source`."""

    Settings = ArgocdSettings
    type = "argocd"

    def fetch(self, window: Window, deadline: Deadline) -> Iterator[Document | Gap]:
        """The Applications and the Events about them, from the cluster or, with `url`, from Argo CD's own API."""
        if self.settings.url is not None:
            from sources.argocd import api

            with api.Api(self.settings, self._scrubber, deadline, self._sleep) as session:
                yield from api.fetch(session, window)
            return
        # The client library takes 0.2 s to import, and a replay does not need it.
        from sources.argocd.fetch import fetch

        yield from fetch(self.settings, self._scrubber, deadline, self._sleep)

    def read(self, documents: Iterable[Document], window: Window) -> Iterator[Event | Gap | Seen]:
        """What was deployed, by whom, and how it ended; the order of documents is irrelevant."""
        yield from read(documents, window, self.name, self.settings)
