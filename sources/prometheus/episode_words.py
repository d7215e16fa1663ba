"""The numbers and words that the episodes of errors and of latency have in common."""

from sources.prometheus.deltas import Bins
from sources.prometheus.episodes import Raised
from sources.promql.series import clock


def risen(episode: Raised) -> dict[str, float]:
    """Numbers of the event of the rise."""
    numbers = {"before": episode.before, "after": episode.level, "peak": episode.peak, "peak_at": episode.peak_at}
    return numbers if episode.fall else numbers | {"last": episode.after}


def flapping(episode: Raised) -> dict[str, float]:
    """How often it rose, if more than once."""
    return {"bursts": float(episode.bursts)} if episode.bursts > 1 else {}


def often(episode: Raised) -> str:
    """` 12 times`; empty if it rose once."""
    return f" {episode.bursts} times" if episode.bursts > 1 else ""


def still(episode: Raised, bins: Bins) -> str:
    """How it is at the end of the data; empty if it fell before."""
    return "" if episode.fall else f"; still {episode.after:.1%} at {clock(bins.end[-1])} UTC"
