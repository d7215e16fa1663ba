"""Nodes, from their objects and the Event objects about them."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec import Struct

from collector.event import SECOND, Event
from sources.cluster.drains import CordonChange
from sources.cluster.event_objects import Record, path
from sources.cluster.facts.nodes import (
    CORDONED,
    EVICTING,
    OUT_OF_MEMORY,
    PRESSURES,
    REBOOTED,
    RECLAIMED,
    REMOVED,
    SHUT_DOWN,
    UNCORDONED,
    node_changed,
    node_not_ready,
    node_ready,
    pressure,
)
from sources.cluster.fields import get, moment, text
from sources.cluster.inference.drains import drain_events
from sources.cluster.inventory import Inventory
from sources.cluster.node_history import PRESENCE, YES, NodeHistory, NodeState, cordon, is_good, node_states
from sources.fact import Fact, Moment, report

_SKEW = timedelta(seconds=5)
_NOTICED = timedelta(seconds=15)
"""A kubelet checks every 10 s whether its node was cordoned or uncordoned, and records it only then."""
_REASONS = {
    "NodeNotSchedulable": CORDONED,
    "NodeSchedulable": UNCORDONED,
    "Rebooted": REBOOTED,
    "Shutdown": SHUT_DOWN,
    "RemovingNode": REMOVED,
    "DeletingNode": REMOVED,
    "EvictionThresholdMet": EVICTING,
    "NodeHasInsufficientMemory": pressure("MemoryPressure", present=True),
    "NodeHasDiskPressure": pressure("DiskPressure", present=True),
    "NodeHasInsufficientPID": pressure("PIDPressure", present=True),
    "SystemOOM": OUT_OF_MEMORY,
    # Of Karpenter, of the AWS Node Termination Handler, and of the problem detector of AKS.
    **dict.fromkeys(("SpotInterrupted", "SpotInterruption", "PreemptScheduled", "TerminateScheduled"), RECLAIMED),
}
"""The facts that a node's Event objects report, by reason.

