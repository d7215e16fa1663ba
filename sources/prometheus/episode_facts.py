"""The wording and the numbers that episodes of errors and of latency have in common."""

from collector.event import Subject
from sources.prometheus.deltas import Bins
from sources.prometheus.episodes import Raised
from sources.prometheus.measure_facts import RaisedRatio
from sources.prometheus.steps import LevelChange
from sources.prometheus.surges import Surge


def raised_ratio(subject: Subject, measure: str, episode: Raised, scale: str, bins: Bins) -> RaisedRatio:
    """The episode in the form that its facts need; `bins` are all bins of the service."""
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


def rise_numbers(episode: Raised, more: Surge | None) -> dict[str, float]:
    """Numbers of the event of the rise, including those of a surge of requests."""
    numbers = {"before": episode.before, "after": episode.rose_to, "peak": episode.peak, "peak_at": episode.peak_at}
    numbers |= load_numbers(more) if more else {}
    return numbers if episode.fall else numbers | {"last": episode.after}


def fall_numbers(episode: Raised, bins: Bins) -> dict[str, float]:
    """Numbers of the event of the fall."""
    numbers = {"before": episode.fell_from, "after": episode.after}
    return numbers if episode.rise else numbers | {"since": float(bins.begin[0])}


def burst_numbers(episode: Raised) -> dict[str, float]:
    """How often the ratio rose, if more than once."""
    return {"bursts": float(episode.bursts)} if episode.bursts > 1 else {}


def load_numbers(more: Surge) -> dict[str, float]:
    """Requests per second before the surge, and while the ratio was raised."""
    return {"load_before": more.before, "load": more.level}


def level_numbers(each: LevelChange, place: int) -> dict[str, float]:
    """Numbers of the event of a change from one raised level to another, the `place`th of its episode."""
    return {"before": each.before, "after": each.after, "change": float(place)}
