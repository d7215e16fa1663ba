"""Distinct values, medians and quantiles of numbers, equal to those of numpy to the last bit.

numpy's own functions check for masked arrays and import the whole module for that, which takes longer than reading
many a bundle.
"""

from collections.abc import Sequence

import numpy as np

from sources.promql.series import Array


def distinct(numbers: Array) -> Array:
    """The distinct numbers in ascending order. None may be NaN."""
    ordered = np.sort(numbers)
    new = np.ones(len(ordered), bool)
    new[1:] = ordered[1:] != ordered[:-1]
    once: Array = ordered[new]
    return once


def median(numbers: Array) -> float:
    """The middle number, or the mean of the two middle ones; NaN if there are none, or one of them is NaN."""
    ordered = np.sort(numbers)
    if not len(ordered) or np.isnan(ordered[-1]):
        return float("nan")
    return (float(ordered[(len(ordered) - 1) // 2]) + float(ordered[len(ordered) // 2])) / 2


def quantiles(numbers: Array, shares: Sequence[float]) -> Array:
    """The quantiles at these shares, interpolated linearly. There must be at least one number."""
    ordered = np.sort(numbers)
    place = np.array(shares) * (len(ordered) - 1)
    before = np.floor(place).astype(int)
    part, after = place - before, np.minimum(before + 1, len(ordered) - 1)
    rise = ordered[after] - ordered[before]
    # Computed from the nearer of the two, as in numpy.
    found: Array = np.where(part < 0.5, ordered[before] + rise * part, ordered[after] - rise * (1 - part))
    return found