RegisteredNode is left out: a starting controller records it for every node. So are the Events in which a starting
kubelet records that everything is in order.
"""
_CONDITION = re.compile(
    r"Node condition (?P<type>\w+) is now: (?P<status>True|False), reason: (?P<reason>[^\s,]+)"
    r"(?:, (?:message|msg): \"?(?P<message>.*?)\"?)?",
    re.DOTALL,
)
"""How the node problem detector reports that a condition of its node changed; the words differ between its releases."""
_ANY_TIME = Moment(datetime(2000, 1, 1, tzinfo=UTC), datetime(2000, 1, 1, tzinfo=UTC))
_Object = dict[str, Any]


class _Reported(Struct, frozen=True):
    """A fact about a node, and the Event with which it is reported."""

    node: str
    fact: Fact
    event: Event

    def cordoning(self) -> Iterator[CordonChange]:
        """Every cordon and uncordon that this fact reports: at the first and at the last time of its Event."""
        key, event = self.fact.merge_key.rpartition("/")[2], self.event
        if key not in (CORDONED.key, UNCORDONED.key):
            return
        times = [(Moment(event.earliest, event.latest), event.at, event.native_id)]
        if event.numbers.get("count", 1) > 1:
            last = event.latest - SECOND
            times = [
                (Moment(event.earliest, event.earliest + SECOND), event.at, event.native_id),
                (Moment(last, event.latest), last, f"{event.native_id}/last"),
            ]
        for when, at, identifier in times:
            yield CordonChange(self.node, key == CORDONED.key, at, when, identifier)


def node_events(inventory: Inventory, records: Iterable[Record], source: str) -> Iterator[Event]:
    """The Events of nodes that the listed Node objects and the Event objects show."""
    histories = []
    for item in inventory.raw_objects.get("nodes", []):
        histories.append(NodeHistory[_Object](inventory.cluster, text(item, "metadata", "name")))
        # There is only one version of each object, so only its stamps count.
        add_object(histories[-1], item, _ANY_TIME)
    yield from events_of_nodes(histories, inventory, list(records), source)


def add_object(history: NodeHistory[_Object], item: _Object, seen: Moment) -> None:
    """Add the state in one version of a Node object, which keeps only the last change of each condition."""
    added = moment(get(item, "metadata", "creationTimestamp"))
    if added:
        history.add(NodeState(PRESENCE, YES, added), seen, item)
    for sight in (*node_states(item), cordon(item)):
        history.add(sight, seen, item)


def events_of_nodes(
    histories: Iterable[NodeHistory[_Object]], inventory: Inventory, records: Sequence[Record], source: str
) -> Iterator[Event]:
    """The changes of nodes, and which nodes were drained.

    An Event object that was recorded just after a change in the Node object is further evidence of that change.
    """
    known = [_of_object(history, source) for history in histories]
    shown = [reported for each in known for reported in each]
    recorded = list(_recorded(inventory, records, shown, source))
    yield from (reported.event for reported in (*shown, *recorded))
    cordonings = [change for reported in (*recorded, *shown) for change in reported.cordoning()]
    yield from drain_events(cordonings, inventory, records, source)


def is_about_node(record: Record) -> bool:
    """Whether `events_of_nodes` reports this Event object."""
    if record.kind != "Node":
        return False
    return record.reason in _REASONS or record.reason in ("NodeNotReady", "NodeReady") or _condition(record) is not None


def _condition(record: Record) -> re.Match[str] | None:
    """The change of a condition that an Event reports; None for conditions that are true while all is well."""
    found = _CONDITION.fullmatch(record.message)
    return found if found is not None and not is_good(found["type"]) else None


def _of_object(history: NodeHistory[_Object], source: str) -> list[_Reported]:
    found = []
    for each in history.occurrences():
        key = each.fact.merge_key.rpartition("/")[2]
        uid = text(each.evidence, "metadata", "uid") or history.node
        event = report(
            each.fact,
            each.when,
            source=source,
            native_id=f"{uid}/{key}/{each.at:%Y-%m-%dT%H:%M:%SZ}",
            at=each.at,
            query=f"/api/v1/nodes/{history.node}",
        )
        found.append(_Reported(history.node, each.fact, event))
    return found


def _recorded(
    inventory: Inventory, records: Iterable[Record], shown: Iterable[_Reported], source: str
) -> Iterator[_Reported]:
    by_fact: dict[str, list[Event]] = {}
    for reported in shown:
        by_fact.setdefault(reported.fact.merge_key, []).append(reported.event)
    for record in records:
        if not is_about_node(record):
            continue
        fact, at = _fact(inventory.cluster, record), record.first.earliest
        late = _NOTICED if record.reason in ("NodeNotSchedulable", "NodeSchedulable") else _SKEW
        same = next((one for one in by_fact.get(fact.merge_key, ()) if -_SKEW <= at - one.at <= late), None)
        # It is recorded just after the change of the object, and is evidence of the same change.
        earliest = min(at, same.at) if same else at
        event = report(
            fact,
            Moment(earliest, max(record.first.latest, record.last.latest)),
            source=source,
            native_id=record.uid,
            at=at,
            numbers={"count": record.count},
            query=path(record),
        )
        yield _Reported(record.about, fact, event)


def _fact(cluster: str, record: Record) -> Fact:
    others = f", the last of {record.count} similar ones" if record.similar else ""
    detail = f"{record.reason}: {record.message}{others}"
    if record.reason == "NodeNotReady":
        return node_not_ready(cluster, record.about, detail)
    if record.reason == "NodeReady":
        return node_ready(cluster, record.about, detail)
    changed = _condition(record)
    if changed is not None:
        present = changed["status"] == "True"
        detail = ": ".join(filter(None, (changed["reason"], changed["message"])))
        return node_changed(cluster, record.about, pressure(changed["type"], present=present), detail)
    change = _REASONS[record.reason]
    # A pressure needs no explanation: the message of the kubelet only repeats its name.
    return node_changed(cluster, record.about, change, others.removeprefix(", ") if change.key in PRESSURES else detail)
