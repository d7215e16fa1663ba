"""Containers: started, waiting, dead, killed for lack of memory."""

from collections.abc import Iterator

import numpy as np

from collector.event import Event, Kind
from sources.cluster.fields import Moment
from sources.kube_state_metrics.metrics import IMAGE_FAILED
from sources.kube_state_metrics.pods import Told, requested
from sources.kube_state_metrics.states import Metrics, State, Step, second, within

_STATUS = ("kube_pod_container_status_", "kube_pod_init_container_status_")
_STARTED = "kube_pod_container_state_started"


def container_events(told: Told, names: list[str], metrics: Metrics, start: float) -> Iterator[Event]:
    """What happened to the containers of these names in one pod.

    `numbers` of a death: `exit_code`, `restarts`, and `count` if several deaths lie between two samples.
    """
    pod = told.pod
    for name in names:
        started = pod.of(metrics, _STARTED, name)
        for value, _ in started.stamps():
            if value >= start:
                what = f"started container {name}"
                yield told.event(Kind.OTHER, second(value), what, _STARTED, f"{name}/started/{value:.0f}")
        for prefix in _STATUS:
            yield from _deaths(told, name, prefix, metrics, start, started)
    for prefix in _STATUS:
        for (name, reason), state in pod.every(metrics, f"{prefix}waiting_reason").items():
            yield from _waits(told, name, reason, state, f"{prefix}waiting_reason")


def _waits(told: Told, name: str, reason: str, state: State, metric: str) -> Iterator[Event]:
    """Each time that a reason to wait came up."""
    kind = Kind.POD_IMAGE_FAILED if reason in IMAGE_FAILED else Kind.OTHER
    for when in told.appearances(state):
        suffix = f"{name}/{reason}/{when.latest.timestamp():.3f}"
        yield told.event(kind, when, f"container {name} waits: {reason}", metric, suffix)


def _deaths(told: Told, name: str, prefix: str, metrics: Metrics, start: float, started: State) -> Iterator[Event]:
    """One Event per stamp of a death. Without stamps, one per step of the count of restarts."""
    pod = told.pod
    restarts = pod.of(metrics, f"{prefix}restarts_total", name)
    stamps = list(pod.of(metrics, f"{prefix}last_terminated_timestamp", name).stamps())
    for value, seen in stamps:
        if value >= start:
            yield from _death(told, name, prefix, metrics, second(value), seen, restarts.at(seen), 1, stamped=True)
    if stamps:
        return
    steps = list(restarts.steps())
    if len(restarts.times) and restarts.values[0] > 0 and pod.created >= start:
        steps.insert(0, Step(pod.created, float(restarts.times[0]), 0, float(restarts.values[0])))
    for step in steps:
        # The kubelet may lose count: a smaller number is no death.
        if step.now > step.was:
            again = [value for value, _ in started.stamps() if step.last < value <= step.by]
            # A count goes up when the container is started again, so that it died before.
            when = within(max(pod.created, step.last), max(step.last, min([step.by, *again])))
            yield from _death(told, name, prefix, metrics, when, step.by, step.now, step.now - step.was, stamped=False)


def _death(
    told: Told,
    name: str,
    prefix: str,
    metrics: Metrics,
    when: Moment,
    seen: float,
    restarts: float | None,
    count: float,
    *,
    stamped: bool,
) -> Iterator[Event]:
    pod = told.pod
    reason = _reason(told, name, f"{prefix}last_terminated_reason", metrics, seen)
    code = pod.of(metrics, f"{prefix}last_terminated_exitcode", name).at(seen)
    killed = reason == "OOMKilled"
    asked = requested(pod, metrics)
    if code == 0 or reason == "Completed" or (asked and not killed and when.earliest >= asked.earliest):
        return
    known = {"exit_code": code, "restarts": restarts, "count": count if count > 1 else None}
    exact = f"{name}/{when.earliest:%Y-%m-%dT%H:%M:%SZ}"
    record = f" with exit code {code:.0f}" if code is not None else ""
    yield told.event(
        Kind.POD_OOM_KILLED if killed else Kind.POD_CRASHED,
        when,
        f"container {name} ended{record} ({reason or 'no reason given'})",
        f"{prefix}restarts_total",
        exact,
        numbers={key: number for key, number in known.items() if number is not None},
        fact=f"{told.inventory.cluster}/{pod.uid or '/'.join(pod.key)}/{exact}" if stamped else "",
    )


def _reason(told: Told, name: str, metric: str, metrics: Metrics, seen: float) -> str:
    """Why it died last, as was told at that time: the reason stays there until the next death."""
    for (container, reason), state in told.pod.every(metrics, metric).items():
        if container == name and np.any((state.times == seen) & (state.values == 1)):
            return reason
    return ""
