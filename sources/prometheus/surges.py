"""Several times as many requests as before, where errors or slow requests begin: they may be the cause, or clients that
try again.
"""

import numpy as np
from msgspec import Struct

from sources.prometheus.changes import Change
from sources.prometheus.deltas import Bins
from sources.promql.series import Array
from sources.promql.sorted_numbers import median

_SURGE = 3.0
"""So many times as many are worth a word."""
_COMPARED = 1200.0
"""Seconds before the rise whose requests are compared with, without the last ones, in which they may rise already."""
_ALREADY = 240.0
_EARLIER = 3000.0
"""So long before the rise they may have surged already, if they never were as many before."""
_LEAST_BINS = 10
_MINUTE = 60.0


class Surge(Struct, frozen=True):
    """Requests per second, as medians of the bins, before it and while what it goes with lasted."""

    before: float
    level: float
    change: Change


def surge(first: int, end: int, bins: Bins) -> Surge | None:
    """The surge that goes with what lasted from one bin up to another; None if there is none."""
    begin = float(bins.begin[first])
    counted = bins.seconds > 0
    rates = np.divide(bins.requests, bins.seconds, out=np.zeros(len(bins.end)), where=counted)
    during = rates[first:end][counted[first:end]]
    if not len(during):
        return None
    level = median(during)
    near = rates[(bins.end > begin - _COMPARED) & (bins.end <= begin - _ALREADY) & counted]
    far = rates[(bins.end > begin - _EARLIER) & (bins.end <= begin - _COMPARED) & counted]
    for earlier, is_far in ((near, False), (far, True)):
        before = median(earlier) if len(earlier) >= _LEAST_BINS else 0.0
        if before > 0 and level >= _SURGE * before:
            middle = float(np.sqrt(before * level))
            place = _since(_per_minute(bins), middle, first, end)
            if is_far and np.quantile(_per_minute(bins)[:place], 0.95, method="higher") >= middle:
                # It is back after it had been away.
                return None
            at = float(bins.end[place])
            return Surge(before, level, Change(float(bins.begin[max(0, place - 1)]), at, at + bins.step, place))
    return None


def _since(rates: Array, middle: float, first: int, end: int) -> int:
    """The first bin from which on there are more, up to the rise or else after it."""
    above = rates >= middle
    if not above[first]:
        return first + int(np.argmax(above[first:end]))
    below = np.flatnonzero(~above[:first])
    return int(below[-1]) + 1 if len(below) else 0


def _per_minute(bins: Bins) -> Array:
    """Requests per second of the minute around each bin."""
    kernel = np.ones(max(1, round(_MINUTE / bins.step)))
    requests, seconds = (np.convolve(amounts, kernel, "same") for amounts in (bins.requests, bins.seconds))
    rates: Array = np.divide(requests, seconds, out=np.zeros(len(requests)), where=seconds > 0)
    return rates
