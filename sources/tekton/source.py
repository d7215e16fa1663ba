"""The adapter: settings, fetch and read combined."""

from collections.abc import Iterable, Iterator

from collector.event import Event
from collector.source import Deadline, Document, Gap, Seen
from collector.window import Window
from sources.configured import Configured
from sources.tekton.read import read
from sources.tekton.settings import TektonSettings


class TektonSource(Configured[TektonSettings]):
    """Runs of Tekton in one cluster; see `collector.source.Source`."""

    Settings = TektonSettings
    type = "tekton"

    # The API cannot filter by time, so all runs are listed.
    def fetch(self, window: Window, deadline: Deadline) -> Iterator[Document | Gap]:  # noqa: ARG002
        """All PipelineRuns and TaskRuns that the cluster still has."""
        # The client library takes 0.2 s to import, and a replay does not need it.
        from sources.tekton.fetch import fetch

        yield from fetch(self.settings, self._scrubber, deadline, self._sleep)

    def read(self, documents: Iterable[Document], window: Window) -> Iterator[Event | Gap | Seen]:
        """Runs, and deploys by runs with names that match `deploys`; the order of documents is irrelevant."""
        yield from read(documents, window, self.name, self.settings)
