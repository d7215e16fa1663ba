"""The adapter: settings, fetch and read combined."""

from collections.abc import Iterable, Iterator

from collector.event import Event
from collector.source import Deadline, Document, Gap
from collector.window import Window
from sources.configured import Configured
from sources.launchdarkly.read import read
from sources.launchdarkly.settings import LaunchDarklySettings


class LaunchDarklySource(Configured[LaunchDarklySettings]):
    """Changes of flags and segments of one account; see `collector.source.Source`."""

    Settings = LaunchDarklySettings
    type = "launchdarkly"

    def fetch(self, window: Window, deadline: Deadline) -> Iterator[Document | Gap]:
        """The audit log of each project and environment, newest first."""
        from sources.flag_log import Api
        from sources.launchdarkly.fetch import fetch

        # LaunchDarkly takes the bare token, without `Bearer`.
        authorization = self.settings.token(self._scrubber)
        with Api(self.settings, authorization, self._scrubber, deadline, self._sleep) as api:
            yield from fetch(api, self.settings, window)

    # fetch already limited the time. Events before the window help to explain those inside, so none is dropped here.
    def read(self, documents: Iterable[Document], window: Window) -> Iterator[Event | Gap]:  # noqa: ARG002
        """Changes of flags; the order of documents is irrelevant."""
        yield from read(documents, self.name, self.settings)
