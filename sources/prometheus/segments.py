"""Finds when a level changed: exact optimal partitioning under the likelihood of the counts.

The cost of a segment is -2 log L at its own level: binomial for k errors of m requests, Poisson for k requests in t
seconds. Each further segment costs 3 ln n, multiplied by the dispersion of the counts.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from itertools import pairwise
from typing import ClassVar

import numpy as np
from msgspec import Struct

from sources.prometheus.dispersion import Scatter, dispersion
from sources.promql.series import Array

_PENALTY = 3.0
_LEAST_SHARE = 0.25
"""Levels closer than this share of the larger one count as one."""
_ENDS_PER_BLOCK = 32
"""How many segment ends are evaluated in one vectorised step."""
_CONFIDENCE = 7.35
"""95 % limit of the likelihood ratio for the position of a change (Hansen 2000)."""


class Segment(Struct, frozen=True):
    """Bins from `first` up to but excluding `end`, at one level."""

    first: int
    end: int
    count: float
    """Number of errors or requests."""
    size: float
    """Number of requests or seconds that `count` relates to."""

    @property
    def level(self) -> float:
        """Count per size: a ratio from 0 to 1, or requests per second."""
        return self.count / self.size if self.size > 0 else 0.0

    @property
    def bins(self) -> int:
        """Number of bins."""
        return self.end - self.first


class Counts(ABC):
    """Counts per bin, in order of time; every bin has a size."""

    bounded: ClassVar[bool]
    """Whether a count never exceeds its size."""
    scatter: ClassVar[Scatter]
    """Which part of the data shows the usual scatter, without changes."""
    informative: ClassVar[float]
    """Minimum size of a segment that shows its level."""

    def __init__(self, count: Array, size: Array) -> None:
        """`count` of `size` in each bin."""
        self.count = count
        self.size = size
        self._sums = np.concatenate((np.zeros((2, 1)), np.cumsum((count, size), axis=1)), axis=1)
        self.dispersion = dispersion(count, size, self.variance, self.scatter)

    def segment(self, first: int, end: int) -> Segment:
        """The bins from `first` up to but excluding `end` as one segment."""
        count, size = (self._sums[:, end] - self._sums[:, first]).tolist()
        # Rounding may take sums of fractions slightly below 0 or above the size.
        return Segment(first, end, min(max(0.0, count), size) if self.bounded else max(0.0, count), size)

    def segments(self, least: float) -> list[Segment]:
        """Segments with one level each, in order; each has at least two bins if there are two.

        Levels closer than `least`, or than a quarter of the larger, count as one.
        """
        edges = [*self._partition(_PENALTY * np.log(max(2, len(self.count))) * self.dispersion), len(self.count)]
        found = [self.segment(first, end) for first, end in pairwise(edges)]
        while len(found) > 1 and (short := next((i for i, one in enumerate(found) if one.bins == 1), None)) is not None:
            found = self._merged(found, _nearer(found, short))
        while len(found) > 1:
            far = [_apart(one.level, two.level, least) for one, two in pairwise(found)]
            closest = int(np.argmin(far))
            if far[closest] >= 1:
                break
            found = self._merged(found, closest)
        return found

    def boundary(self, before: Segment, after: Segment) -> tuple[int, int, int]:
        """First bin of the new level: the earliest, the most likely and the latest, with 95 % confidence."""
        at = np.arange(before.first + 1, after.end)
        sums = self._sums
        cost = self.cost(*(sums[:, at] - sums[:, [before.first]])) + self.cost(*(sums[:, [after.end]] - sums[:, at]))
        likely = at[cost <= cost.min() + _CONFIDENCE * self.dispersion]
        return int(likely[0]), int(at[np.argmin(cost)]), int(likely[-1])

    @staticmethod
    @abstractmethod
    def cost(count: Array, size: Array) -> Array:
        """-2 log L of segments at their own level."""

    @staticmethod
    @abstractmethod
    def variance(level: Array) -> Array:
        """The variance of a count per size at this level."""

    def _partition(self, penalty: float) -> list[int]:
        """First bins of the segments in the cheapest partition."""
        # In a run of equal bins, the cost is concave in the cut position, so the best cuts are between unequal ones.
        count, size = self.count, self.size
        unequal = np.flatnonzero(count[1:] * size[:-1] != count[:-1] * size[1:]) + 1
        edges = np.concatenate(([0], unequal, [len(count)]))
        sums = self._sums[:, edges]
        n = len(edges) - 1
        best = np.full(n + 1, -penalty)
        last = np.zeros(n + 1, dtype=int)
        for end in range(1, n + 1):
            if (row := (end - 1) % _ENDS_PER_BLOCK) == 0:
                # Many ends at once, since calls of numpy would take most of the time. Entries beyond an end are unused.
                ends = np.arange(end, min(end + _ENDS_PER_BLOCK, n + 1))
                begins = np.minimum(np.arange(ends[-1]), ends[:, None] - 1)
                costs = self.cost(*(sums[:, ends, None] - sums[:, begins]))
            cost = best[:end] + costs[row, :end]
            last[end] = cost.argmin()
            best[end] = cost[last[end]] + penalty
        starts = []
        while n > 0:
            n = int(last[n])
            starts.append(int(edges[n]))
        return starts[::-1]

    def _merged(self, found: Sequence[Segment], index: int) -> list[Segment]:
        """The segments, with the one at `index` joined to the next."""
        return [*found[:index], self.segment(found[index].first, found[index + 1].end), *found[index + 2 :]]


class Binomial(Counts):
    """Errors among requests."""

    bounded = True
    # Incidents may fill much of the time with counts, so only the calmer part shows the usual scatter.
    scatter = Scatter(pairs=0.5, blocks=(0.25, 0.5))
    informative = 30.0

    @staticmethod
    def cost(count: Array, size: Array) -> Array:
        """See Counts."""
        cost: Array = 2 * (_xlogx(size) - _xlogx(count) - _xlogx(size - count))
        return cost

    @staticmethod
    def variance(level: Array) -> Array:
        """See Counts."""
        return level * (1 - level)


class Poisson(Counts):
    """Requests over seconds."""

    bounded = False
    scatter = Scatter(pairs=0.95, blocks=(0.5,))
    informative = 60.0

    @staticmethod
    def cost(count: Array, size: Array) -> Array:
        """See Counts; terms that are equal for every partition are left out."""
        positive = np.maximum(count, 1e-300)
        cost: Array = -2 * positive * np.log(positive / size)
        return cost

    @staticmethod
    def variance(level: Array) -> Array:
        """See Counts."""
        return level


def _xlogx(amounts: Array) -> Array:
    # Rounding may take sums of fractions slightly below 0.
    amounts = np.maximum(amounts, 1e-300)
    product: Array = amounts * np.log(amounts)
    return product


def _nearer(found: Sequence[Segment], index: int) -> int:
    """Index to merge at, so that the segment joins the neighbour with the nearer level."""
    if index == 0:
        return 0
    if index == len(found) - 1:
        return index - 1
    left = abs(found[index].level - found[index - 1].level)
    return index - 1 if left <= abs(found[index].level - found[index + 1].level) else index


def _apart(one: float, two: float, least: float) -> float:
    """The distance between two levels; below 1 they count as one."""
    return abs(one - two) / max(least, _LEAST_SHARE * max(one, two), 1e-300)
