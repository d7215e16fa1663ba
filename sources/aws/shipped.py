"""The Events of one deployment that AWS reports, whichever of its systems it is."""

from collections.abc import Iterable, Iterator

from msgspec import Struct

from collector.event import Event, Identity
from sources.fact import Fact, Moment, report


class Shipped(Struct, frozen=True):
    """Where a deployment stands, and what identifies it."""

    source: str
    native_id: str
    keys: Identity
    query: str
    """The command that shows it."""
    url: str = ""

    def events(self, steps: Iterable[tuple[Fact, Moment | None]], description: str = "") -> Iterator[Event]:
        """One for each step whose time is known."""
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
    """A page of the console; empty for regions that have a console of their own."""
    if region.startswith(("cn-", "us-gov-", "us-iso", "eu-isoe", "eusc-")):
        return ""
    return f"https://{region}.console.aws.amazon.com/{path}?region={region}"


def until(earliest: Moment, latest: Moment) -> Moment:
    """From the start of one to the end of the other, whatever clocks they are by."""
    return Moment(earliest.earliest, max(earliest.earliest, latest.latest))
