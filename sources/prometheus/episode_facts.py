"""The wording and the numbers that episodes of errors and of latency have in common."""

import numpy as np

from collector.event import Subject
from sources.prometheus.deltas import Bins
from sources.prometheus.episodes import Raised
from sources.prometheus.measure_facts import RaisedRatio
from sources.promql.sorted_numbers import median

_SURGE = 3.0
"""An increase of requests by this factor is reported: it may be the cause, or retries by clients."""
_COMPARED = 1200.0
"""Seconds before the rise to compare with, without the last `_ALREADY` ones, in which requests may already increase."""
_ALREADY = 240.0
_LEAST_BINS = 10


def raised_ratio(subject: Subject, measure: str, episode: Raised, scale: str, bins: Bins) -> RaisedRatio:
    """The episode in the form that its facts need; `bins` are all bins of the service."""
    return RaisedRatio(
        subject=subject,
        measure=measure,
        before=episode.before,
        level=episode.level,
        after=episode.after,
        peak=episode.peak,
        peak_at=episode.peak_at,
        times=episode.bursts,
        scale=scale,
        since=None if episode.rise else float(bins.begin[0]),
        until=None if episode.fall else float(bins.end[-1]),
    )


def risen(episode: Raised, bins: Bins) -> dict[str, float]:
    """Numbers of the rise event."""
    numbers = {"before": episode.before, "after": episode.level, "peak": episode.peak, "peak_at": episode.peak_at}
    numbers |= surge(episode, bins)
    return numbers if episode.fall else numbers | {"last": episode.after}


def surge(episode: Raised, bins: Bins) -> dict[str, float]:
    """Requests per second before and during the episode (medians over bins), if there are several times as many."""
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
    """Numbers of the fall event."""
    numbers = {"before": episode.level, "after": episode.after}
    return numbers if episode.rise else numbers | {"since": float(bins.begin[0])}


def flapping(episode: Raised) -> dict[str, float]:
    """How often the ratio rose, if more than once."""
    return {"bursts": float(episode.bursts)} if episode.bursts > 1 else {}
