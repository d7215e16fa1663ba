"""The uninterrupted periods in which an alert is active, cut out of its series."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from sources.alert_labels import always_fires, stable
from sources.prometheus.alert_series import NEXT, AlertSeries, Key, alert_series, key_of
from sources.prometheus.availability import MISSED, Availability
from sources.prometheus.rules import Rule, Rules
from sources.promql.series import Array, Series
from sources.promql.sorted_numbers import distinct, median

_USUAL_INTERVAL = 60.0
"""Prometheus' default for evaluation_interval."""
_ENOUGH = 3
"""From this many steps between samples on, their median is the interval, whatever the current rule says."""


class ActivePeriod(Struct, frozen=True):
    """One uninterrupted period of an active alert, combined from all Prometheus servers that evaluate it."""

    labels: Mapping[str, str]
    """Without `alertstate`, labels of replicas, and labels that contain the value."""
    pending: Array
    firing: Array
    """Unix seconds of the evaluations."""
    since: float | None
    """When it became active, if known."""
    interval: float
    """Seconds between evaluations."""
    rule: Rule | None

    @property
    def first(self) -> float:
        """Its first sample."""
        return float(min(times[0] for times in (self.pending, self.firing) if len(times)))

    @property
    def last(self) -> float:
        """Its last sample."""
        return float(max(times[-1] for times in (self.pending, self.firing) if len(times)))


def active_periods(
    alerts: Sequence[Series], for_state: Sequence[Series], rules: Rules, availability: Availability
) -> Iterator[ActivePeriod]:
    """Periods in order of labels, then time. Alerts that always fire by design are left out."""
    by_alert: dict[Key, list[ActivePeriod]] = {}
    for one in alert_series(alerts, for_state):
        if not always_fires(one.labels):
            found = list(_split(one, rules.find(one.labels), availability))
            by_alert.setdefault(key_of(stable(one.labels)), []).extend(found)
    for _, found in sorted(by_alert.items()):
        yield from _joined(found)


def _split(one: AlertSeries, rule: Rule | None, availability: Availability) -> Iterator[ActivePeriod]:
    steps = np.diff(one.times)
    anew = one.since[1:] > one.times[:-1]
    interval = _interval(steps, anew, rule)
    breaks = [
        index + 1
        for index in np.flatnonzero((steps > NEXT * interval) | anew).tolist()
        if _was_over(one, index, interval, availability)
    ]
    for times, since in zip(np.split(one.times, breaks), np.split(one.since, breaks), strict=True):
        known = since[~np.isnan(since)]
        yield ActivePeriod(
            labels=stable(one.labels),
            pending=one.pending[(one.pending >= times[0]) & (one.pending <= times[-1])],
            firing=one.firing[(one.firing >= times[0]) & (one.firing <= times[-1])],
            since=float(known[0]) if len(known) else None,
            interval=interval,
            rule=rule,
        )


def _interval(steps: Array, anew: NDArray[np.bool_], rule: Rule | None) -> float:
    """Seconds between evaluations: from the samples if there are enough, else from the current rule."""
    within = steps[~anew]
    if len(within) >= _ENOUGH:
        return median(within)
    if rule and rule.interval:
        return float(np.min(within, initial=rule.interval))
    if len(within):
        return median(within)
    # An alert that became active again was inactive for at least one evaluation in between.
    return float(np.min(steps / 2, initial=_USUAL_INTERVAL))


def _was_over(one: AlertSeries, index: int, interval: float, availability: Availability) -> bool:
    """Whether the alert ended between two successive samples; else a sample was only missed."""
    last, again = float(one.times[index]), float(one.times[index + 1])
    since = float(one.since[index + 1])
    if since <= last:
        return False
    if np.isnan(since) and again - last <= MISSED * interval:
        return False
    return not availability.away(last, again, interval)


def _joined(found: Sequence[ActivePeriod]) -> Iterator[ActivePeriod]:
    """Periods of replicas joined: those that overlap, or that begin within an interval after another one."""
    current: ActivePeriod | None = None
    for one in sorted(found, key=lambda one: (one.first, one.last)):
        if current is not None and one.first <= current.last + min(one.interval, current.interval):
            current = ActivePeriod(
                one.labels,
                distinct(np.concatenate((current.pending, one.pending))),
                distinct(np.concatenate((current.firing, one.firing))),
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
