"""Episodes of a raised ratio of one service: of errors, or of slow requests."""

from collections.abc import Iterator, Sequence

import numpy as np
from msgspec import Struct

from sources.prometheus.bursts import Episode, Limits, episodes
from sources.prometheus.changes import Change, change, inner
from sources.prometheus.deltas import Bins
from sources.prometheus.levels import FEW_REQUESTS, LEAST_REQUESTS, highest, just_after, plateau, wilson
from sources.prometheus.segments import Binomial, Segment
from sources.prometheus.steps import LevelChange, level_changes
from sources.promql.series import Array
from sources.promql.sorted_numbers import median

_LEAST_ERRORS = 3
_FAR = 5.0
"""A ratio is raised if it is this many times as far from normal as it usually is."""
_STRETCH = 20
"""Bins per ratio when measuring that distance: few requests scatter by chance, as the likelihood already assumes."""


class Rules(Struct, frozen=True):
    """When a ratio counts as raised. All fields are ratios."""

    raised: float
    """A ratio below this never counts as raised."""
    normal: float
    """A ratio up to this much above normal, or up to one and a half times normal, is normal."""
    least: float
    """Levels closer than this count as one."""


class Raised(Struct, frozen=True):
    """One episode. Ratios are 0 to 1, times Unix seconds; no ratio includes bins that mix two levels."""

    rise: Change | None
    """None if the ratio was raised from the first data on."""
    fall: Change | None
    """None if the ratio was raised until the last data."""
    before: float
    level: float
    """Ratio of the segment with most of the errors."""
    likely: tuple[float, float] | None
    """Confidence interval (95 %, Wilson) of `level` if that segment has few requests."""
    after: float
    """Ratio in the ten minutes after the fall; without a fall, at the end of the data."""
    peak: float
    """Highest ratio over a minute, or over as long as it takes to have 30 requests."""
    peak_at: float
    errors: float
    requests: float
    """From the rise to the fall."""
    bursts: int
    """How often the ratio rose in that time."""
    first: int
    end: int
    """Bins (of those with requests) from the rise up to, but not including, the fall."""
    changes: tuple[LevelChange, ...] = ()
    """Its clear changes of level in that time, if it rose only once."""

    @property
    def rose_to(self) -> float:
        """Its first level."""
        return self.changes[0].before if self.changes else self.level

    @property
    def fell_from(self) -> float:
        """Its last level."""
        return self.changes[-1].after if self.changes else self.level


def raised(bins: Bins, rules: Rules) -> Iterator[Raised]:
    """Episodes in order of time. Successive rises, as in a rolling deploy, are one, and so are bursts close together.

    Every bin must have requests; see `used`.
    """
    if not _possible(bins, rules):
        return
    counts = Binomial(bins.errors, bins.requests)
    found = counts.segments(rules.least)
    usual = _usual(found)
    if usual is None:
        return
    limits = _limits(usual, found, bins, rules)
    surely = max(limits.high, wilson(usual.count, usual.size)[1])
    levels, since = [one.level for one in found], bins.end[[one.first for one in found]]
    for episode in episodes(levels, since, limits, lambda index: _enough(found[index], surely)):
        yield _measured(episode, found, counts, bins)


def _measured(episode: Episode, found: Sequence[Segment], counts: Binomial, bins: Bins) -> Raised:
    first, end = episode.first, episode.end
    rise = change(counts, bins, found[first - 1 : first + 1]) if first else None
    fall = change(counts, bins, found[end - 1 : end + 1]) if end < len(found) else None
    begin = rise.bin if rise else 0
    finish = max(begin + 1, fall.bin) if fall else len(bins.end)
    most = plateau(counts, max(found[first:end], key=lambda one: one.count))
    peak, last = highest(counts, begin, finish, bins.step)
    if peak < most.level:
        peak, last = most.level, most.end - 1
    return Raised(
        rise,
        fall,
        before=inner(counts, found[first - 1]).level if first else 0.0,
        level=most.level,
        likely=wilson(most.count, most.size) if most.size < FEW_REQUESTS else None,
        after=just_after(counts, found[end], bins).level if fall else inner(counts, found[-1]).level,
        peak=peak,
        peak_at=float(bins.end[last]),
        errors=float(bins.errors[begin:finish].sum()),
        requests=float(bins.requests[begin:finish].sum()),
        bursts=len(episode.bursts),
        first=begin,
        end=finish,
        changes=level_changes(found[first:end], counts, bins) if len(episode.bursts) == 1 else (),
    )


def used(bins: Bins) -> Bins:
    """The bins with requests; the others have no ratio."""
    # Amounts that vanish by rounding in the total count as none.
    return bins.where(np.flatnonzero(bins.requests > 1e-9 * bins.requests.sum()))


def _possible(bins: Bins, rules: Rules) -> bool:
    """Whether any segment can be raised; saves the search. Segments of two bins or more consist of twos and threes."""
    if len(bins.errors) < 4 or bins.errors.sum() < _LEAST_ERRORS:
        return False
    for size in (2, 3):
        k, m = (np.convolve(amounts, np.ones(size), "valid") for amounts in (bins.errors, bins.requests))
        if np.any(k >= rules.raised * m):
            return True
    return False


def _usual(found: Sequence[Segment]) -> Segment | None:
    """The segment that shows the normal level; None if no segment has enough requests.

    It is the lowest of three: the first and the last, one of which is outside any incident that the data fully contain,
    and the median by level, which is outside bursts that fill less than half of the time.
    """
    enough = [one for one in found if one.size >= LEAST_REQUESTS]
    if not enough:
        return None
    by_level = sorted(enough, key=lambda one: one.level)
    middle = int(np.searchsorted(np.cumsum([one.bins for one in by_level]), sum(one.bins for one in by_level) / 2))
    return min(enough[0], enough[-1], by_level[middle], key=lambda one: one.level)


def _limits(usual: Segment, found: Sequence[Segment], bins: Bins, rules: Rules) -> Limits:
    low = usual.level + max(rules.normal, usual.level / 2)
    calm = [index for one in found if one.level <= low for index in range(one.first, one.end)]
    scatter = _scatter(bins.errors[calm], bins.requests[calm], usual.level)
    return Limits(usual.level, low, max(rules.raised, low, usual.level + _FAR * scatter))


def _enough(one: Segment, surely: float) -> bool:
    """Whether a segment has enough requests to count as raised; few are enough if nearly all of them fail."""
    many = one.size >= LEAST_REQUESTS or (one.size > 0 and wilson(one.count, one.size)[0] > surely)
    return many and one.count >= _LEAST_ERRORS


def _scatter(errors: Array, requests: Array, normal: float) -> float:
    """Median distance (MAD) of the ratio of `_STRETCH` consecutive bins from normal, which bursts do not affect."""
    if len(errors) < 3 * _STRETCH:
        return 0.0
    firsts = np.arange(0, len(errors), _STRETCH)
    ratios = np.add.reduceat(errors, firsts) / np.add.reduceat(requests, firsts)
    return median(np.abs(ratios - normal))
