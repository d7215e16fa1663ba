"""How much more counts scatter than the likelihood expects: usual scatter is no change, however unlikely.

This is Pearson's chi2 per degree of freedom: between neighbouring bins, where a change counts only once, and within
blocks of bins, which also shows slow drift.
"""

from collections.abc import Callable

import numpy as np
from msgspec import Struct

from sources.promql.series import Array
from sources.promql.sorted_numbers import quantiles

_BLOCK = 20
"""Bins per block; the level within a block is assumed to be steady."""
_LEAST_PAIRS = 10


class Scatter(Struct, frozen=True):
    """The parts of the data that are assumed to contain no change."""

    pairs: float
    """Share of the pairs of neighbours: those that differ least."""
    blocks: tuple[float, ...]
    """Shares of the blocks, sorted by scatter; the scatter is the geometric mean of these quantiles."""


def dispersion(count: Array, size: Array, variance: Callable[[Array], Array], scatter: Scatter) -> float:
    """At least 1. Each bin has `count` of `size`; `variance` is that of a count per size, at a level."""
    neighbours = _between_neighbours(count, size, variance, scatter.pairs)
    return max(1.0, neighbours, _within_blocks(count, size, variance, scatter.blocks))


def _between_neighbours(count: Array, size: Array, variance: Callable[[Array], Array], share: float) -> float:
    counts, sizes = count[1:] + count[:-1], size[1:] + size[:-1]
    # Bins without counts cannot scatter.
    counted = counts > 0
    if counted.sum() < _LEAST_PAIRS:
        return 1.0
    expected = np.maximum(variance(counts / sizes) * (1 / size[1:] + 1 / size[:-1]), 1e-300)
    chi2 = np.sort((np.diff(count / size) ** 2 / expected)[counted])
    return float(chi2[: max(1, int(len(chi2) * share))].mean())


def _within_blocks(count: Array, size: Array, variance: Callable[[Array], Array], shares: tuple[float, ...]) -> float:
    blocks = len(count) // _BLOCK
    if not blocks:
        return 1.0
    count, size = (one[: blocks * _BLOCK].reshape(blocks, _BLOCK) for one in (count, size))
    level = count.sum(axis=1, keepdims=True) / size.sum(axis=1, keepdims=True)
    usual = variance(level)
    mixed = usual[:, 0] > 0
    # A block without any variance counts as no scatter, else only the incident would show how calm times scatter.
    chi2 = np.zeros(blocks)
    chi2[mixed] = ((count - size * level)[mixed] ** 2 / (size[mixed] * usual[mixed])).sum(axis=1)
    typical = np.maximum(1.0, quantiles(chi2, shares) / (_BLOCK - 1))
    return float(np.exp(np.log(typical).mean()))
