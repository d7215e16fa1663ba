"""The series behind an event, short enough to be stored with it."""

import numpy as np

from sources.prometheus.deltas import Bins
from sources.promql.series import Array

MOST_POINTS = 120
_AROUND = 1800.0
"""Seconds shown before and after an episode; if the episode is longer, its own duration."""

Plot = tuple[tuple[float, float], ...]


def plot(bins: Bins, begin: float, end: float, count: Array, size: Array) -> Plot:
    """`count` per `size` of the bins around an episode, as Unix seconds and value; bins without a size are left out.

    If there are too many bins, they are added up, never averaged, so every request weighs the same.
    """
    around = max(_AROUND, end - begin)
    shown = np.flatnonzero((bins.end >= begin - around) & (bins.begin <= end + around))
    if not len(shown):
        return ()
    each = -(-len(shown) // MOST_POINTS)
    firsts = np.arange(0, len(shown), each)
    counts, sizes = (np.add.reduceat(amounts[shown], firsts) for amounts in (count, size))
    times = bins.end[shown[np.minimum(firsts + each, len(shown)) - 1]]
    return tuple(
        (float(time), float(count / size)) for time, count, size in zip(times, counts, sizes, strict=True) if size > 0
    )


def sampled_plot(times: Array, values: Array, begin: float, end: float) -> Plot:
    """The same for values without counts: if there are too many, the highest of each group of neighbours."""
    around = max(_AROUND, end - begin)
    shown = np.flatnonzero((times >= begin - around) & (times <= end + around))
    each = -(-len(shown) // MOST_POINTS)
    highest = [part[values[part].argmax()] for part in np.split(shown, range(each, len(shown), each))] if each else []
    return tuple((float(times[index]), float(values[index])) for index in highest)
