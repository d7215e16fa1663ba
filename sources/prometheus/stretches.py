"""Tracks of alerts cut into stretches: each a time of one alert being active without a break."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sources.alert_labels import always_fires, stable
from sources.prometheus.presence import MISSED, Presence
from sources.prometheus.rules import Rule, Rules
from sources.prometheus.series import Array, Series
from sources.prometheus.tracks import NEXT, Key, Track, key_of, tracks

_USUAL_INTERVAL = 60.0
"""Prometheus' default for evaluation_interval."""
_ENOUGH = 3
"""Steps between samples whose median is the interval, whatever the rule says now."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """One time of an alert being active, as all Prometheis that evaluate it saw it together."""

    labels: Mapping[str, str]
    """Without `alertstate`, those of replicas, and those that held the value."""
    pending: Array
    firing: Array
    """Unix seconds of the evaluations."""
    since: float | None
    """When it became active, where that is known."""
    interval: float
    """Seconds from one evaluation to the next."""
    rule: Rule | None

    @property
    def first(self) -> float:
        """Its first sample."""
        return float(min(times[0] for times in (self.pending, self.firing) if len(times)))

    @property
    def last(self) -> float:
        """Its last sample."""
        return float(max(times[-1] for times in (self.pending, self.firing) if len(times)))


def stretches(
    alerts: Sequence[Series], for_state: Sequence[Series], rules: Rules, presence: Presence
) -> Iterator[Stretch]:
    """In order of labels, then time. What fires always by design is left out."""
    by_alert: dict[Key, list[Stretch]] = {}
    for track in tracks(alerts, for_state):
        if not always_fires(track.labels):
            found = list(_split(track, rules.find(track.labels), presence))
            by_alert.setdefault(key_of(stable(track.labels)), []).extend(found)
    for _, found in sorted(by_alert.items()):
        yield from _joined(found)


def _split(track: Track, rule: Rule | None, presence: Presence) -> Iterator[Stretch]:
    steps = np.diff(track.times)
    anew = track.since[1:] > track.times[:-1]
    interval = _interval(steps, anew, rule)
    breaks = [
        index + 1
        for index in np.flatnonzero((steps > NEXT * interval) | anew).tolist()
        if _was_over(track, index, interval, presence)
    ]
    for times, since in zip(np.split(track.times, breaks), np.split(track.since, breaks), strict=True):
        known = since[~np.isnan(since)]
        yield Stretch(
            labels=stable(track.labels),
            pending=track.pending[(track.pending >= times[0]) & (track.pending <= times[-1])],
            firing=track.firing[(track.firing >= times[0]) & (track.firing <= times[-1])],
            since=float(known[0]) if len(known) else None,
            interval=interval,
            rule=rule,
        )


def _interval(steps: Array, anew: NDArray[np.bool_], rule: Rule | None) -> float:
    """Seconds from one evaluation to the next: as it was then if enough samples tell, else as it is now."""
    within = steps[~anew]
    if len(within) >= _ENOUGH:
        return float(np.median(within))
    if rule and rule.interval:
        return float(np.min(within, initial=rule.interval))
    if len(within):
        return float(np.median(within))
    # To become active again it must have been quiet for an evaluation.
    return float(np.min(steps / 2, initial=_USUAL_INTERVAL))


def _was_over(track: Track, index: int, interval: float, presence: Presence) -> bool:
    """Whether the alert ended between two successive samples, rather than that no sample was taken."""
    last, again = float(track.times[index]), float(track.times[index + 1])
    since = float(track.since[index + 1])
    if since <= last:
        return False
    if np.isnan(since) and again - last <= MISSED * interval:
        return False
    return not presence.away(last, again, interval)


def _joined(found: Sequence[Stretch]) -> Iterator[Stretch]:
    """One for those that overlap, as replicas' do, or that follow within an interval, as their evaluations do."""
    current: Stretch | None = None
    for one in sorted(found, key=lambda one: (one.first, one.last)):
        if current is not None and one.first <= current.last + min(one.interval, current.interval):
            current = Stretch(
                one.labels,
                np.union1d(current.pending, one.pending),
                np.union1d(current.firing, one.firing),
                min((s for s in (current.since, one.since) if s is not None), default=None),
                max(current.interval, one.interval),
                current.rule or one.rule,
            )
            continue
        if current is not None:
            yield current
        current = one
    if current is not None:
        yield current
