"""The adapter: settings, fetch and read combined."""

from collections.abc import Iterable, Iterator

from collector.event import Event
from collector.source import Deadline, Document, Gap
from collector.window import Window
from sources.configured import Configured
from sources.github.settings import GithubSettings


class GithubSource(Configured[GithubSettings]):
    """Deployments with their statuses, and Actions runs, of repositories; see `collector.source.Source`."""

    Settings = GithubSettings
    type = "github"
    _token_origin = ""

    def target(self) -> str:
        """The repositories, and the origin of the token once it is known."""
        return ", ".join(filter(None, (super().target(), self._token_origin)))

    def fetch(self, window: Window, deadline: Deadline) -> Iterator[Document | Gap]:
        """Deployments (newest first), the statuses of relevant ones, runs, and old runs that were run again."""
        from sources.github.api import Api
        from sources.github.fetch import fetch

        with Api(self.settings, self._scrubber, deadline, self._sleep) as api:
            self._token_origin = api.token_origin
            yield from fetch(api, self.settings, window)

    # fetch already limited the time. Events outside the window help to explain those inside, so none is dropped here.
    def read(self, documents: Iterable[Document], window: Window) -> Iterator[Event | Gap]:  # noqa: ARG002
        """Starts and ends of runs and deployments; the order of documents is irrelevant."""
        from sources.github.read import read

        yield from read(documents, self.name, self.settings)
