"""Pods that still exist: scheduled, not ready any more, being terminated, crashed, killed for lack of memory."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from collector.event import Event, Kind
from collector.window import Window
from sources.cluster.event_objects import terminated
from sources.cluster.fields import Moment, condition, count, get, moment, objects, seconds, text
from sources.cluster.inventory import Inventory, Pod

_STATUSES = ("initContainerStatuses", "containerStatuses")
_AS_TOLD = (Kind.POD_EVICTED, Kind.POD_UNSCHEDULABLE, Kind.POD_SCHEDULED, Kind.POD_UNREADY, Kind.POD_RECOVERED)
"""What other evidence tells of a pod by its name as well."""
_FIRST = timedelta(seconds=2)
"""The kubelet's first report of a pod comes within this after `startTime`, which is in it."""
_BEFORE, _AFTER = timedelta(hours=1), timedelta(minutes=15)


def pod_events(pod: Pod, inventory: Inventory, source: str) -> Iterator[Event]:
    """Its termination and the deaths of its containers: of each container the last, and the one it is dead of now.

    `numbers` of a death: `exit_code` and `restarts`.
    """
    requested = _requested(pod)
    if requested:
        yield _event(pod, inventory, source, Kind.POD_TERMINATED, requested, " is being terminated", "", {})
    yield from _disruption(pod, inventory, source)
    yield from _unready(pod, inventory, source, requested)
    # A sidecar that is told to stop when the pod has done its work did not crash.
    states = ("lastState",) if text(pod.raw, "status", "phase") == "Succeeded" else ("lastState", "state")
    for field in _STATUSES:
        for status in objects(pod.raw, "status", field):
            for state in states:
                yield from _death(pod, inventory, source, status, get(status, state, "terminated"), requested)


def scheduled_events(inventory: Inventory, window: Window, source: str) -> Iterator[Event]:
    """When the pods around the window were given a node."""
    for pod in inventory.pods.values():
        state = condition(pod.raw, "PodScheduled")
        since = moment(state.get("lastTransitionTime")) if state.get("status") == "True" else None
        if since and window.start - _BEFORE <= since.earliest <= window.end + _AFTER:
            node = text(pod.raw, "spec", "nodeName")
            words = " is scheduled" + (f" to {node}" if node else "")
            yield _event(pod, inventory, source, Kind.POD_SCHEDULED, since, words, "/scheduled", {})


def recovered(pod: Pod, since: Moment, inventory: Inventory, source: str) -> Event:
    """That a pod of which it is known that it was ready before is so again."""
    return _event(pod, inventory, source, Kind.POD_RECOVERED, since, " is ready again", "/recovered", {})


def _unready(pod: Pod, inventory: Inventory, source: str, requested: Moment | None) -> Iterator[Event]:
    """That it is not ready any more. One that never was is so since the kubelet first reported it."""
    state = condition(pod.raw, "Ready")
    since, first = moment(state.get("lastTransitionTime")), moment(get(pod.raw, "status", "startTime"))
    if state.get("status") != "False" or since is None or first is None or since.earliest <= first.latest + _FIRST:
        return
    over = text(pod.raw, "status", "phase") in ("Succeeded", "Failed")
    if over or (requested and since.latest >= requested.earliest):
        return
    why = text(state, "message") or text(state, "reason")
    words = " is not ready any more" + (f" ({why})" if why else "")
    yield _event(pod, inventory, source, Kind.POD_UNREADY, since, words, "/unready", {})


def _disruption(pod: Pod, inventory: Inventory, source: str) -> Iterator[Event]:
    """That it was evicted or preempted, and that no node takes it."""
    target, scheduled = condition(pod.raw, "DisruptionTarget"), condition(pod.raw, "PodScheduled")
    for state, wanted, kind, words, suffix in (
        (target, "True", Kind.POD_EVICTED, " is evicted", "evicted"),
        (scheduled, "False", Kind.POD_UNSCHEDULABLE, " cannot be scheduled", "unschedulable"),
    ):
        since = moment(state.get("lastTransitionTime")) if state.get("status") == wanted else None
        if since:
            why = ": ".join(part for part in (text(state, "reason"), text(state, "message")) if part)
            yield _event(pod, inventory, source, kind, since, f"{words} ({why or 'no reason given'})", f"/{suffix}", {})


def _requested(pod: Pod) -> Moment | None:
    """When somebody asked for its deletion: deletionTimestamp is that plus the grace period, in the future."""
    due = moment(get(pod.raw, "metadata", "deletionTimestamp"))
    if due is None:
        return None
    grace = seconds(pod.raw, "metadata", "deletionGracePeriodSeconds", default=0)
    return Moment(due.earliest - grace, due.latest)


def _death(
    pod: Pod, inventory: Inventory, source: str, status: Any, ended: Any, requested: Moment | None
) -> Iterator[Event]:
    at = moment(get(ended, "finishedAt"))
    code, reason, container = count(ended, "exitCode"), text(ended, "reason"), text(status, "name")
    killed = reason == "OOMKilled"
    # A container that stops because its pod is to stop did not crash, whatever its exit code.
    if at is None or not (code or killed) or (requested and not killed and at.earliest >= requested.earliest):
        return
    numbers = {"exit_code": code, "restarts": count(status, "restartCount")}
    yield _event(
        pod,
        inventory,
        source,
        Kind.POD_OOM_KILLED if killed else Kind.POD_CRASHED,
        at,
        f": container {container} ended with exit code {code} ({reason or 'no reason given'})",
        f"/{container}/{at.earliest:%Y-%m-%dT%H:%M:%SZ}",
        {name: number for name, number in numbers.items() if number is not None},
    )


def _event(
    pod: Pod,
    inventory: Inventory,
    source: str,
    kind: Kind,
    at: Moment,
    what: str,
    suffix: str,
    numbers: dict[str, float],
) -> Event:
    namespace, name = pod.key
    uid = pod.uid or f"{namespace}/{name}"
    own = inventory.replica_set(namespace, name) or inventory.revision(namespace, name, pod.uid)
    if kind == Kind.POD_TERMINATED:
        fact = terminated(inventory, namespace, name)
    elif kind in _AS_TOLD:
        fact = f"{inventory.cluster}/{namespace}/Pod/{name}{suffix}"
    else:
        fact = f"{inventory.cluster}/{uid}{suffix}"
    return Event(
        kind=kind,
        at=at.earliest,
        earliest=at.earliest,
        latest=at.latest,
        summary=f"Pod {name}{what}",
        source=source,
        native_id=uid + suffix,
        subject=inventory.subject(namespace, "Pod", name),
        keys=inventory.identity(own),
        numbers=numbers,
        query=f"/api/v1/namespaces/{namespace}/pods/{name}",
        fact=fact,
    )
