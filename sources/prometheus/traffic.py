"""Times when the traffic of one service collapsed: no errors among no requests is an outage, not health."""

from collections.abc import Iterator, Sequence

import numpy as np
from msgspec import Struct

from sources.prometheus.changes import Change, change, inner
from sources.prometheus.deltas import Bins
from sources.prometheus.segments import Poisson, Segment
from sources.promql.series import Array
from sources.promql.sorted_numbers import median

_COLLAPSED = 0.5
_RECOVERED = 0.75
"""Shares of the traffic before: below `_COLLAPSED` it has collapsed, from `_RECOVERED` on it is back."""
_BEFORE = 1200.0
"""Seconds of traffic to compare with; short compared with the daily cycle."""
_LEAST_BEFORE = 900.0
_LEAST = 60.0
"""Minimum seconds of a collapse."""
_LEAST_EXPECTED = 30.0
"""Minimum requests that would have come during a collapse."""
_STEEP = 300.0
"""Maximum seconds for a fall in several steps to count as one."""
_LEVELLED = 300.0
"""Seconds per rate when measuring how far the traffic before swings; less if the collapse was shorter."""
_SWING = 5.0
"""Traffic has collapsed if it is this many standard deviations (by the MAD) below the median of these rates."""
_OFTEN = 3
"""If the traffic of a service collapses more often than this in the data, it comes in bursts and none is reported."""


class Collapse(Struct, frozen=True):
    """One collapse. Rates are requests per second, times Unix seconds."""

    fall: Change
    rise: Change | None
    """None if the traffic was low until the last data."""
    before: float
    level: float
    """Rate while it was low."""
    after: float
    lowest: float
    """The lowest rate over a minute."""
    lowest_at: float
    requests: float
    """Requests while it was low."""


def collapses(bins: Bins) -> list[Collapse]:
    """Collapses in order of time. Bins without data are ignored; bins without requests count as low traffic."""
    bins = bins.where(np.flatnonzero(bins.seconds > bins.step / 4))
    if not _possible(bins):
        return []
    counts = Poisson(bins.requests, bins.seconds)
    # Only falls are reported, so levels need not be far apart.
    found = counts.segments(least=0.0)
    every = list(_fallen(found, bins))
    sudden = [one for one in every if not _swings_so_low(found, bins, every, one)]
    return [_collapse(counts, bins, found, *one) for one in sudden] if len(every) <= _OFTEN else []


def _possible(bins: Bins) -> bool:
    """Whether any minute has low traffic compared with any quarter of an hour; saves the search."""
    minute, quarter = (max(1, int(seconds / bins.step)) for seconds in (_LEAST, _LEAST_BEFORE))
    if len(bins.end) < minute + quarter:
        return False
    return bool(_rates(bins, minute).min() < _COLLAPSED * _rates(bins, quarter).max())


def _rates(bins: Bins, size: int) -> Array:
    """Requests per second of `size` consecutive bins, in order of their first bin."""
    requests, seconds = (np.convolve(amounts, np.ones(size), "valid") for amounts in (bins.requests, bins.seconds))
    rates: Array = requests / seconds
    return rates


def _fallen(found: Sequence[Segment], bins: Bins) -> Iterator[tuple[int, int, int]]:
    """For each collapse, the segments where it begins, where it is low, and the first one after it."""
    after = 1
    for index in range(1, len(found)):
        begin = _begin(found, bins, index)
        before = _before(bins, found[begin].first)
        if index < after or begin < after or not _low(found[index], before):
            continue
        back = (later for later in range(index + 1, len(found)) if found[later].level >= _RECOVERED * before)
        after = next(back, len(found))
        yield begin, index, after


def _begin(found: Sequence[Segment], bins: Bins, index: int) -> int:
    """The first segment of a fall in steps that leads to the segment at `index`."""
    begin = index
    since = bins.end[found[index].first] - _STEEP
    while begin > 1 and bins.end[found[begin - 1].first] >= since and found[begin - 1].level < found[begin - 2].level:
        begin -= 1
    return begin


def _before(bins: Bins, first: int) -> float:
    """Median requests per second over a minute in the time before a bin; 0 if there is too little data."""
    before = bins.where(np.arange(np.searchsorted(bins.end, bins.end[first] - _BEFORE), first))
    if before.seconds.sum() < _LEAST_BEFORE:
        return 0.0
    return median(_rates(before, max(1, int(_LEAST / bins.step))))


def _low(stretch: Segment, before: float) -> bool:
    enough = stretch.size >= _LEAST and before * stretch.size >= _LEAST_EXPECTED
    return enough and stretch.level < _COLLAPSED * before


def _swings_so_low(
    found: Sequence[Segment], bins: Bins, every: Sequence[tuple[int, int, int]], one: tuple[int, int, int]
) -> bool:
    """Whether the traffic before, without other collapses, swings so far that this low is nothing new."""
    begin, low, _ = one
    before = bins.where(np.arange(found[begin].first))
    for first, _, after in every:
        if after <= begin:
            fell, back = bins.end[found[first].first], bins.end[found[after].first]
            before = before.where((before.end < fell) | (before.end >= back))
    size = max(1, int(min(found[low].size, _LEVELLED) / bins.step))
    if len(before.end) < size:
        return True
    rates = _rates(before, size)
    middle = median(rates)
    swing = 1.4826 * median(np.abs(rates - middle))
    least = float(rates.min())
    return found[low].level > middle - _SWING * swing or least <= found[low].level


def _collapse(counts: Poisson, bins: Bins, found: Sequence[Segment], begin: int, low: int, after: int) -> Collapse:
    rise = change(counts, bins, found[after - 1 : after + 1]) if after < len(found) else None
    fall = change(counts, bins, found[begin - 1 : begin + 1])
    first = fall.bin
    end = max(first + 1, rise.bin) if rise else len(bins.end)
    inside = bins.where(np.arange(first, end))
    size = max(1, min(len(inside.end), int(_LEAST / bins.step)))
    rates = _rates(inside, size)
    lowest = int(np.argmin(rates))
    return Collapse(
        fall,
        rise,
        before=_before(bins, found[begin].first),
        level=inner(counts, found[low]).level,
        after=inner(counts, found[after]).level if rise else 0.0,
        lowest=float(rates[lowest]),
        lowest_at=float(inside.end[lowest + size - 1]),
        requests=float(inside.requests.sum()),
    )
