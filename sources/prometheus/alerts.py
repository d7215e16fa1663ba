"""Episodes of alerts, from the raw samples of ALERTS and ALERTS_FOR_STATE.

Each evaluation of its rule writes one sample of ALERTS with `alertstate` pending or firing, and one of
ALERTS_FOR_STATE whose value is the Unix second in which the alert became active; nothing while it is inactive.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from collector.event import SECOND, Event, Identity, Kind, Subject
from sources.prometheus.metrics import NAMESPACE_LABELS, REPLICA_LABELS, SERVICE_LABELS, first_of, matchers
from sources.prometheus.series import Array, Extent, Series, clock, graph, instant

_USUAL_INTERVAL = 60.0
"""Prometheus' default for evaluation_interval."""
_MISSED = 3.0
"""So many intervals without a sample, while others have samples, and the alert is over."""
_NEXT = 1.5
"""Up to so many intervals apart, two samples are of successive evaluations."""
_WORKLOADS = {"deployment": "Deployment", "statefulset": "StatefulSet", "daemonset": "DaemonSet"}


@dataclass(frozen=True, slots=True)
class _Instance:
    """One alert with one set of labels, through all states."""

    labels: Mapping[str, str]
    pending: Array
    firing: Array
    active: Mapping[float, float]
    """Time of evaluation -> since when the alert was active, Unix seconds."""
    interval: float


def alert_events(
    alerts: Sequence[Series], for_state: Sequence[Series], extent: Extent, source: str, service_label: str
) -> Iterator[Event]:
    """Pending, firing and resolved of every episode. What fired throughout is left out: it says nothing.

    `numbers["since"]` is the Unix second in which the alert became active, on resolved ones when it fired.
    """
    for instance in _instances(alerts, for_state):
        for times in _episodes(instance, extent):
            yield from _Episode(instance, times, extent, source, service_label).events()


def _instances(alerts: Sequence[Series], for_state: Sequence[Series]) -> Iterator[_Instance]:
    states: dict[tuple[tuple[str, str], ...], dict[str, Array]] = {}
    for one in alerts:
        labels = dict(one.labels)
        state = labels.pop("alertstate", "")
        # Some servers keep old data in which 0 stands for inactive.
        states.setdefault(tuple(sorted(labels.items())), {})[state] = one.times[one.values == 1]
    active = {tuple(sorted(one.labels.items())): one for one in for_state}
    none = np.array([])
    for key, times in sorted(states.items()):
        since = active.get(key)
        known = dict(zip(since.times.tolist(), since.values.tolist(), strict=True)) if since else {}
        pending, firing = times.get("pending", none), times.get("firing", none)
        steps = np.diff(np.union1d(pending, firing))
        interval = float(np.median(steps)) if len(steps) else _USUAL_INTERVAL
        yield _Instance(dict(key), pending, firing, known, interval)


def _episodes(instance: _Instance, extent: Extent) -> list[Array]:
    """The times of evaluation at which the alert was active, split where it was not."""
    times = np.union1d(instance.pending, instance.firing)
    breaks = [
        index + 1
        for index in np.flatnonzero(np.diff(times) > _NEXT * instance.interval).tolist()
        if _was_over(instance, float(times[index]), float(times[index + 1]), extent)
    ]
    return [piece for piece in np.split(times, breaks) if len(piece)]


def _was_over(instance: _Instance, last: float, again: float, extent: Extent) -> bool:
    """Whether the alert ended between two successive samples, rather than that no sample was taken."""
    before, after = instance.active.get(last), instance.active.get(again)
    if before is not None and before == after:
        return False
    if (before is None or after is None) and again - last <= _MISSED * instance.interval:
        return False
    if not extent.steady or again - last <= _MISSED * instance.interval:
        return True
    # After a silence of all, as a restart, the rules are evaluated within an interval.
    alive = extent.alive
    return bool(np.any((alive > last + instance.interval / 2) & (alive < again - _NEXT * instance.interval)))


