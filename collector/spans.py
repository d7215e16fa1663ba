"""Fast lookups: which of many time spans contain a moment, and which of many numbers is the next unused one."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from datetime import datetime

Span = tuple[datetime, datetime]


class Spans:
    """A set of moments, given as spans that may overlap. Both ends are inclusive."""

    def __init__(self, spans: Iterable[Span] = ()) -> None:
        """In any order."""
        joined: list[Span] = []
        for start, end in sorted(spans):
            if joined and start <= joined[-1][1]:
                joined[-1] = (joined[-1][0], max(joined[-1][1], end))
            else:
                joined.append((start, end))
        self._starts = [start for start, _ in joined]
        self._ends = [end for _, end in joined]

    def __contains__(self, moment: datetime) -> bool:
        """Whether one of the spans contains it."""
        at = bisect_right(self._starts, moment) - 1
        return at >= 0 and moment <= self._ends[at]


class Overlaps:
    """Numbered spans that may overlap, with fast lookup of those that contain a moment. Both ends are inclusive."""

    def __init__(self, spans: Iterable[tuple[datetime, datetime, int]]) -> None:
        """In any order, each with its number."""
        self._spans = sorted(spans)
        self._starts = [start for start, _, _ in self._spans]
        size = 1
        while size < len(self._spans):
            size *= 2
        # A tree of the latest ends: the children of the node at n are at 2n and 2n + 1.
        ends: list[datetime | None] = [None] * size + [end for _, end, _ in self._spans]
        ends += [None] * (2 * size - len(ends))
        for node in range(size - 1, 0, -1):
            ends[node] = max((end for end in ends[2 * node : 2 * node + 2] if end), default=None)
        self._ends, self._size = ends, size

    def at(self, start: datetime, end: datetime | None = None) -> Iterator[int]:
        """The numbers of the spans that contain `start`, or any moment from `start` to `end`."""
        before = bisect_right(self._starts, end or start)
        nodes = [(1, 0, self._size)]
        while nodes:
            node, first, size = nodes.pop()
            latest = self._ends[node]
            if first >= before or latest is None or latest < start:
                continue
            if size == 1:
                yield self._spans[first][2]
            else:
                half = size // 2
                nodes += [(2 * node, first, half), (2 * node + 1, first + half, half)]


class Unused:
    """The numbers from 0 to `count` - 1 that are not used yet."""

    def __init__(self, count: int) -> None:
        """All are unused."""
        self._next = list(range(count + 1))

    def first(self, least: int) -> int:
        """The first unused number from `least` on; `count` if there is none."""
        found = least
        while self._next[found] != found:
            found = self._next[found]
        while self._next[least] != found:
            self._next[least], least = found, self._next[least]
        return found

    def use(self, number: int) -> None:
        """Mark it as used."""
        self._next[number] = number + 1
