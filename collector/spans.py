"""Spans of time put together, to ask quickly whether a moment lies in one of many."""

from bisect import bisect_right
from collections.abc import Iterable
from datetime import datetime

Span = tuple[datetime, datetime]


class Spans:
    """A set of moments, given as spans that may overlap; both ends belong to it."""

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
        """Whether one of the spans has it."""
        at = bisect_right(self._starts, moment) - 1
        return at >= 0 and moment <= self._ends[at]