class _Episode:
    """One time of an alert being active."""

    def __init__(self, instance: _Instance, times: Array, extent: Extent, source: str, service_label: str) -> None:
        self.labels = instance.labels
        self.interval = instance.interval
        self.extent = extent
        self.source = source
        self.pending = instance.pending[(instance.pending >= times[0]) & (instance.pending <= times[-1])]
        self.firing = instance.firing[(instance.firing >= times[0]) & (instance.firing <= times[-1])]
        self.last = float(times[-1])
        known = [instance.active[time] for time in times.tolist() if time in instance.active]
        # A value from outside: a time that cannot be is as good as none.
        self.active = known[0] if known and 0 < known[0] <= times[0] + SECOND.total_seconds() else None
        self.name = instance.labels.get("alertname", "")
        self.where = _subject(instance.labels, service_label)
        stable = {name: value for name, value in instance.labels.items() if name not in REPLICA_LABELS}
        self.fact = matchers(stable)
        shown = [f"{name}={value}" for name, value in sorted(stable.items()) if name != "alertname"]
        self.title = f"{self.name} ({', '.join(shown)})" if shown else self.name
        digest = hashlib.sha256(matchers(instance.labels).encode()).hexdigest()[:12]
        self.id = f"{self.name}-{digest}-{self.active or float(times[0]):.0f}"

    def events(self) -> Iterator[Event]:
        """In order of time."""
        begun_before = self._begun_before()
        end = self._end()
        if begun_before and end is None:
            return
        active = self.active
        if len(self.pending):
            first = float(self.pending[0])
            # The value is in whole seconds, rounded down.
            span = (active, active, active + 1) if active is not None else (first, first, first)
            yield self._event(Kind.ALERT_PENDING, span, f"alert {self.title} is pending", active)
        if not len(self.firing):
            return
        first = float(self.firing[0])
        if not begun_before:
            yield self._event(Kind.ALERT_FIRING, (first, first, first), f"alert {self.title} fires", active)
        else:
            yield self._event(Kind.ALERT_FIRING, *self._already(first), active)
        if end is not None:
            last = float(self.firing[-1])
            yield self._event(Kind.ALERT_RESOLVED, (last, end, end), f"alert {self.title} is resolved", first)

    def _already(self, first: float) -> tuple[tuple[float, float, float], str]:
        """When it began to fire, and how to say so, if the first sample that there is came later."""
        said = f"alert {self.title} already fires at {clock(first)} UTC"
        if self.active is None:
            return (min(first, self.extent.start), first, first), f"{said}, since when is unknown"
        return (self.active, self.active, first), f"{said}, active since {instant(self.active):%Y-%m-%d %H:%M:%S} UTC"

    def _begun_before(self) -> bool:
        """Whether it became active before the first sample that there is of it."""
        if not len(self.firing):
            return self.active is not None and self.active < self.extent.start
        if len(self.pending) and self.pending[0] < self.firing[0]:
            return False
        late = _NEXT * self.interval
        if self.active is not None:
            return bool(self.active < self.firing[0] - late)
        return bool(self.firing[0] <= self.extent.start + late)

    def _end(self) -> float | None:
        """By when it was over; None if that is not seen, or if it never fired."""
        if not len(self.firing):
            return None
        patience = self.last + _MISSED * self.interval
        by = max(float(self.firing[-1]) + self.interval, self.last)
        if not self.extent.steady:
            return by if patience < self.extent.end else None
        alive = self.extent.alive[self.extent.alive > self.last + self.interval / 2]
        if not len(alive) or alive[-1] <= patience:
            return None
        # If the next sample of anything is long after, nothing was evaluated until then.
        return float(alive[0]) if alive[0] > patience else by

    def _event(self, kind: Kind, span: tuple[float, float, float], summary: str, since: float | None) -> Event:
        query = "ALERTS" + matchers(self.labels)
        earliest, at, latest = (instant(moment) for moment in span)
        return Event(
            kind=kind,
            at=at,
            earliest=earliest,
            latest=latest,
            summary=summary,
            source=self.source,
            native_id=f"{self.id}/{kind.value}",
            subject=self.where,
            keys=Identity(alert=self.name, episode=self.id),
            numbers={} if since is None else {"since": since},
            url=graph(self.extent.base, query, span[1]),
            query=query,
            fact=self.fact,
        )


def _subject(labels: Mapping[str, str], service_label: str) -> Subject:
    # On metrics of kube-state-metrics these two name the exporter, not what the alert is about.
    exporter = "kube-state-metrics" in labels.get("job", "")
    names = tuple(name for name in SERVICE_LABELS if not (exporter and name in ("service", "job")))
    workload = first_of(labels, tuple(_WORKLOADS))
    return Subject(
        service=labels.get(first_of(labels, (service_label, *names)), ""),
        cluster=labels.get("cluster", ""),
        namespace=labels.get(first_of(labels, NAMESPACE_LABELS), ""),
        workload=f"{_WORKLOADS[workload]}/{labels[workload]}" if workload else "",
        pod=labels.get("pod", ""),
    )
