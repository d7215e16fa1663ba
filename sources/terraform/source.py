"""The adapter: settings, fetch and read combined."""

from collections.abc import Iterable, Iterator

from collector.event import Event
from collector.source import Deadline, Document, Gap
from collector.window import Window
from sources.configured import Configured
from sources.terraform.read import read
from sources.terraform.settings import TerraformSettings


class TerraformSource(Configured[TerraformSettings]):
    """Runs of Terraform Cloud or Enterprise; see `collector.source.Source`."""

    Settings = TerraformSettings
    type = "terraform"

    def fetch(self, window: Window, deadline: Deadline) -> Iterator[Document | Gap]:
        """Runs, newest first, from 72 hours before the window on; then missing details of the relevant ones."""
        from sources.terraform.api import Api
        from sources.terraform.fetch import fetch

        with Api(self.settings, self._scrubber, deadline, self._sleep) as api:
            yield from fetch(api, self.settings, window)

    # fetch already limited the time. Events outside the window help to explain those inside, so none is dropped here.
    def read(self, documents: Iterable[Document], window: Window) -> Iterator[Event | Gap]:  # noqa: ARG002
        """The course of each run, from its request to its end; the order of documents is irrelevant."""
        yield from read(documents, self.name, self.settings)
