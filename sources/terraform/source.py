"""The adapter itself: settings, fetch and read put together."""

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
        """Runs, newest first, from 72 hours before the window; then what the interesting ones leave open."""
        from sources.terraform.api import Api
        from sources.terraform.fetch import fetch

        with Api(self.settings, self._scrubber, deadline, self._sleep) as api:
            yield from fetch(api, self.settings, window)

    # The window decided what was fetched; what lies outside it explains what lies in it, so nothing is dropped here.
    def read(self, documents: Iterable[Document], window: Window) -> Iterator[Event | Gap]:  # noqa: ARG002
        """What each run did, from the request to its end, whatever the order of the documents."""
        yield from read(documents, self.name, self.settings)
