"""The adapter: settings, fetch and read combined."""

from collections.abc import Iterable, Iterator

from collector.event import Event
from collector.source import Deadline, Document, Gap
from collector.window import Window
from sources.configured import Configured
from sources.gitlab.read import read
from sources.gitlab.settings import GitlabSettings


class GitlabSource(Configured[GitlabSettings]):
    """Deployments, approvals, pipelines and jobs of GitLab projects; see `collector.source.Source`."""

    Settings = GitlabSettings
    type = "gitlab"

    def fetch(self, window: Window, deadline: Deadline) -> Iterator[Document | Gap]:
        """For each project its deployments with approvals, environments, pipelines, and their jobs."""
        from sources.gitlab.api import Api
        from sources.gitlab.fetch import fetch

        with Api(self.settings, self._scrubber, deadline, self._sleep) as api:
            yield from fetch(api, self.settings, window)

    # fetch already limited the time. Events outside the window help to explain those inside, so none is dropped here.
    def read(self, documents: Iterable[Document], window: Window) -> Iterator[Event | Gap]:  # noqa: ARG002
        """Starts, waits, approvals and ends of deploys and pipelines; the order of documents is irrelevant."""
        yield from read(documents, self.name, self.settings)
