"""What sorting gives of numbers: each once, their median and quantiles, to the last bit as numpy has them.

numpy's own functions look whether they are asked about masked arrays, and for that import all of these, which takes
longer than to read many a bundle.
"""

from collections.abc import Sequence

import numpy as np

from sources.promql.series import Array


def distinct(numbers: Array) -> Array:
    """The numbers in order, each once. None may be NaN."""
    ordered = np.sort(numbers)
    new = np.ones(len(ordered), bool)
    new[1:] = ordered[1:] != ordered[:-1]
    once: Array = ordered[new]
    return once


def median(numbers: Array) -> float:
    """The number in the middle, or the mean of the two; NaN if there are none, or one of them is NaN."""
    ordered = np.sort(numbers)
    if not len(ordered) or np.isnan(ordered[-1]):
        return float("nan")
    return (float(ordered[(len(ordered) - 1) // 2]) + float(ordered[len(ordered) // 2])) / 2


def quantiles(numbers: Array, shares: Sequence[float]) -> Array:
    """The numbers, of which there is at least one, below which these shares of them are; linear between two."""
    ordered = np.sort(numbers)
    place = np.array(shares) * (len(ordered) - 1)
    before = np.floor(place).astype(int)
    part, after = place - before, np.minimum(before + 1, len(ordered) - 1)
    rise = ordered[after] - ordered[before]
    # From the nearer of the two, as numpy does.
    found: Array = np.where(part < 0.5, ordered[before] + rise * part, ordered[after] - rise * (1 - part))
    return found
