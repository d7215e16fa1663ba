"""Groups Events that report one occurrence: first those that overlap, then those that clock skew separates."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime, timedelta
from heapq import heappop, heappush

from msgspec import Struct, field

from collector.event import Event, order
from collector.spans import Unused

CLOCKS_APART = timedelta(seconds=90)
"""Largest distance between two sources' times of one occurrence: clock skew, and replicas that evaluate in turn."""

Span = tuple[datetime, datetime]


class _Cluster(Struct):
    """Events of one occurrence. `common` is, for each source, the intersection of the intervals of its Events."""

    start: datetime
    end: datetime
    events: list[Event] = field(default_factory=list)
    common: dict[str, Span] = field(default_factory=dict)

    def takes(self, event: Event) -> bool:
        """Whether the Event overlaps those of its own source or, if there are none, those of any other."""
        own = self.common.get(event.source)
        spans = [own] if own else self.common.values()
        return any(span[0] <= event.latest and event.earliest <= span[1] for span in spans)

    def open_until(self) -> datetime:
        """The latest start of an Event that this cluster can take."""
        return max(span[1] for span in self.common.values())

    def add(self, event: Event) -> None:
        """Add the Event."""
        first, last = self.common.get(event.source, (event.earliest, event.latest))
        self.common[event.source] = (max(first, event.earliest), min(last, event.latest))
        self.end = max(self.end, event.latest)
        self.events.append(event)


def clusters(alike: Sequence[Event]) -> list[list[Event]]:
    """Group Events of one kind and merge key by occurrence. The order of the Events does not matter."""
    found: list[_Cluster] = []
    open_: list[_Cluster] = []
    for event in sorted(alike, key=lambda event: (event.earliest, order(event))):
        # A cluster that ended before this Event starts overlaps no later Event either.
        open_ = [cluster for cluster in open_ if cluster.open_until() >= event.earliest]
        home = next((cluster for cluster in open_ if cluster.takes(event)), None)
        if home is None:
            home = _Cluster(event.earliest, event.latest)
            found.append(home)
            open_.append(home)
        home.add(event)
    return [cluster.events for cluster in _across_clocks(found)]


def _across_clocks(found: list[_Cluster]) -> list[_Cluster]:
    """Join clusters of different sources that are at most CLOCKS_APART from each other, the nearest first.

    `found` is in order of start. For each cluster and each set of sources, the heap holds only the next cluster of
    those sources: all pairs of nearby clusters would be quadratic in number.
    """
    groups: dict[frozenset[str], list[int]] = {}
    for index, one in enumerate(found):
        groups.setdefault(frozenset(one.common), []).append(index)
    if len(groups) == 1:
        return found
    home = list(range(len(found)))
    near: list[tuple[timedelta, int, int, list[int]]] = []
    passed: dict[tuple[int, frozenset[str]], Unused] = {}

    def offer(index: int, group: list[int], least: int) -> None:
        """Push the next cluster of the group that shares no source with this one, if it is near enough."""
        own = frozenset(found[_root(home, index)].common)
        unused = passed.get((group[0], own))
        if unused is None:
            unused = passed[group[0], own] = Unused(len(group))
        at = unused.first(least)
        while at < len(group) and not own.isdisjoint(found[_root(home, group[at])].common):
            # A cluster never loses a source: no cluster with these sources has to look at it again.
            unused.use(at)
            at = unused.first(at)
        if at < len(group):
            apart = max(found[group[at]].start - found[index].end, timedelta())
            if apart <= CLOCKS_APART:
                heappush(near, (apart, index, group[at], group))

    for index, one in enumerate(found):
        for sources, group in groups.items():
            if sources.isdisjoint(one.common):
                offer(index, group, bisect_right(group, index))
    while near:
        _, index, later, group = heappop(near)
        to, other = _root(home, index), _root(home, later)
        if found[to].common.keys().isdisjoint(found[other].common):
            found[to].events += found[other].events
            found[to].common |= found[other].common
            home[other] = to
        offer(index, group, bisect_right(group, later))
    return [cluster for at, cluster in enumerate(found) if home[at] == at]


def _root(home: list[int], at: int) -> int:
    while home[at] != at:
        home[at] = home[home[at]]
        at = home[at]
    return at
