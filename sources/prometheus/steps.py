"""Clear changes of level while a ratio is raised: it gets worse, a repair helps in part, it comes back."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from msgspec import Struct

from sources.prometheus.changes import Change, change
from sources.prometheus.deltas import Bins
from sources.prometheus.levels import LEAST_REQUESTS, plateau
from sources.prometheus.segments import Binomial, Segment

_LASTS = 300.0
"""Minimum seconds of a level; anything shorter is a transition between levels, as in a rolling deploy."""
_LEAST_FACTOR = 2.0
_LEAST_DIFFERENCE = 0.05
"""Two levels are one unless they differ by the factor above and by this share of all requests."""
_EDGE = 120.0
"""Seconds before and after a change that show how sudden it is."""
_SUDDEN = 0.6
"""Minimum share of the whole change that falls within those seconds."""
_MOST = 4
"""An episode with more levels changes all the time."""


class LevelChange(Struct, frozen=True):
    """A change from one level to another, as ratios."""

    change: Change
    before: float
    after: float


def level_changes(found: Sequence[Segment], counts: Binomial, bins: Bins) -> tuple[LevelChange, ...]:
    """The clear changes between the segments of one episode, in order of time; none if it never settles."""
    levels = list(_levels(found, counts, bins))
    if not 2 <= len(levels) <= _MOST:
        return ()
    between = [(one, other, found[one.last : other.first + 1]) for one, other in pairwise(levels)]
    if not all(_sudden(one.level, other.level, way, counts, bins) for one, other, way in between):
        return ()
    return tuple(
        LevelChange(change(counts, bins, _steepest(way)), one.level, other.level) for one, other, way in between
    )


class _Level(Struct, frozen=True):
    first: int
    last: int
    """Indexes of its first and last lasting segment."""
    level: float
    size: float
    """Requests of its largest segment, which defines `level`."""


def _levels(found: Sequence[Segment], counts: Binomial, bins: Bins) -> Iterator[_Level]:
    """The levels of lasting segments; neighbours with similar levels are one."""
    last: _Level | None = None
    for index, one in enumerate(found):
        if float(bins.end[one.end - 1] - bins.begin[one.first]) < _LASTS or one.size < LEAST_REQUESTS:
            continue
        level = plateau(counts, one).level
        if last and not _clear(last.level, level):
            shown = (last.level, last.size) if last.size >= one.size else (level, one.size)
            last = _Level(last.first, index, *shown)
            continue
        if last:
            yield last
        last = _Level(index, index, level, one.size)
    if last:
        yield last


def _clear(one: float, other: float) -> bool:
    low, high = sorted((one, other))
    return high >= _LEAST_FACTOR * low and high - low >= _LEAST_DIFFERENCE


def _sudden(one: float, other: float, way: Sequence[Segment], counts: Binomial, bins: Bins) -> bool:
    """Whether the level changes between the two segments, and not also within them, as when errors creep up."""
    before, after = way[0], way[-1]
    if float(bins.begin[after.first] - bins.end[before.end - 1]) > _LASTS:
        return False
    size = max(1, round(_EDGE / bins.step))
    # A bin at the edge may belong to both.
    end = counts.segment(max(before.first, before.end - 1 - size), max(before.first + 1, before.end - 1))
    begin = counts.segment(min(after.first + 1, after.end - 1), min(after.first + 1 + size, after.end))
    return abs(begin.level - end.level) >= _SUDDEN * abs(other - one)


def _steepest(found: Sequence[Segment]) -> Sequence[Segment]:
    """The two neighbours between which the level changes most."""
    return max(pairwise(found), key=lambda pair: abs(pair[0].level - pair[1].level))
