"""The adapter itself: settings, fetch and read put together."""

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
        """For each project its deployments, their approvals, its environments, pipelines and the jobs of these."""
        from sources.gitlab.api import Api
        from sources.gitlab.fetch import fetch

        with Api(self.settings, self._scrubber, deadline, self._sleep) as api:
            yield from fetch(api, self.settings, window)

    # The window decided what was fetched; what lies outside it explains what lies in it, so nothing is dropped here.
    def read(self, documents: Iterable[Document], window: Window) -> Iterator[Event | Gap]:  # noqa: ARG002
        """Starts, waits, approvals and ends of deploys and pipelines, whatever the order of the documents."""
        yield from read(documents, self.name, self.settings)
