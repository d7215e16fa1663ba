"""The adapter: settings, fetch and read combined."""

from collections.abc import Iterable, Iterator

from collector.event import Event
from collector.source import Deadline, Document, Gap
from collector.window import Window
from sources.aws.read import read
from sources.aws.settings import AwsSettings
from sources.configured import Configured


class AwsSource(Configured[AwsSettings]):
    """Deployments of CodeDeploy, ECS and AppConfig; see `collector.source.Source`."""

    Settings = AwsSettings
    type = "aws"

    def fetch(self, window: Window, deadline: Deadline) -> Iterator[Document | Gap]:
        """Each system in each region, separately. Raises Denied if botocore or credentials are missing."""
        from sources.aws.client import Client
        from sources.aws.fetch import fetch

        yield from fetch(Client(self.settings, self._scrubber, deadline, self._sleep), self.settings, window)

    def read(self, documents: Iterable[Document], window: Window) -> Iterator[Event | Gap]:
        """Requests, starts and ends of deployments, and rollbacks; the order of documents is irrelevant."""
        yield from read(documents, window, self.name, self.settings)
