"""Nodes: ready or not, under pressure, cordoned, rebooted, added, removed."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

from collector.event import Event, Kind, Subject
from sources.cluster.event_objects import Record, summary, to_event
from sources.cluster.fields import Moment, condition, get, moment, objects, text
from sources.cluster.inference.drains import drain_events
from sources.cluster.inventory import Inventory

_SKEW = timedelta(seconds=5)
_NOTICED = timedelta(seconds=15)
"""A kubelet looks every 10 s whether its node was closed or opened, and records that only then."""
PRESSURES = {
    "MemoryPressure": "is short of memory",
    "DiskPressure": "is short of disk space",
    "PIDPressure": "is short of process ids",
}
"""The conditions that say so, in words."""
_CORDON = "node.kubernetes.io/unschedulable"
_MEANT = {
    "NodeNotReady": Kind.NODE_NOT_READY,
    "NodeReady": Kind.NODE_READY,
    "NodeNotSchedulable": Kind.NODE_CHANGED,
    "NodeSchedulable": Kind.NODE_CHANGED,
    "Rebooted": Kind.NODE_CHANGED,
    "Shutdown": Kind.NODE_CHANGED,
    "RemovingNode": Kind.NODE_CHANGED,
    "DeletingNode": Kind.NODE_CHANGED,
    "EvictionThresholdMet": Kind.NODE_CHANGED,
    "NodeHasInsufficientMemory": Kind.NODE_CHANGED,
    "NodeHasDiskPressure": Kind.NODE_CHANGED,
    "NodeHasInsufficientPID": Kind.NODE_CHANGED,
    "SystemOOM": Kind.NODE_CHANGED,
}
"""RegisteredNode is not among them: a controller that starts says so of every node. Nor is what a kubelet that starts
says of everything that is in order."""


def node_events(
    inventory: Inventory, records: Iterable[Record], source: str, known: Iterable[Event] = ()
) -> Iterator[Event]:
    """What Events and the Node objects tell. An object keeps of each condition only its last change; `known` is what
    else the objects told, of which Events may be further evidence.
    """
    told = [event for item in inventory.others.get("nodes", []) for event in _object(item, inventory, source)]
    records, known = list(records), list(known)
    recorded = list(_recorded(inventory, records, [*told, *known], source))
    yield from [*told, *recorded]
    yield from drain_events([*recorded, *told, *known], inventory, records, source)


def _recorded(inventory: Inventory, records: Iterable[Record], told: Iterable[Event], source: str) -> Iterator[Event]:
    by_fact: dict[str, list[Event]] = {}
    for event in told:
        by_fact.setdefault(event.fact, []).append(event)
    for record in records:
        if record.kind == "Node" and record.reason in _MEANT:
            kind = _MEANT[record.reason]
            event = to_event(record, source, inventory)
            event = replace(event, kind=kind, summary=summary(record, kind), subject=_subject(inventory, record.about))
            ours = _fact(inventory, record.about, _word(record.reason))
            late = _NOTICED if record.reason in ("NodeNotSchedulable", "NodeSchedulable") else _SKEW
            same = next((o for o in by_fact.get(ours, ()) if -_SKEW <= event.at - o.at <= late), None)
            # It is recorded just after the change of the object, and is evidence of the same.
            yield replace(event, earliest=min(event.earliest, same.at) if same else event.earliest, fact=ours)


def is_about_node(record: Record) -> bool:
    """Whether `node_events` tells of this Event."""
    return record.kind == "Node" and record.reason in _MEANT


def _object(item: dict[str, Any], inventory: Inventory, source: str) -> Iterator[Event]:
    name = text(item, "metadata", "name")
    added = moment(get(item, "metadata", "creationTimestamp"))
    if added:
        yield _event(item, inventory, source, Kind.NODE_CHANGED, added, added, "was added", "added")
    yield from _readiness(item, inventory, source)
    for kind, words in PRESSURES.items():
        state = condition(item, kind)
        since = moment(state.get("lastTransitionTime"))
        if since and state.get("status") == "True":
            yield _event(item, inventory, source, Kind.NODE_CHANGED, since, since, words, kind)
    for taint in objects(item, "spec", "taints"):
        since = moment(taint.get("timeAdded"))
        if since and taint.get("key") == _CORDON and name:
            yield _event(item, inventory, source, Kind.NODE_CHANGED, since, since, "is cordoned", "cordoned")


def _readiness(item: dict[str, Any], inventory: Inventory, source: str) -> Iterator[Event]:
    state = condition(item, "Ready")
    since, heard = moment(state.get("lastTransitionTime")), moment(state.get("lastHeartbeatTime"))
    if since is None:
        return
    why = text(state, "reason") + (f": {text(state, 'message')}" if text(state, "message") else "")
    if state.get("status") == "True":
        yield _event(item, inventory, source, Kind.NODE_READY, since, since, "is ready", "ready")
    elif state.get("status") == "False":
        yield _event(item, inventory, source, Kind.NODE_NOT_READY, since, since, f"is not ready ({why})", "not ready")
    elif state.get("status") == "Unknown":
        # Its kubelet fell silent, which is noticed after a grace period.
        silent = Moment(min(heard.earliest, since.earliest), since.latest) if heard else since
        yield _event(item, inventory, source, Kind.NODE_NOT_READY, silent, since, f"is not ready ({why})", "not ready")


def _word(reason: str) -> str:
    """What the fact is called, the same for the object and for the Event."""
    words = {
        "NodeNotReady": "not ready",
        "NodeReady": "ready",
        "NodeNotSchedulable": "cordoned",
        "NodeSchedulable": "uncordoned",
        "NodeHasInsufficientMemory": "MemoryPressure",
        "NodeHasDiskPressure": "DiskPressure",
        "NodeHasInsufficientPID": "PIDPressure",
    }
    return words.get(reason, reason)


def _fact(inventory: Inventory, name: str, word: str) -> str:
    return f"{inventory.cluster}/Node/{name}/{word}"


def _subject(inventory: Inventory, name: str) -> Subject:
    return Subject(cluster=inventory.cluster, workload=f"Node/{name}")


def _event(
    item: dict[str, Any], inventory: Inventory, source: str, kind: Kind, when: Moment, at: Moment, what: str, word: str
) -> Event:
    name = text(item, "metadata", "name")
    return Event(
        kind=kind,
        at=at.earliest,
        earliest=when.earliest,
        latest=when.latest,
        summary=f"Node {name} {what}",
        source=source,
        native_id=f"{text(item, 'metadata', 'uid') or name}/{word}/{at.earliest:%Y-%m-%dT%H:%M:%SZ}",
        subject=_subject(inventory, name),
        query=f"/api/v1/nodes/{name}",
        fact=_fact(inventory, name, word),
    )
