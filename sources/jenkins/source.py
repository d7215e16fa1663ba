"""The adapter: settings, fetch and read combined."""

from collections.abc import Iterable, Iterator

from collector.event import Event
from collector.source import Deadline, Document, Gap
from collector.window import Window
from sources.configured import Configured
from sources.jenkins.read import read
from sources.jenkins.settings import JenkinsSettings


class JenkinsSource(Configured[JenkinsSettings]):
    """Builds, stages and the queue of one Jenkins; see `collector.source.Source`."""

    Settings = JenkinsSettings
    type = "jenkins"

    def fetch(self, window: Window, deadline: Deadline) -> Iterator[Document | Gap]:
        """The jobs, the builds of those that ran, the stages of Pipelines that may have deployed, and the queue."""
        from sources.jenkins.api import Api
        from sources.jenkins.fetch import fetch

        with Api(self.settings, self._scrubber, deadline, self._sleep) as api:
            yield from fetch(api, self.settings, window)

    # fetch already limited the time. Events outside the window help to explain those inside, so none is dropped here.
    def read(self, documents: Iterable[Document], window: Window) -> Iterator[Event | Gap]:  # noqa: ARG002
        """Starts, waits, approvals and ends of builds and deploys; the order of documents is irrelevant."""
        yield from read(documents, self.name, self.settings)
