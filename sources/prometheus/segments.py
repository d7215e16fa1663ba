"""Finds when a level changed: exact optimal partitioning under the likelihood of what is counted.

The cost of a stretch is -2 log L at its own level: binomial for k errors of m requests, Poisson for k requests in t
seconds. Each further stretch costs 3 ln n, scaled by how much more than that the counts scatter.
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
"""Levels closer than this share of the larger count as one."""
_ROWS = 32
"""For so many ends of a stretch the costs are computed at once."""
_CONFIDENCE = 7.35
"""95 % limit of the likelihood ratio for the place of a change (Hansen 2000)."""


class Segment(Struct, frozen=True):
    """A stretch of bins, from `first` up to but without `end`, at one level."""

    first: int
    end: int
    count: float
    """What was counted: errors, or requests."""
    size: float
    """Of how many requests, or in how many seconds."""

    @property
    def level(self) -> float:
        """Count per size: a ratio from 0 to 1, or requests per second."""
        return self.count / self.size if self.size > 0 else 0.0

    @property
    def bins(self) -> int:
        """How many bins it has."""
        return self.end - self.first


class Counts(ABC):
    """Counts per bin, in order; every bin has a size."""

    bounded: ClassVar[bool]
    """Whether no count exceeds its size."""
    scatter: ClassVar[Scatter]
    """What is usual scatter and no change."""
    informative: ClassVar[float]
    """A stretch of this size shows its level."""

    def __init__(self, count: Array, size: Array) -> None:
        """`count` of `size` in each bin."""
        self.count = count
        self.size = size
        self._sums = np.concatenate((np.zeros((2, 1)), np.cumsum((count, size), axis=1)), axis=1)
        self.dispersion = dispersion(count, size, self.variance, self.scatter)

    def segment(self, first: int, end: int) -> Segment:
        """The stretch as one level."""
        count, size = (self._sums[:, end] - self._sums[:, first]).tolist()
        # Sums of fractions may miss 0, or the whole, by rounding.
        return Segment(first, end, min(max(0.0, count), size) if self.bounded else max(0.0, count), size)

    def segments(self, least: float) -> list[Segment]:
        """Stretches of one level each, at least two bins long if there are two, in order.

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
        """First bin of the new level at the earliest, most likely, and at the latest, with 95 % confidence."""
        at = np.arange(before.first + 1, after.end)
        sums = self._sums
        cost = self.cost(*(sums[:, at] - sums[:, [before.first]])) + self.cost(*(sums[:, [after.end]] - sums[:, at]))
        likely = at[cost <= cost.min() + _CONFIDENCE * self.dispersion]
        return int(likely[0]), int(at[np.argmin(cost)]), int(likely[-1])

    @staticmethod
    @abstractmethod
    def cost(count: Array, size: Array) -> Array:
        """-2 log L of stretches at their own level."""

    @staticmethod
    @abstractmethod
    def variance(level: Array) -> Array:
        """Of a count per size, at this level."""

    def _partition(self, penalty: float) -> list[int]:
        """First bins of the cheapest partition."""
        # The cost is concave in where a run of equal bins is cut, so the cheapest cuts are between unequal ones.
        count, size = self.count, self.size
        unequal = np.flatnonzero(count[1:] * size[:-1] != count[:-1] * size[1:]) + 1
        edges = np.concatenate(([0], unequal, [len(count)]))
        sums = self._sums[:, edges]
        n = len(edges) - 1
        best = np.full(n + 1, -penalty)
        last = np.zeros(n + 1, dtype=int)
        for end in range(1, n + 1):
            if (row := (end - 1) % _ROWS) == 0:
                # Many ends at once: most of the time would go into calling numpy. The rest of the block is no stretch.
                ends = np.arange(end, min(end + _ROWS, n + 1))
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
        """With the segment at `index` joined to the next."""
        return [*found[:index], self.segment(found[index].first, found[index + 1].end), *found[index + 2 :]]


class Binomial(Counts):
    """Errors of requests."""

    bounded = True
    # Incidents fill much of the time in which anything is counted at all.
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
    """Requests in seconds."""

    bounded = False
    scatter = Scatter(pairs=0.95, blocks=(0.5,))
    informative = 60.0

    @staticmethod
    def cost(count: Array, size: Array) -> Array:
        """See Counts; without what is the same for every partition."""
        positive = np.maximum(count, 1e-300)
        cost: Array = -2 * positive * np.log(positive / size)
        return cost

    @staticmethod
    def variance(level: Array) -> Array:
        """See Counts."""
        return level


def _xlogx(amounts: Array) -> Array:
    # Sums of fractions may miss 0 by rounding.
    amounts = np.maximum(amounts, 1e-300)
    product: Array = amounts * np.log(amounts)
    return product


def _nearer(found: Sequence[Segment], index: int) -> int:
    """Index to merge at so that the segment joins the neighbour of the nearer level."""
    if index == 0:
        return 0
    if index == len(found) - 1:
        return index - 1
    left = abs(found[index].level - found[index - 1].level)
    return index - 1 if left <= abs(found[index].level - found[index + 1].level) else index


def _apart(one: float, two: float, least: float) -> float:
    """How far two levels are apart; below 1 they count as one."""
    return abs(one - two) / max(least, _LEAST_SHARE * max(one, two), 1e-300)
