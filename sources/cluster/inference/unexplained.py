"""Gaps about pods: stops and deaths that must have happened, and that neither Events nor objects explain."""

from collections.abc import Iterable, Iterator, Set
from datetime import datetime, timedelta
from typing import Any

from collector.source import Gap
from collector.window import Window
from sources.cluster.event_meanings import Meaning, evicts
from sources.cluster.event_objects import Record, meaning
from sources.cluster.fields import count, get, moment, objects, text
from sources.cluster.inference.scaling import scalings
from sources.cluster.inventory import Inventory
from sources.fact import Moment

_PROMPT = timedelta(minutes=1)
"""A ReplicaSet that is scaled down removes its pods within this, and their kubelets stop them."""
_OOM = ("OOMKilling", "SystemOOM")
_STATUSES = ("initContainerStatuses", "containerStatuses")


def unexplained_stops(records: Iterable[Record], window: Window) -> Iterator[Gap]:
    """Pods that were asked to stop without an Event to explain it: deleted by somebody, or evicted through the API.

    If a controller removes many pods, its Events are combined and dropped. So these pods are no surprise: pods of a
    ReplicaSet that was scaled down then, pods of a controller with combined removals, and pods on a node that was
    cordoned before, because it is being drained.
    """
    records = list(records)
    stopped: dict[tuple[str, str], Moment] = {}
    explained: set[tuple[str, str]] = set()
    many: set[tuple[str, str]] = set()
    cordoned: dict[str, datetime] = {}
    hosts: dict[tuple[str, str], str] = {}
    for record in records:
        if record.reason == "NodeNotSchedulable":
            cordoned[record.about] = min(record.first.earliest, cordoned.get(record.about, record.first.earliest))
        if record.reason == "SuccessfulDelete" or (record.kind == "Pod" and evicts(record.reason, record.message)):
            explained.add((record.about_namespace, record.pod))
            many |= {(record.about_namespace, record.about)} if record.similar else set()
        elif record.reason == "Killing" and meaning(record) == Meaning.TERMINATED and _in(record, window):
            stopped[record.about_namespace, record.pod] = record.first
            hosts[record.about_namespace, record.pod] = record.host
    downs: dict[tuple[str, str], list[Moment]] = {}
    for step in scalings(record for record in records if record.reason == "ScalingReplicaSet"):
        if not step.up:
            downs.setdefault((step.record.about_namespace, step.replica_set), []).append(step.at)
    unexplained = [
        pod
        for pod, at in stopped.items()
        if pod not in explained
        and not (hosts[pod] in cordoned and cordoned[hosts[pod]] <= at.latest)
        and (owner := (pod[0], pod[1].rpartition("-")[0])) not in many
        and not any(
            down.earliest <= at.latest and at.earliest <= down.latest + _PROMPT for down in downs.get(owner, ())
        )
    ]
    if unexplained:
        reason = f"who deleted or evicted {_pods(len(unexplained))} is not known: their controllers did not"
        yield Gap(reason, "an audit log shows it; the source kubernetes-audit reads one")


def unknown_deaths(inventory: Inventory, records: Iterable[Record], window: Window) -> Iterator[Gap]:
    """Containers that ended for unknown reasons: the API keeps one end of each container, while the pod exists."""
    hint = "kube-state-metrics and an audit log show it"
    records = list(records)
    died = [record for record in records if _shows_a_death(record, window)]
    there = {pod.uid for pod in inventory.pods.values()} | {name for _, name in inventory.pods}
    of_gone = [record for record in died if (record.about_uid or record.about) not in there]
    if gone := {record.about_uid or record.about for record in of_gone}:
        reason = f"what the containers of {_pods(len(gone))} died of, and when they were ready, went with the pods"
        yield Gap(reason + _short_of_memory({record.host for record in of_gone}, records, window), hint)
    # The packed text is searched first: there are thousands of pods, and few were killed.
    killed = [pod for pod in inventory.pods.values() if "OOMKilled" in pod.packed]
    again = [
        status
        for pod in killed
        for field in _STATUSES
        for status in objects(pod.raw, "status", field)
        if (count(status, "restartCount") or 0) > 1 and _killed_in(window, get(status, "lastState", "terminated"))
    ]
    if again:
        many = "1 container" if len(again) == 1 else f"{len(again)} containers"
        yield Gap(f"of {many} only the last of several deaths, and of changes of readiness, is known", hint)


def _shows_a_death(record: Record, window: Window) -> bool:
    """Whether a kubelet reports that it waits to start a container again, or that it started one once more."""
    if record.reason == "BackOff":
        return meaning(record) == Meaning.CRASH_LOOP and _in(record, window)
    again = record.reason == "Started" and record.kind == "Pod" and record.count > 1 and record.similar is None
    return again and window.overlaps(record.last.earliest, record.last.latest)


def _short_of_memory(nodes: Set[str], records: Iterable[Record], window: Window) -> str:
    """What these nodes report about processes killed for lack of memory. Nodes do not know the pod of each process."""
    killed = [
        record
        for record in records
        if record.kind == "Node" and record.reason in _OOM and record.about in nodes - {""} and _in(record, window)
    ]
    if not killed:
        return ""
    first = min(killed, key=lambda record: (record.first.earliest, record.message))
    more = sum(record.count for record in killed) - 1
    return f"; their nodes reported then: {first.message}" + (f", and {more} more" if more else "")


def _killed_in(window: Window, ended: Any) -> bool:
    at = moment(get(ended, "finishedAt"))
    return text(ended, "reason") == "OOMKilled" and at is not None and window.overlaps(at.earliest, at.latest)


def _in(record: Record, window: Window) -> bool:
    return window.overlaps(record.first.earliest, record.last.latest)


def _pods(number: int) -> str:
    return "1 pod" if number == 1 else f"{number} pods"
