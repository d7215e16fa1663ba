"""Asks every source once: whether it can be used, what it may not see, and how far back it looks."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol, runtime_checkable

from msgspec import Struct

from collector.errors import Interrupted
from collector.gather import Progress, gather
from collector.run import Fetched
from collector.secrets import Scrubber
from collector.source import Deadline, Document, Gap, Source
from collector.window import Window

WINDOW = timedelta(hours=1)
"""Length of the window: long enough for every request that a source makes, and short enough to be quick."""


class State(StrEnum):
    """How well a source works."""

    OK = "ok"
    PARTIAL = "partial"
    """It answers, but there is something it cannot see."""
    FAILED = "failed"


@runtime_checkable
class HasRetention(Protocol):
    """A source with a system that may report how long it keeps its data."""

    def retention(self, deadline: Deadline) -> str:
        """The retention as the system writes it: `15d`, `at most 10GiB`; empty if not reported. Does not raise."""


class Checked(Struct, frozen=True):
    """The result for one source."""

    name: str
    type: str
    target: str
    """The system it connects to, and the user, without secrets; may be empty."""
    state: State
    gaps: tuple[Gap, ...]
    """What it cannot see, and what to do about it."""
    since: datetime | None
    """Start of the part of the window that it sees in full, in UTC; None if that is all of it, or not reported."""
    documents: int
    """How many documents it gave."""
    retention: str = ""
    """How long the system keeps its data, as it reports it; empty if it does not."""


def check(
    sources: Sequence[Source],
    now: datetime,
    scrubber: Scrubber,
    *,
    progress: Progress | None = None,
    fetched: Fetched | None = None,
) -> list[Checked]:
    """Ask all sources about the last hour in parallel; the results are in the order given.

    Raises Interrupted, a KeyboardInterrupt, if the user does not want to wait.
    """
    window = Window(now - WINDOW, now)
    answers: dict[str, int] = {}
    keeps: dict[str, str] = {}

    def count(name: str, given: Document | Gap) -> None:
        answers[name] = answers.get(name, 0) + isinstance(given, Document)

    def feed(source: Source, deadline: Deadline) -> Iterator[Document | Gap]:
        try:
            yield from source.fetch(window, deadline)
            if isinstance(source, HasRetention):
                keeps[source.name] = source.retention(deadline)
        finally:
            if fetched:
                fetched(source.name)

    found = gather(sources, window, feed, scrubber, count, progress)
    if found.unfinished:
        raise Interrupted(found.unfinished)
    checked = []
    for source, coverage in zip(sources, found.coverage, strict=True):
        state = State.FAILED if coverage.failed else State.PARTIAL if coverage.gaps else State.OK
        starts = [seen.start for seen in coverage.seen]
        since = max(starts) if starts and max(starts) > window.start else None
        target = scrubber.scrub(source.target())
        counted, kept = answers.get(source.name, 0), scrubber.scrub(keeps.get(source.name, ""))
        checked.append(Checked(source.name, source.type, target, state, coverage.gaps, since, counted, kept))
    return checked
