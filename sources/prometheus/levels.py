"""The ratios of an episode: while it was raised, at its peak, and after it. None includes what is of two levels."""

import numpy as np

from sources.prometheus.changes import inner
from sources.prometheus.deltas import Bins
from sources.prometheus.segments import Binomial, Segment

LEAST_REQUESTS = 30
"""Of fewer there is no ratio, unless next to all of them fail."""
FEW = 100
"""Of fewer requests the ratio is reported with its confidence interval."""
_PEAK_SECONDS = 60.0
_AFTER = 600.0
"""Seconds over which the ratio after a fall is taken."""
_Z2 = 1.96**2


def plateau(counts: Binomial, stretch: Segment) -> Segment:
    """What of a stretch is of its level alone. Of two bins either may be of two levels: the higher is less so."""
    if stretch.bins != 2:
        return inner(counts, stretch)
    halves = [counts.segment(index, index + 1) for index in (stretch.first, stretch.first + 1)]
    if min(half.size for half in halves) < LEAST_REQUESTS:
        return stretch
    return max(halves, key=lambda half: half.level)


def just_after(counts: Binomial, stretch: Segment, bins: Bins) -> Segment:
    """The beginning of a stretch, which later may be of a level that is too near to be another stretch."""
    within = inner(counts, stretch)
    soon = int(np.searchsorted(bins.end, bins.end[within.first] + _AFTER))
    beginning = counts.segment(within.first, min(within.end, max(within.first + 1, soon)))
    return beginning if beginning.size >= FEW else within


def highest(counts: Binomial, begin: int, finish: int, step: float) -> tuple[float, int]:
    """The highest ratio of bins in a row that last a minute and have 30 requests, and the last of these bins.

    Of bins up to but without `finish`, and without those at the edges if others are left.
    """
    within = inner(counts, counts.segment(begin, finish))
    errors, requests = (amounts[within.first : within.end] for amounts in (counts.count, counts.size))
    k, m = (np.concatenate(([0.0], np.cumsum(amounts))) for amounts in (errors, requests))
    for size in range(min(len(errors), int(np.ceil(_PEAK_SECONDS / step))), len(errors) + 1):
        sums, sizes = k[size:] - k[:-size], m[size:] - m[:-size]
        ratios = np.where(sizes >= min(LEAST_REQUESTS, m[-1]), sums / sizes, -1.0)
        if ratios.max() >= 0:
            best = int(np.argmax(ratios))
            return float(ratios[best]), within.first + best + size - 1
    raise AssertionError("all bins together have all requests")


def wilson(errors: float, requests: float) -> tuple[float, float]:
    """Between which ratios the true one is, with 95 % confidence."""
    ratio, weight = errors / requests, _Z2 / requests
    middle = ratio + weight / 2
    half = (weight * (max(0.0, ratio * (1 - ratio)) + weight / 4)) ** 0.5
    return max(0.0, (middle - half) / (1 + weight)), min(1.0, (middle + half) / (1 + weight))
