"""What pieces of evidence show of one property of an object, and when it changed, by one rule for all of them."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Generic, TypeVar

from msgspec import Struct

from sources.fact import Moment

Evidence = TypeVar("Evidence")


class Observation(Struct, Generic[Evidence], frozen=True):
    """The value that a property had at some time, as one piece of evidence shows it."""

    value: str
    seen: Moment
    """When it was shown to have that value."""
    evidence: Evidence
    """What shows it; of no meaning to the rule."""
    since: Moment | None = None
    """Since when it has had that value, where there is a stamp of that."""
    made: bool = False
    """The evidence is of the change itself: the request that made it, so that it happened at `seen`."""


class Change(Struct, Generic[Evidence], frozen=True):
    """A property came to have another value."""

    value: str
    before: str | None
    """None if the value before is not known."""
    when: Moment
    at: datetime
    """The most likely instant: that of the stamp or request, else when it was first shown."""
    evidence: Evidence


def changes(observations: Iterable[Observation[Evidence]]) -> Iterator[Change[Evidence]]:
    """Each change once, from observations in the order in which they were made.

    A stamp dates a change; else the change lies between the last observation of the old value and the first of the new.
    Of the first observation of all only a stamp, or that it was `made`, shows a change. A stamp that is later than the
    one before shows that the value had changed and come back.
    """
    before: Observation[Evidence] | None = None
    begin: Moment | None = None  # of the present value, or when it was first seen
    reported = False
    for now in observations:
        old = before.value if before else None
        other, found = now.value != old, None
        if now.since is not None:
            if other or not reported or begin is None or now.since > begin:
                found = Change(now.value, old, now.since, now.since.earliest, now.evidence)
        elif other and now.made:
            found = Change(now.value, old, now.seen, now.seen.earliest, now.evidence)
        elif other and before is not None:
            when = Moment(min(before.seen.earliest, now.seen.latest), now.seen.latest)
            found = Change(now.value, old, when, when.latest, now.evidence)
        if found:
            yield found
        if other or found:
            begin, reported = (now.since or now.seen), found is not None
        before = now
