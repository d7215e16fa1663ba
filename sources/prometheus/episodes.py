"""Times of a raised ratio of one service: of its errors, or of its slow requests."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from sources.prometheus.bursts import Episode, Limits, episodes
from sources.prometheus.changes import Change, change, inner
from sources.prometheus.deltas import Bins
from sources.prometheus.levels import FEW, LEAST_REQUESTS, highest, just_after, plateau, wilson
from sources.prometheus.segments import Binomial, Segment
from sources.prometheus.steps import LevelChange, level_changes
from sources.promql.series import Array
from sources.promql.sorted_numbers import median

_LEAST_ERRORS = 3
_FAR = 5.0
"""So many times as far from normal as the ratio usually wanders is raised."""
_STRETCH = 20
"""Bins over which it is taken for that: few requests scatter by chance, which the likelihood knows of."""


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
    """One time of a raised ratio. Ratios are 0 to 1, times Unix seconds; no ratio includes what is of two levels."""

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
    """Ratio in the ten minutes after the fall; without a fall that at the end of the data."""
    peak: float
    """Highest ratio over a minute, or over as long as it takes for 30 requests."""
    peak_at: float
    errors: float
    requests: float
    """From the rise up to the fall."""
    bursts: int
    """How often it rose in that time."""
    first: int
    end: int
    """Bins (of those with requests) from the rise up to but without the fall."""
    changes: tuple[LevelChange, ...] = ()
    """What it clearly changed to in that time, if it rose once."""

    @property
    def rose_to(self) -> float:
        """Its first level."""
        return self.changes[0].before if self.changes else self.level

    @property
    def fell_from(self) -> float:
        """Its last level."""
        return self.changes[-1].after if self.changes else self.level


def raised(bins: Bins, rules: Rules) -> Iterator[Raised]:
    """In order of time. Successive rises, as of a rolling deploy, are one; so are bursts that follow one another.

    Every bin has requests, see `used`.
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
        likely=wilson(most.count, most.size) if most.size < FEW else None,
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
    """The bins with requests: of the others there is no ratio."""
    # What rounding takes away when all is summed is as good as nothing.
    return bins.where(np.flatnonzero(bins.requests > 1e-9 * bins.requests.sum()))


def _possible(bins: Bins, rules: Rules) -> bool:
    """Whether any stretch can be raised: each of two bins or more is made of twos and threes. Spares the search."""
    if len(bins.errors) < 4 or bins.errors.sum() < _LEAST_ERRORS:
        return False
    for size in (2, 3):
        k, m = (np.convolve(amounts, np.ones(size), "valid") for amounts in (bins.errors, bins.requests))
        if np.any(k >= rules.raised * m):
            return True
    return False


def _usual(found: Sequence[Segment]) -> Segment | None:
    """The stretch that shows what is normal; None if none has requests enough.

    The lowest of those at both ends, of which one lies outside an incident that the data show whole, and of that in
    the middle by level, which lies outside bursts that fill less than half of the time.
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
    """Whether a stretch has requests enough to be raised; fewer are enough if next to all of them fail."""
    many = one.size >= LEAST_REQUESTS or (one.size > 0 and wilson(one.count, one.size)[0] > surely)
    return many and one.count >= _LEAST_ERRORS


def _scatter(errors: Array, requests: Array, normal: float) -> float:
    """How far the ratio of so many bins in a row lies from normal: the median (MAD), which no burst moves."""
    if len(errors) < 3 * _STRETCH:
        return 0.0
    firsts = np.arange(0, len(errors), _STRETCH)
    ratios = np.add.reduceat(errors, firsts) / np.add.reduceat(requests, firsts)
    return median(np.abs(ratios - normal))
