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


def left_out(failed: list[SourceError], wanted: int, what: str) -> Iterator[Gap]:
    """One Gap for everything that could not be read; `what` has placeholders for failed and wanted counts."""
    if failed:
        yield Gap(f"{what.format(len(failed), wanted)}, first {failed[0].reason}", failed[0].hint)
