"""Pods that were evicted or preempted, and pods that no node takes."""

from collections import Counter
from collections.abc import Iterable, Iterator

from collector.event import Event, Kind
from sources.cluster.fields import Moment, condition, moment, text
from sources.cluster.inventory import Inventory
from sources.kubernetes_audit.entries import Entry
from sources.kubernetes_audit.reduce import EVICTED
from sources.kubernetes_audit.sets import Ran

_REMOVES = {
    "node-controller": "is evicted from a node that was lost",
    "taint-eviction-controller": "is evicted from a node that was lost",
    "scheduler": "is preempted by the scheduler",
}
"""Who deletes pods for nothing else."""


def disruption_events(entries: Iterable[Entry], inventory: Inventory, ran: Ran, source: str) -> Iterator[Event]:
    """Each once per pod. Through the API, by the kubelet, from a lost node, or for a more important pod."""
    told: set[tuple[str, str, str, Kind]] = set()
    lives: Counter[tuple[str, str]] = Counter()
    for entry in entries:
        if entry.resource != "pods" or not entry.name:
            continue
        pod = (entry.namespace, entry.name)
        found = _eviction(entry) or _unschedulable(entry)
        uid = text(entry.answered, "metadata", "uid") or text(entry.asked, "metadata", "uid")
        once = (*pod, uid or f"{lives[pod]}", found[0]) if found else None
        if found and once and once not in told:
            told.add(once)
            yield _event(entry, *found, inventory, ran, source)
        if entry.sub == "binding" or (entry.verb == "delete" and entry.component == "kubelet"):
            lives[pod] += 1  # what comes now is another pod of that name


def _eviction(entry: Entry) -> tuple[Kind, Moment, str] | None:
    if entry.sub == "eviction":
        return Kind.POD_EVICTED, entry.at, f"is evicted by {entry.component or entry.user}"
    if entry.verb == "delete" and not entry.sub and entry.component in _REMOVES:
        return Kind.POD_EVICTED, entry.at, _REMOVES[entry.component]
    reason = text(entry.asked, "status", "reason")
    if entry.sub == "status" and text(entry.asked, "status", "phase") == "Failed" and reason in EVICTED:
        why = text(entry.asked, "status", "message")
        return Kind.POD_EVICTED, entry.at, f"is evicted ({': '.join(part for part in (reason, why) if part)})"
    return None


def _unschedulable(entry: Entry) -> tuple[Kind, Moment, str] | None:
    state = condition(entry.asked, "PodScheduled")
    if entry.sub != "status" or state.get("status") != "False":
        return None
    why = ": ".join(part for part in (text(state, "reason"), text(state, "message")) if part)
    since = moment(state.get("lastTransitionTime")) or entry.at
    return Kind.POD_UNSCHEDULABLE, since, f"cannot be scheduled ({why or 'no reason given'})"


def _event(entry: Entry, kind: Kind, when: Moment, what: str, inventory: Inventory, ran: Ran, source: str) -> Event:
    word = "evicted" if kind == Kind.POD_EVICTED else "unschedulable"
    return Event(
        kind=kind,
        at=when.earliest,
        earliest=when.earliest,
        latest=when.latest,
        summary=f"Pod {entry.name} {what}",
        source=source,
        native_id=f"{entry.id}/{word}",
        subject=inventory.subject(entry.namespace, "Pod", entry.name),
        keys=ran.keys(entry, inventory),
        actor=entry.actor,
        query=entry.evidence,
        fact=f"{inventory.cluster}/{entry.namespace}/Pod/{entry.name}/{word}",
    )
