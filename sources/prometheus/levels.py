"""The ratios of an episode: while it was raised, at its peak, and after it. None includes bins that mix two levels."""

import numpy as np

from sources.prometheus.changes import inner
from sources.prometheus.deltas import Bins
from sources.prometheus.segments import Binomial, Segment

LEAST_REQUESTS = 30
"""Minimum requests for a ratio, unless nearly all of them fail."""
FEW_REQUESTS = 100
"""With fewer requests than this, the ratio is reported with its confidence interval."""
_PEAK_SECONDS = 60.0
_AFTER = 600.0
"""Seconds after a fall over which the ratio is computed."""
_Z2 = 1.96**2


def plateau(counts: Binomial, stretch: Segment) -> Segment:
    """The part of a segment that has only its level. Of two bins either may mix levels, and the higher mixes less."""
    if stretch.bins != 2:
        return inner(counts, stretch)
    halves = [counts.segment(index, index + 1) for index in (stretch.first, stretch.first + 1)]
    if min(half.size for half in halves) < LEAST_REQUESTS:
        return stretch
    return max(halves, key=lambda half: half.level)


def just_after(counts: Binomial, stretch: Segment, bins: Bins) -> Segment:
    """The beginning of a segment. Later bins may have a level that is too close to be a segment of its own."""
    within = inner(counts, stretch)
    soon = int(np.searchsorted(bins.end, bins.end[within.first] + _AFTER))
    beginning = counts.segment(within.first, min(within.end, max(within.first + 1, soon)))
    return beginning if beginning.size >= FEW_REQUESTS else within


def highest(counts: Binomial, begin: int, finish: int, step: float) -> tuple[float, int]:
    """The highest ratio of consecutive bins that last a minute and have 30 requests, and the last of these bins.

    Only bins up to but excluding `finish` count, without those at the edges if others are left.
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
    """The 95 % confidence interval of the ratio."""
    ratio, weight = errors / requests, _Z2 / requests
    middle = ratio + weight / 2
    half = (weight * (max(0.0, ratio * (1 - ratio)) + weight / 4)) ** 0.5
    return max(0.0, (middle - half) / (1 + weight)), min(1.0, (middle + half) / (1 + weight))
