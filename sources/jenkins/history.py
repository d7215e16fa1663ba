"""The deploys in builds: what ran before each, and its manner."""

from bisect import bisect, insort
from datetime import datetime

from msgspec import Struct

from collector.event import Subject
from collector.manner import Manner
from sources.deploy_names import is_migration_name, is_rollback_name
from sources.jenkins.flow import Span
from sources.jenkins.items import Build
from sources.jenkins.naming import Named

DONE = ("SUCCESS", "UNSTABLE")
"""An unstable build ran to its end, so its deploy is done."""


class Found(Struct, frozen=True):
    """One deploy and its details."""

    build: Build
    span: Span
    subject: Subject
    named: Named

    @property
    def name(self) -> str:
        """Name of its stage, else of its job."""
        return self.span.stage.name if self.span.stage is not None else self.build.job[-1]

    @property
    def begun(self) -> datetime:
        """When it started, or began to wait."""
        start = self.span.start
        return start.earliest if start is not None else self.span.waits or self.build.created

    @property
    def what(self) -> str:
        """The deployed version for comparisons, else the digest, else the commit."""
        return self.named.version or self.named.digest or self.named.commit


class History:
    """The successful deploys by service and environment."""

    def __init__(self, ordered: list[Found]) -> None:
        """`ordered` is in order of their beginnings."""
        self._ends: dict[Subject, list[tuple[datetime, int]]] = {}
        self._ordered = ordered
        for number, one in enumerate(ordered):
            if one.span.status in DONE and one.span.end is not None:
                insort(self._ends.setdefault(one.subject, []), (one.span.end.earliest, number))

    def before(self, one: Found) -> Found | None:
        """The deploy that ran when this one began: the last one that had succeeded by then."""
        ends = self._ends.get(one.subject, [])
        at = bisect(ends, (one.begun, -1))
        return self._ordered[ends[at - 1][1]] if at else None

    def succeeded(self, one: Found, number: int) -> bool:
        """Whether build `number` of its job deployed the same successfully."""
        return any(
            other.build.job == one.build.job and other.build.number == number and other.what == one.what
            for _, at in self._ends.get(one.subject, [])
            for other in (self._ordered[at],)
        )


def manner(one: Found, before: Found | None, history: History) -> Manner:
    """The manner by its names, or a redeploy or rollback if an earlier build was run again; `before` is what ran."""
    if is_rollback_name(one.name) or is_rollback_name(one.build.job[-1]):
        return Manner.ROLLBACK
    again = one.build.causes.again
    if again and before is not None and one.what and history.succeeded(one, again):
        # A rebuild or replay of something that the same job deployed before.
        if before.what == one.what:
            return Manner.REDEPLOY
        if before.build.job == one.build.job and before.build.number > again:
            return Manner.ROLLBACK
    return Manner.MIGRATION if is_migration_name(one.name) else Manner.PLAIN
