"""What Events and objects cannot tell of what happened to pods, where something of that kind did happen."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from collector.event import Kind
from collector.source import Gap
from collector.window import Window
from sources.kubernetes.inventory import Inventory
from sources.kubernetes.objects import Moment, count, get, moment, objects, text
from sources.kubernetes.records import Record, meaning
from sources.kubernetes.scaling import scalings

_PROMPT = timedelta(minutes=1)
"""A ReplicaSet that is scaled down removes its pods within this, and their kubelets stop them."""
_WHY = frozenset({"SuccessfulDelete", "Evicted", "Preempted", "TaintManagerEviction"})
_STATUSES = ("initContainerStatuses", "containerStatuses")


def unexplained_stops(records: Iterable[Record], window: Window) -> Iterator[Gap]:
    """Pods that were told to stop, and no Event says why: deleted by somebody, or evicted through the API.

    Of a controller that removes many pods Events are combined and dropped. So those of a ReplicaSet that was scaled
    down then are no surprise, nor those of one whose removals were combined.
    """
    records = list(records)
    stopped: dict[tuple[str, str], Moment] = {}
    explained: set[tuple[str, str]] = set()
    many: set[tuple[str, str]] = set()
    for said in records:
        if said.reason in _WHY:
            explained.add((said.about_namespace, said.pod))
            many |= {(said.about_namespace, said.about)} if said.similar else set()
        elif said.reason == "Killing" and meaning(said) == Kind.POD_TERMINATED and _in(said, window):
            stopped[said.about_namespace, said.pod] = said.first
    downs: dict[tuple[str, str], list[Moment]] = {}
    for step in scalings(said for said in records if said.reason == "ScalingReplicaSet"):
        if not step.up:
            downs.setdefault((step.said.about_namespace, step.replica_set), []).append(step.at)
    untold = [
        pod
        for pod, at in stopped.items()
        if pod not in explained
        and (owner := (pod[0], pod[1].rpartition("-")[0])) not in many
        and not any(
            down.earliest <= at.latest and at.earliest <= down.latest + _PROMPT for down in downs.get(owner, ())
        )
    ]
    if untold:
        reason = f"who deleted or evicted {_pods(len(untold))} is not known: their controllers did not"
        yield Gap(reason, "an audit log tells; the source kubernetes-audit reads it")


def unknown_deaths(inventory: Inventory, records: Iterable[Record], window: Window) -> Iterator[Gap]:
    """Containers of which it is known that they died and not of what: the API keeps one death of each, as long as
    the pod is there.
    """
    hint = "kube-state-metrics and an audit log tell"
    uids = {pod.uid for pod in inventory.pods.values()}
    crashed = (said for said in records if said.reason == "BackOff" and meaning(said) == Kind.POD_CRASHED)
    backing = [said for said in crashed if _in(said, window)]
    gone = {said.about_uid or said.about for said in backing} - uids - {name for _, name in inventory.pods}
    if gone:
        yield Gap(
            f"what the containers of {_pods(len(gone))} died of, and when they were ready, went with the pods", hint
        )
    again = [
        status
        for pod in inventory.pods.values()
        for field in _STATUSES
        for status in objects(pod.raw, "status", field)
        if (count(status, "restartCount") or 0) > 1 and _killed_in(window, get(status, "lastState", "terminated"))
    ]
    if again:
        many = "1 container" if len(again) == 1 else f"{len(again)} containers"
        yield Gap(f"of {many} only the last of several deaths, and of changes of readiness, is known", hint)


def _killed_in(window: Window, ended: Any) -> bool:
    at = moment(get(ended, "finishedAt"))
    return text(ended, "reason") == "OOMKilled" and at is not None and window.overlaps(at.earliest, at.latest)


def _in(said: Record, window: Window) -> bool:
    return window.overlaps(said.first.earliest, said.last.latest)


def _pods(number: int) -> str:
    return "1 pod" if number == 1 else f"{number} pods"
