"""Surges of requests around the start of errors or slow requests: they may be the cause, or clients that retry."""

import numpy as np
from msgspec import Struct

from sources.prometheus.changes import Change
from sources.prometheus.deltas import Bins
from sources.promql.series import Array
from sources.promql.sorted_numbers import median

_SURGE = 3.0
"""Minimum factor by which requests increase in a surge."""
_BASELINE_BEGIN = 1200.0
"""Seconds before the rise at which the baseline begins; it ends at `_BASELINE_END`, as requests may rise after that."""
_BASELINE_END = 240.0
_SECOND_BASELINE_BEGIN = 3000.0
"""Seconds before the rise at which a second baseline begins, for an earlier surge without precedent in the data."""
_LEAST_BINS = 10
_MINUTE = 60.0


class Surge(Struct, frozen=True):
    """Requests per second before it and during the episode that it goes with, as medians of the bins."""

    before: float
    level: float
    change: Change


def surge(first: int, end: int, bins: Bins) -> Surge | None:
    """The surge that goes with the episode from bin `first` up to, but not including, `end`; None if there is none."""
    begin = float(bins.begin[first])
    counted = bins.seconds > 0
    rates = np.divide(bins.requests, bins.seconds, out=np.zeros(len(bins.end)), where=counted)
    during = rates[first:end][counted[first:end]]
    if not len(during):
        return None
    level = median(during)
    near = rates[(bins.end > begin - _BASELINE_BEGIN) & (bins.end <= begin - _BASELINE_END) & counted]
    far = rates[(bins.end > begin - _SECOND_BASELINE_BEGIN) & (bins.end <= begin - _BASELINE_BEGIN) & counted]
    for earlier, is_far in ((near, False), (far, True)):
        before = median(earlier) if len(earlier) >= _LEAST_BINS else 0.0
        if before > 0 and level >= _SURGE * before:
            place = _since(_per_minute(bins), float(np.sqrt(before * level)), first, end)
            at = float(bins.end[place])
            found = Surge(before, level, Change(float(bins.begin[max(0, place - 1)]), at, at + bins.step, place))
            # If there were as many requests before, they only came back.
            return found if not is_far or is_sudden(found, bins) else None
    return None


def is_sudden(found: Surge, bins: Bins) -> bool:
    """Whether the service hardly ever had as many requests before, so that the surge is not its normal load."""
    earlier = _per_minute(bins)[: found.change.bin]
    middle = float(np.sqrt(found.before * found.level))
    return len(earlier) >= _LEAST_BINS and bool(np.quantile(earlier, 0.95, method="higher") < middle)


def _since(rates: Array, middle: float, first: int, end: int) -> int:
    """The first bin from which on the rate stays above `middle` up to the rise; else the first above it after that."""
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
