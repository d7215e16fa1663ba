"""Containers: why they waited, and how they ended."""

from collections.abc import Iterator, Sequence

import numpy as np

from collector.event import Event
from sources.cluster.pod_history import BackOff, Death, PodInstance
from sources.cluster.pod_status import BACK_OFF, IMAGE_FAILED, UNDER_WAY
from sources.fact import Moment
from sources.kube_state_metrics.pod_series import PodSeries
from sources.kube_state_metrics.states import State, Step, second, within

_STATUS = ("kube_pod_container_status_", "kube_pod_init_container_status_")
_STARTED = "kube_pod_container_state_started"
_TERMINATED = "kube_pod_container_status_terminated_reason"


def add_containers(series: PodSeries, found: PodInstance, names: list[str]) -> Iterator[Event]:
    """Add what happened to these containers of one pod; yields Events without a meaning of their own."""
    pod, metrics = series.pod, series.metrics
    for name in names:
        started = pod.of(metrics, _STARTED, name)
        for prefix in _STATUS:
            found.deaths += _deaths(series, name, prefix, started)
    found.deaths += [death for name in names for death in _last_deaths(series, name, found.deaths)]
    for prefix in _STATUS:
        metric = f"{prefix}waiting_reason"
        for (name, reason), state in pod.every(metrics, metric).items():
            yield from _add_waits(series, found, name, reason, state, metric)
    restarts = [pod.of(metrics, f"{prefix}restarts_total", name).values for prefix in _STATUS for name in names]
    found.restarts = max((int(values.max()) for values in restarts if len(values)), default=0)


def _add_waits(
    series: PodSeries, found: PodInstance, name: str, reason: str, state: State, metric: str
) -> Iterator[Event]:
    """Add each time that a reason to wait came up, and how long it lasted."""
    for when, until in series.appearances(state):
        suffix = f"{name}/{reason}/{when.latest.timestamp():.3f}"
        if reason == BACK_OFF:
            evidence = series.evidence(metric, suffix, when.latest)
            seen = until.timestamp() >= series.pod.last
            found.back_offs.append(BackOff(Moment(when.latest, until), evidence, name, seen=seen))
            yield series.mention(when, f"container {name} waits: {reason}", metric, suffix)
        elif reason in UNDER_WAY:
            yield series.mention(when, f"container {name} waits: {reason}", metric, suffix)
        else:
            into = found.image_failures if reason in IMAGE_FAILED else found.start_failures
            into.append(series.lasting(when, until, metric, suffix, f"container {name}: {reason}"))


def _deaths(series: PodSeries, name: str, prefix: str, started: State) -> Iterator[Death]:
    """One death for each stamp of an end; without stamps, one for each step of the restart count."""
    pod, metrics, start = series.pod, series.metrics, series.start
    restarts = pod.of(metrics, f"{prefix}restarts_total", name)
    stamps = list(pod.of(metrics, f"{prefix}last_terminated_timestamp", name).stamps())
    for value, seen in stamps:
        if value >= start:
            yield _death(series, name, prefix, second(value), seen, restarts.at(seen), 1, stamped=True)
    if stamps:
        return
    steps = list(restarts.steps())
    if len(restarts.times) and restarts.values[0] > 0 and pod.created >= start:
        steps.insert(0, Step(pod.created, float(restarts.times[0]), 0, float(restarts.values[0])))
    for step in steps:
        # The kubelet may lose count: a smaller number is no end.
        if step.now > step.was:
            again = [value for value, _ in started.stamps() if step.last < value <= step.by]
            # The count rises when the container is restarted, so it ended before that.
            when = within(max(pod.created, step.last), max(step.last, min([step.by, *again])))
            yield _death(series, name, prefix, when, step.by, step.now, step.now - step.was, stamped=False)


def _last_deaths(series: PodSeries, name: str, known: Sequence[Death]) -> Iterator[Death]:
    """Ends after which the container was not started again, as in Jobs.

    Only while the pod exists does a series show the reason. The end of a container that was started again is `known`.
    """
    for (container, reason), state in series.pod.every(series.metrics, _TERMINATED).items():
        for when, until in series.appearances(state) if container == name else ():
            again = any(each.container == name and when.earliest <= each.when.latest <= until for each in known)
            if again or when.earliest.timestamp() < series.start:
                continue
            at = series.factory.likely(when)
            evidence = series.evidence(_TERMINATED, f"{name}/{reason}/{when.latest.timestamp():.3f}", at)
            yield Death(name, when, evidence, reason=reason, at=at, stamped=False, final=True)


def _death(
    series: PodSeries,
    name: str,
    prefix: str,
    when: Moment,
    seen: float,
    restarts: float | None,
    count: float,
    *,
    stamped: bool,
) -> Death:
    code = series.pod.of(series.metrics, f"{prefix}last_terminated_exitcode", name).at(seen)
    suffix, at = f"{name}/{when.earliest:%Y-%m-%dT%H:%M:%SZ}", series.factory.likely(when)
    return Death(
        container=name,
        when=when,
        evidence=series.evidence(f"{prefix}restarts_total", suffix, at),
        code=None if code is None else int(code),
        reason=_reason(series, name, f"{prefix}last_terminated_reason", seen),
        restarts=None if restarts is None else int(restarts),
        count=int(count),
        at=at,
        stamped=stamped,
    )


def _reason(series: PodSeries, name: str, metric: str, seen: float) -> str:
    """The reason of the last end, as reported at that time: a series keeps it until the next end."""
    for (container, reason), state in series.pod.every(series.metrics, metric).items():
        if container == name and np.any((state.times == seen) & (state.values == 1)):
            return reason
    return ""
