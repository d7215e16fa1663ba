"""Which Events that may be about one thing are: first those that overlap, then those that clocks put apart."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from collector.event import Event, order

CLOCKS_APART = timedelta(seconds=90)
"""How far two sources' times of one thing may lie apart: clock skew, and replicas that evaluate in turn."""

Span = tuple[datetime, datetime]


@dataclass(slots=True)
class _Cluster:
    """Events of one thing. `common` is, for each source, the time in which all of its Events may have happened."""

    start: datetime
    end: datetime
    events: list[Event] = field(default_factory=list)
    common: dict[str, Span] = field(default_factory=dict)

    def takes(self, event: Event) -> bool:
        """Whether it overlaps those of its own source, or of another if there are none of its own."""
        own = self.common.get(event.source)
        spans = [own] if own else self.common.values()
        return any(span[0] <= event.latest and event.earliest <= span[1] for span in spans)

    def add(self, event: Event) -> None:
        """Take the Event in."""
        first, last = self.common.get(event.source, (event.earliest, event.latest))
        self.common[event.source] = (max(first, event.earliest), min(last, event.latest))
        self.end = max(self.end, event.latest)
        self.events.append(event)


def clusters(alike: Sequence[Event]) -> list[list[Event]]:
    """Events of one kind and fact, those of one thing together; the same whatever order they come in."""
    found: list[_Cluster] = []
    open_: list[_Cluster] = []
    for event in sorted(alike, key=lambda event: (event.earliest, order(event))):
        # What ended before this one began is met by none that follows.
        open_ = [cluster for cluster in open_ if cluster.end >= event.earliest]
        home = next((cluster for cluster in open_ if cluster.takes(event)), None)
        if home is None:
            home = _Cluster(event.earliest, event.latest)
            found.append(home)
            open_.append(home)
        home.add(event)
    return [cluster.events for cluster in _across_clocks(found)]


def _across_clocks(found: list[_Cluster]) -> list[_Cluster]:
    """The nearest first, put together what lies no further apart than two clocks may."""
    near = []
    for index, one in enumerate(found):
        for later in range(index + 1, len(found)):
            apart = found[later].start - one.end
            if apart > CLOCKS_APART:
                break
            if one.common.keys().isdisjoint(found[later].common):
                near.append((max(apart, timedelta()), index, later))
    home = list(range(len(found)))
    for _, index, later in sorted(near):
        to, other = _root(home, index), _root(home, later)
        if to != other and found[to].common.keys().isdisjoint(found[other].common):
            found[to].events += found[other].events
            found[to].common |= found[other].common
            home[other] = to
    return [cluster for at, cluster in enumerate(found) if home[at] == at]


def _root(home: list[int], at: int) -> int:
    while home[at] != at:
        home[at] = home[home[at]]
        at = home[at]
    return at
