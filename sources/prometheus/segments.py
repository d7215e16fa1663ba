"""Finds when a ratio changed: exact optimal partitioning under the binomial likelihood.

The cost of a stretch with k errors of m requests is -2 log L at its own ratio k/m; each further stretch costs
3 ln n, scaled by how much more than binomially the ratio scatters.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from sources.prometheus.series import Array

_PENALTY = 3.0
_LEAST_DIFFERENCE = 0.01
_LEAST_SHARE = 0.25
"""Levels closer than this difference, or this share of the larger, count as one."""
_CONFIDENCE = 7.35
"""95 % limit of the likelihood ratio for the place of a change (Hansen 2000)."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of bins, from `first` up to but without `end`, at one ratio."""

    first: int
    end: int
    errors: float
    requests: float

    @property
    def ratio(self) -> float:
        """Errors per request, 0 to 1."""
        return self.errors / self.requests if self.requests > 0 else 0.0

    @property
    def bins(self) -> int:
        """How many bins it has."""
        return self.end - self.first


def segments(errors: Array, requests: Array) -> list[Segment]:
    """Stretches of one level each, at least two bins long if there are two, in order; every bin has requests."""
    starts = _partition(errors, requests, _PENALTY * np.log(max(2, len(errors))) * dispersion(errors, requests))
    edges = [*starts, len(errors)]
    found = [_segment(errors, requests, first, end) for first, end in pairwise(edges)]
    while len(found) > 1 and (short := next((i for i, one in enumerate(found) if one.bins == 1), None)) is not None:
        found = _merged(found, _nearer(found, short))
    while len(found) > 1:
        far = [_apart(*pair) for pair in pairwise(found)]
        closest = int(np.argmin(far))
        if far[closest] >= 1:
            break
        found = _merged(found, closest)
    return found


def boundary(errors: Array, requests: Array, before: Segment, after: Segment) -> tuple[int, int, int]:
    """First bin of the new level at the earliest, most likely, and at the latest, with 95 % confidence."""
    at = np.arange(before.first + 1, after.end)
    sums = _sums(errors, requests)
    cost = _cost(sums[:, at] - sums[:, [before.first]]) + _cost(sums[:, [after.end]] - sums[:, at])
    span = slice(before.first, after.end)
    likely = at[cost <= cost.min() + _CONFIDENCE * dispersion(errors[span], requests[span])]
    return int(likely[0]), int(at[np.argmin(cost)]), int(likely[-1])


def dispersion(errors: Array, requests: Array) -> float:
    """How much more than binomially the ratio scatters from bin to bin, at least 1.

    From neighbours, so that a change of level counts but once; the most different pairs are left out for it.
    """
    k, m = errors[1:] + errors[:-1], requests[1:] + requests[:-1]
    mixed = (k > 0) & (k < m)
    if mixed.sum() < 10:
        return 1.0
    pooled = k[mixed] / m[mixed]
    difference = (errors[1:] / requests[1:] - errors[:-1] / requests[:-1])[mixed]
    scale = (1 / requests[1:] + 1 / requests[:-1])[mixed]
    scatter = np.sort(difference**2 / (pooled * (1 - pooled) * scale))
    return max(1.0, float(scatter[: max(1, int(len(scatter) * 0.95))].mean()))


def _partition(errors: Array, requests: Array, penalty: float) -> list[int]:
    """First bins of the cheapest partition."""
    # The cost is concave in where a run of equal bins is cut, so the cheapest cuts are between unequal ones.
    unequal = np.flatnonzero(errors[1:] * requests[:-1] != errors[:-1] * requests[1:]) + 1
    edges = np.concatenate(([0], unequal, [len(errors)]))
    sums = _sums(errors, requests)[:, edges]
    n = len(edges) - 1
    best = np.full(n + 1, -penalty)
    last = np.zeros(n + 1, dtype=int)
    for end in range(1, n + 1):
        cost = best[:end] + _cost(sums[:, end : end + 1] - sums[:, :end])
        last[end] = np.argmin(cost)
        best[end] = cost[last[end]] + penalty
    starts = []
    while n > 0:
        n = int(last[n])
        starts.append(int(edges[n]))
    return starts[::-1]


def _cost(counts: Array) -> Array:
    """-2 log L at their own ratio, of rows of requests, errors and successes."""
    # Sums of fractions may miss 0 by rounding.
    counts = np.maximum(counts, 1e-300)
    requests, errors, successes = counts * np.log(counts)
    cost: Array = 2 * (requests - errors - successes)
    return cost


def _sums(errors: Array, requests: Array) -> Array:
    """Requests, errors and successes before each edge of the bins."""
    counts = np.stack((requests, errors, requests - errors))
    return np.concatenate((np.zeros((3, 1)), np.cumsum(counts, axis=1)), axis=1)


def _segment(errors: Array, requests: Array, first: int, end: int) -> Segment:
    return Segment(first, end, float(errors[first:end].sum()), float(requests[first:end].sum()))


def _merged(found: Sequence[Segment], index: int) -> list[Segment]:
    """With the segment at `index` joined to the next."""
    one, two = found[index], found[index + 1]
    joined = Segment(one.first, two.end, one.errors + two.errors, one.requests + two.requests)
    return [*found[:index], joined, *found[index + 2 :]]


def _nearer(found: Sequence[Segment], index: int) -> int:
    """Index to merge at so that the segment joins the neighbour of the nearer level."""
    if index == 0:
        return 0
    if index == len(found) - 1:
        return index - 1
    left = abs(found[index].ratio - found[index - 1].ratio)
    return index - 1 if left <= abs(found[index].ratio - found[index + 1].ratio) else index


def _apart(one: Segment, two: Segment) -> float:
    """How far two levels are apart; below 1 they count as one."""
    limit = max(_LEAST_DIFFERENCE, _LEAST_SHARE * max(one.ratio, two.ratio))
    return abs(one.ratio - two.ratio) / limit
