"""The Events of one AWS deployment, in any of the systems."""

from collections.abc import Iterable, Iterator

from msgspec import Struct

from collector.event import Event, Identity
from sources.fact import Fact, Moment, report


class Shipped(Struct, frozen=True):
    """The identity of a deployment, and where to find it."""

    source: str
    native_id: str
    keys: Identity
    query: str
    """The command that shows it."""
    url: str = ""

    def events(self, steps: Iterable[tuple[Fact, Moment | None]], description: str = "") -> Iterator[Event]:
        """One Event for each step with a known time."""
        for fact, when in steps:
            if when is not None:
                yield report(
                    fact,
                    when,
                    source=self.source,
                    native_id=self.native_id,
                    keys=self.keys,
                    url=self.url,
                    query=self.query,
                    description=description,
                )


def page(region: str, path: str) -> str:
    """A page of the AWS console; empty for partitions with a separate console."""
    if region.startswith(("cn-", "us-gov-", "us-iso", "eu-isoe", "eusc-")):
        return ""
    return f"https://{region}.console.aws.amazon.com/{path}?region={region}"


def spanning(earliest: Moment, latest: Moment) -> Moment:
    """The interval from the start of one to the end of the other, even if their clocks contradict each other."""
    return Moment(earliest.earliest, max(earliest.earliest, latest.latest))
