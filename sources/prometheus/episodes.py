"""Times of a raised ratio of one service: of its errors, or of its slow requests."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from sources.prometheus.changes import Change, change, inner
from sources.prometheus.deltas import Bins
from sources.prometheus.segments import Binomial, Segment
from sources.prometheus.series import Array

_LEAST_REQUESTS = 30
_LEAST_ERRORS = 3
_FEW = 100
"""Of fewer requests the ratio is told with its confidence interval."""
_FAR = 5.0
"""So many times as far from normal as the ratio usually wanders is raised."""
_STRETCH = 20
"""Bins over which it is taken for that: few requests scatter by chance, which the likelihood knows of."""
_PEAK_SECONDS = 60.0
_Z2 = 1.96**2


@dataclass(frozen=True, slots=True)
class Rules:
    """What is called raised. All are ratios."""

    raised: float
    """A ratio below it never is."""
    normal: float
    """Up to so much above normal, or half as much again, is normal."""
    least: float
    """Levels closer than that count as one."""


@dataclass(frozen=True, slots=True)
class Raised:
    """One time of a raised ratio. Ratios are 0 to 1, times Unix seconds."""

    rise: Change | None
    """None if it was raised from the first data on."""
    fall: Change | None
    """None if it was raised up to the last data."""
    before: float
    level: float
    """Ratio of the stretch in which most of its errors fell."""
    likely: tuple[float, float] | None
    """Confidence interval (95 %, Wilson) of `level` if that stretch has few requests."""
    after: float
    peak: float
    """Highest ratio over a minute, or over as long as it takes for 30 requests."""
    peak_at: float
    errors: float
    requests: float
    first: int
    end: int
    """Bins (of those with requests) from the rise up to but without the fall."""


def raised(bins: Bins, rules: Rules) -> Iterator[Raised]:
    """In order of time. Successive rises, as of a rolling deploy, are one. Every bin has requests, see `used`."""
    if not _possible(bins, rules):
        return
    counts = Binomial(bins.errors, bins.requests)
    found = counts.segments(rules.least)
    for first, end in _raised(found, bins, rules):
        rise = change(counts, bins, found[first - 1 : first + 1]) if first else None
        fall = change(counts, bins, found[end - 1 : end + 1]) if end < len(found) else None
        begin = rise.bin if rise else 0
        finish = max(begin + 1, fall.bin) if fall else len(bins.end)
        peak, at = _peak(bins.errors[begin:finish], bins.requests[begin:finish], bins.step)
        most = inner(counts, max(found[first:end], key=lambda one: one.count))
        yield Raised(
            rise,
            fall,
            before=found[first - 1].level if first else 0.0,
            level=most.level,
            likely=wilson(most.count, most.size) if most.size < _FEW else None,
            after=found[end].level if fall else 0.0,
            peak=peak,
            peak_at=float(bins.end[begin + at]),
            errors=float(bins.errors[begin:finish].sum()),
            requests=float(bins.requests[begin:finish].sum()),
            first=begin,
            end=finish,
        )


def used(bins: Bins) -> Bins:
    """The bins with requests: of the others there is no ratio."""
    # What is lost by rounding when all is summed is as good as nothing.
    return bins.where(np.flatnonzero(bins.requests > 1e-9 * bins.requests.sum()))


def wilson(errors: float, requests: float) -> tuple[float, float]:
    """Between which ratios the true one is, with 95 % confidence."""
    ratio, weight = errors / requests, _Z2 / requests
    middle = ratio + weight / 2
    half = (weight * (max(0.0, ratio * (1 - ratio)) + weight / 4)) ** 0.5
    return max(0.0, (middle - half) / (1 + weight)), min(1.0, (middle + half) / (1 + weight))


def _possible(bins: Bins, rules: Rules) -> bool:
    """Whether any stretch can be raised: each of two bins or more is made of twos and threes. Spares the search."""
    if len(bins.errors) < 4 or bins.errors.sum() < _LEAST_ERRORS:
        return False
    for size in (2, 3):
        k, m = (np.convolve(amounts, np.ones(size), "valid") for amounts in (bins.errors, bins.requests))
        if np.any(k >= rules.raised * m):
            return True
    return False


def _raised(found: Sequence[Segment], bins: Bins, rules: Rules) -> Iterator[tuple[int, int]]:
    """Index of the first raised segment, and of the first normal one after it, of each time of a raised ratio.

    Normal is the lower of the levels at both ends: one of them lies outside an incident that the window shows whole.
    """
    enough = [one for one in found if one.size >= _LEAST_REQUESTS]
    if not enough:
        return
    usual = min(enough[0], enough[-1], key=lambda one: one.level)
    normal = usual.level
    low = normal + max(rules.normal, normal / 2)
    calm = [index for one in found if one.level <= low for index in range(one.first, one.end)]
    high = max(rules.raised, low, normal + _FAR * _scatter(bins.errors[calm], bins.requests[calm], normal))
    surely = max(high, wilson(usual.count, usual.size)[1])
    since: int | None = None
    for index, one in enumerate(found):
        # Fewer requests than that tell something if next to all of them fail.
        telling = one.size >= _LEAST_REQUESTS or (one.size > 0 and wilson(one.count, one.size)[0] > surely)
        if since is None and one.level >= high and one.count >= _LEAST_ERRORS and telling:
            since = index
        elif since is not None and one.level <= low:
            yield since, index
            since = None
    if since is not None:
        yield since, len(found)


def _scatter(errors: Array, requests: Array, normal: float) -> float:
    """How far the ratio of so many bins in a row lies from normal: the median (MAD), which no burst moves."""
    if len(errors) < 3 * _STRETCH:
        return 0.0
    firsts = np.arange(0, len(errors), _STRETCH)
    ratios = np.add.reduceat(errors, firsts) / np.add.reduceat(requests, firsts)
    return float(np.median(np.abs(ratios - normal)))


def _peak(errors: Array, requests: Array, step: float) -> tuple[float, int]:
    """The highest ratio of bins in a row that last a minute and have 30 requests, and the last of these bins."""
    k, m = (np.concatenate(([0.0], np.cumsum(amounts))) for amounts in (errors, requests))
    for size in range(min(len(errors), int(np.ceil(_PEAK_SECONDS / step))), len(errors) + 1):
        sums, counts = k[size:] - k[:-size], m[size:] - m[:-size]
        ratios = np.where(counts >= min(_LEAST_REQUESTS, m[-1]), sums / counts, -1.0)
        if ratios.max() >= 0:
            best = int(np.argmax(ratios))
            return float(ratios[best]), best + size - 1
    raise AssertionError("all bins together have all requests")
