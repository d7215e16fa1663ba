"""How observations of one property of an object show its changes: one rule for all evidence."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Generic, TypeVar

from msgspec import Struct

from sources.fact import Moment

Evidence = TypeVar("Evidence")


class Observation(Struct, Generic[Evidence], frozen=True):
    """The value of a property at some time, as one piece of evidence shows it."""

    value: str
    seen: Moment
    """When the property was seen with that value."""
    evidence: Evidence
    """The evidence itself; the rule does not look into it."""
    since: Moment | None = None
    """Since when it has had that value, if there is a stamp for that."""
    made: bool = False
    """Whether the evidence is the change itself: the request that made it, so the change happened at `seen`."""


class Change(Struct, Generic[Evidence], frozen=True):
    """A change of a property to another value."""

    value: str
    before: str | None
    """None if the previous value is not known."""
    when: Moment
    at: datetime
    """The most likely instant: that of the stamp or request, else when the new value was first seen."""
    evidence: Evidence


def changes(observations: Iterable[Observation[Evidence]]) -> Iterator[Change[Evidence]]:
    """Each change once, from observations in the order in which they were made.

    A stamp dates a change; else the change is between the last observation of the old value and the first of the new
    one. The very first observation shows a change only if it has a stamp or was `made`. If the value is the same but
    the stamp is later than before, the value had changed and come back.
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
