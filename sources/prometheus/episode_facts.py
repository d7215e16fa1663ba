"""What the episodes of errors and of latency have in common: how they are worded, and their numbers."""

import numpy as np

from collector.event import Subject
from sources.prometheus.deltas import Bins
from sources.prometheus.episodes import Raised
from sources.prometheus.measure_facts import RaisedRatio
from sources.prometheus.steps import LevelChange
from sources.promql.sorted_numbers import median

_SURGE = 3.0
"""So many times as many requests as before are worth a word: they may be the cause, or clients that try again."""
_COMPARED = 1200.0
"""Seconds before the rise whose requests are compared with, without the last ones, in which they may rise already."""
_ALREADY = 240.0
_LEAST_BINS = 10


def raised_ratio(subject: Subject, measure: str, episode: Raised, scale: str, bins: Bins) -> RaisedRatio:
    """The episode as its facts are worded; `bins` are all that there are of it."""
    return RaisedRatio(
        subject=subject,
        measure=measure,
        before=episode.before,
        rose_to=episode.rose_to,
        fell_from=episode.fell_from,
        after=episode.after,
        peak=episode.peak,
        peak_at=episode.peak_at,
        times=episode.bursts,
        scale=scale,
        since=None if episode.rise else float(bins.begin[0]),
        until=None if episode.fall else float(bins.end[-1]),
    )


def risen(episode: Raised, bins: Bins) -> dict[str, float]:
    """Numbers of the event of the rise."""
    numbers = {"before": episode.before, "after": episode.rose_to, "peak": episode.peak, "peak_at": episode.peak_at}
    numbers |= surge(episode, bins)
    return numbers if episode.fall else numbers | {"last": episode.after}


def surge(episode: Raised, bins: Bins) -> dict[str, float]:
    """Requests per second before and during the episode (medians of the bins), if they are several times as many."""
    begin = float(bins.begin[episode.first])
    earlier = (bins.end > begin - _COMPARED) & (bins.end <= begin - _ALREADY) & (bins.seconds > 0)
    during = np.zeros(len(bins.end), dtype=bool)
    during[episode.first : episode.end] = True
    during &= bins.seconds > 0
    if earlier.sum() < _LEAST_BINS or not during.any():
        return {}
    before, level = (median(bins.requests[some] / bins.seconds[some]) for some in (earlier, during))
    return {"load_before": before, "load": level} if before > 0 and level >= _SURGE * before else {}


def fallen(episode: Raised, bins: Bins) -> dict[str, float]:
    """Numbers of the event of the fall."""
    numbers = {"before": episode.fell_from, "after": episode.after}
    return numbers if episode.rise else numbers | {"since": float(bins.begin[0])}


def flapping(episode: Raised) -> dict[str, float]:
    """How often it rose, if more than once."""
    return {"bursts": float(episode.bursts)} if episode.bursts > 1 else {}


def level_numbers(each: LevelChange, place: int) -> dict[str, float]:
    """Numbers of the event of a change from one raised level to another, the `place`th of its episode."""
    return {"before": each.before, "after": each.after, "change": float(place)}
