"""When a level changed: the boundary between two segments of counts, as a time."""

from collections.abc import Sequence

import numpy as np
from msgspec import Struct

from sources.prometheus.deltas import Bins
from sources.prometheus.segments import Counts, Segment

_LATE = 2
"""Bins by which a change may precede those that show it: a scrape just after it mostly covers the time before."""


class Change(Struct, frozen=True):
    """When the level changed, in Unix seconds."""

    earliest: float
    """Scrapes in earlier bins cannot show the new level."""
    at: float
    """End of the bin in which it most likely changed: the earliest time when it can be known."""
    latest: float
    """End of the first bin that certainly has the new level."""
    bin: int
    """The first bin that most likely is mostly at the new level."""


def change(counts: Counts, bins: Bins, pair: Sequence[Segment]) -> Change:
    """The change between two successive segments; `bins` are those that were counted."""
    early, likely, late = counts.boundary(*pair)
    earliest, latest = float(bins.begin[max(0, early - _LATE)]), float(bins.end[late])
    return Change(earliest, min(latest, max(earliest, _at(counts, bins, pair, likely))), latest, likely)


def _at(counts: Counts, bins: Bins, pair: Sequence[Segment], likely: int) -> float:
    """End of the bin in which the level changed, by how much of the new level the bins around the change contain."""
    known = float(bins.end[likely])
    if likely == 0 or bins.begin[likely] - bins.end[likely - 1] > bins.step / 2:
        # There is no data before this bin, and none is invented.
        return known
    before, after = (inner(counts, one).level for one in pair)
    both = counts.segment(likely - 1, likely + 1)
    if before == after:
        return known
    new = min(both.size, max(0.0, (both.count - before * both.size) / (after - before)))
    last, first = float(counts.size[likely]), float(counts.size[likely - 1])
    if new <= last:
        moment = float(bins.scraped[likely]) - bins.step * new / last
    else:
        moment = float(bins.scraped[likely - 1]) - bins.step * (new - last) / first
    ends = bins.end[max(0, likely - _LATE) : likely + 1]
    return float(ends[np.searchsorted(ends, moment)])


def inner(counts: Counts, stretch: Segment) -> Segment:
    """A segment without its edges, where a scrape may cover two levels."""
    if stretch.bins < 3:
        return stretch
    within = counts.segment(stretch.first + 1, stretch.end - 1)
    return within if stretch.bins > 4 or within.size >= counts.informative else stretch
