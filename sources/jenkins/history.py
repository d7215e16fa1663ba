"""The deploys in builds: what ran before each, and what sort of deploy it is."""

from bisect import bisect, insort
from datetime import datetime

from msgspec import Struct

from collector.event import Subject
from collector.manner import Manner
from sources.deploy_names import says_migration, says_rollback
from sources.jenkins.flow import Span
from sources.jenkins.items import Build
from sources.jenkins.naming import Named

DONE = ("SUCCESS", "UNSTABLE")
"""An unstable build has gone on to its end: what it deploys is deployed."""


class Found(Struct, frozen=True):
    """One deploy with what is known of it."""

    build: Build
    span: Span
    subject: Subject
    named: Named

    @property
    def name(self) -> str:
        """Of its stage, else of its job."""
        return self.span.stage.name if self.span.stage is not None else self.build.job[-1]

    @property
    def begun(self) -> datetime:
        """When it started, or since when it waits."""
        start = self.span.start
        return start.earliest if start is not None else self.span.waits or self.build.created

    @property
    def what(self) -> str:
        """What is deployed, to compare: its version, else its commit."""
        return self.named.version or self.named.digest or self.named.commit


class History:
    """What succeeded, by service and environment."""

    def __init__(self, ordered: list[Found]) -> None:
        """`ordered` is in the order in which they began."""
        self._ends: dict[Subject, list[tuple[datetime, int]]] = {}
        self._ordered = ordered
        for number, one in enumerate(ordered):
            if one.span.status in DONE and one.span.end is not None:
                insort(self._ends.setdefault(one.subject, []), (one.span.end.earliest, number))

    def before(self, one: Found) -> Found | None:
        """What ran when it began: the last that had succeeded by then."""
        ends = self._ends.get(one.subject, [])
        at = bisect(ends, (one.begun, -1))
        return self._ordered[ends[at - 1][1]] if at else None

    def succeeded(self, one: Found, number: int) -> bool:
        """Whether build `number` of its job did the same, and that succeeded."""
        return any(
            other.build.job == one.build.job and other.build.number == number and other.what == one.what
            for _, at in self._ends.get(one.subject, [])
            for other in (self._ordered[at],)
        )


def manner(one: Found, before: Found | None, history: History) -> Manner:
    """What its names state, or that a build which had deployed the same was run again; `before` is what ran."""
    if says_rollback(one.name) or says_rollback(one.build.job[-1]):
        return Manner.ROLLBACK
    again = one.build.causes.again
    if again and before is not None and one.what and history.succeeded(one, again):
        # A rebuild or a replay of what was deployed by the same job before.
        if before.what == one.what:
            return Manner.REDEPLOY
        if before.build.job == one.build.job and before.build.number > again:
            return Manner.ROLLBACK
    return Manner.MIGRATION if says_migration(one.name) else Manner.PLAIN
