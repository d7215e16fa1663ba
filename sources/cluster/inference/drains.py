"""Nodes that were drained: cordoned, and then rid of their pods."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from collector.event import SECOND, Event, Kind, Subject
from sources.cluster.event_objects import Record, path
from sources.cluster.fields import Moment, text
from sources.cluster.inventory import Inventory, Pod

STAY = frozenset({"DaemonSet", "Node"})
"""The controllers whose pods no drain removes: those of every node, and the kubelet itself of static pods."""
_STOPPED = "Stopping container"


@dataclass(frozen=True, slots=True)
class _Cordon:
    """A node that was cordoned."""

    node: str
    at: Moment
    id: str
    lifted: datetime | None = None

    def covers(self, time: datetime) -> bool:
        """Whether the node was cordoned then."""
        return self.at.earliest <= time and (self.lifted is None or time < self.lifted)


def drain_events(
    changes: Iterable[Event], inventory: Inventory, records: Iterable[Record], source: str
) -> Iterator[Event]:
    """One Event per cordon (`changes` being what `nodes` tells) after which the node lost the last of the pods that it
    had then, before the cordon was lifted.

    Its time is when the last of them was told to stop, as far as the node's kubelet said so; its pods, but for those
    that STAY, are known to be gone because the cluster lists none of them any more.
    """
    cordons = list(_cordons(changes))
    if not cordons:
        return
    stopped: dict[str, list[Record]] = {}
    for record in records:
        if record.kind == "Pod" and record.reason == "Killing" and record.message.startswith(_STOPPED) and record.host:
            stopped.setdefault(record.host, []).append(record)
    running: dict[str, list[Pod]] = {}
    for pod in inventory.pods.values():
        if not pod.gone and text(pod.raw, "status", "phase") not in ("Succeeded", "Failed"):
            running.setdefault(text(pod.raw, "spec", "nodeName"), []).append(pod)
    for cordon in cordons:
        ours = [record for record in stopped.get(cordon.node, ()) if cordon.covers(record.first.earliest)]
        ours = [record for record in ours if not _of_daemon(record, inventory)]
        if ours and inventory.pods and not _left(running.get(cordon.node, ()), cordon.at):
            yield _drained(cordon, ours, inventory, source)


def drained(node: str, pods: int) -> str:
    """That a node is drained of so many pods, in words."""
    return f"Node {node} is drained: {pods} {'pod' if pods == 1 else 'pods'} stopped since it was cordoned"


def _of_daemon(record: Record, inventory: Inventory) -> bool:
    return inventory.subject(record.about_namespace, "Pod", record.about).workload.startswith("DaemonSet/")


def _cordons(changes: Iterable[Event]) -> Iterator[_Cordon]:
    """Every cordon of each node, up to when it was lifted."""
    turns: dict[str, set[tuple[datetime, Moment, bool, str]]] = {}
    for event in changes:
        node, _, word = event.fact.rpartition("/")
        if word in ("cordoned", "uncordoned"):
            on, id_ = word == "cordoned", event.native_id
            first = Moment(event.earliest, event.latest)
            if event.numbers.get("count", 1) > 1:
                # It tells of two known instants.
                first, last = Moment(event.earliest, event.earliest + SECOND), event.latest - SECOND
                turns.setdefault(node, set()).add((last, Moment(last, event.latest), on, f"{id_}/last"))
            turns.setdefault(node, set()).add((event.at, first, on, id_))
    for node, known in sorted(turns.items()):
        begun: tuple[Moment, str] | None = None
        for time, at, on, id_ in sorted(known):
            if on:
                begun = begun or (at, id_)
            elif begun:
                yield _Cordon(node.rpartition("/")[2], *begun, time)
                begun = None
        if begun:
            yield _Cordon(node.rpartition("/")[2], *begun)


def _left(running: Iterable[Pod], cordoned: Moment) -> bool:
    """Whether a pod that was there before the cordon is there still."""
    return any(pod.owner[0] not in STAY and pod.created and pod.created < cordoned for pod in running)


def _drained(cordon: _Cordon, stopped: Sequence[Record], inventory: Inventory, source: str) -> Event:
    last = max(stopped, key=lambda record: (record.first, record.uid))
    pods = len({(record.about_namespace, record.about) for record in stopped})
    return Event(
        kind=Kind.NODE_DRAINED,
        at=last.first.earliest,
        earliest=last.first.earliest,
        latest=last.first.latest,
        summary=drained(cordon.node, pods),
        source=source,
        native_id=f"{cordon.id}/drained",
        subject=Subject(cluster=inventory.cluster, workload=f"Node/{cordon.node}"),
        numbers={"pods": pods},
        query=path(last),
        fact=f"{inventory.cluster}/Node/{cordon.node}/drained",
    )
