"""Which Events that may be about one thing are: first those that overlap, then those that clocks put apart."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime, timedelta
from heapq import heappop, heappush

from msgspec import Struct, field

from collector.event import Event, order
from collector.spans import Unused

CLOCKS_APART = timedelta(seconds=90)
"""How far two sources' times of one thing may lie apart: clock skew, and replicas that evaluate in turn."""

Span = tuple[datetime, datetime]


class _Cluster(Struct):
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

    def open_until(self) -> datetime:
        """Until when an Event may begin that it takes."""
        return max(span[1] for span in self.common.values())

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
        open_ = [cluster for cluster in open_ if cluster.open_until() >= event.earliest]
        home = next((cluster for cluster in open_ if cluster.takes(event)), None)
        if home is None:
            home = _Cluster(event.earliest, event.latest)
            found.append(home)
            open_.append(home)
        home.add(event)
    return [cluster.events for cluster in _across_clocks(found)]


def _across_clocks(found: list[_Cluster]) -> list[_Cluster]:
    """The nearest first, put together what lies no further apart than two clocks may.

    `found` is in the order of the beginnings. For each cluster and each set of sources the next cluster of those
    sources is on the heap, and not all that are near: of many alike these would be as many as their square.
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
        """Put the next of the group that shares no source with the cluster on the heap."""
        own = frozenset(found[_root(home, index)].common)
        unused = passed.get((group[0], own))
        if unused is None:
            unused = passed[group[0], own] = Unused(len(group))
        at = unused.first(least)
        while at < len(group) and not own.isdisjoint(found[_root(home, group[at])].common):
            # It never gets rid of a source: nobody with these sources has to look at it again.
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
