"""What later requests to GitHub need from earlier answers, for one repository."""

from collections.abc import Iterator

from msgspec import Struct, field

from collector.source import Gap, SourceError
from sources.github.actions import Run
from sources.github.items import Deployment


class Seen(Struct):
    """Filled while the answers arrive."""

    deployments: dict[str, Deployment] = field(default_factory=dict)
    linked: set[str] = field(default_factory=set)
    """Ids of the runs of this repository that deployment statuses link to."""
    waited: set[str] = field(default_factory=set)
    """Ids of those linked runs that waited for somebody."""
    runs: dict[str, Run] = field(default_factory=dict)
    answered: set[str] = field(default_factory=set)
    """The lists that GitHub answered to the end: `deployments`, `runs`."""
    empty: set[str] = field(default_factory=set)
    """Environments in the settings that have no Deployments."""
    without_runs: list[str] = field(default_factory=list)
    """Workflow files in the settings that GitHub does not have in this repository."""


def left_out(failed: list[SourceError], wanted: int, what: str) -> Iterator[Gap]:
    """One Gap for everything that could not be read; `what` has placeholders for failed and wanted counts."""
    if failed:
        yield Gap(f"{what.format(len(failed), wanted)}, first {failed[0].reason}", failed[0].hint)
