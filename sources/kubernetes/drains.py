"""Nodes that were drained: cordoned, and then rid of their pods."""

from collections.abc import Iterable, Iterator, Sequence

from collector.event import Event, Kind, Subject
from sources.kubernetes.inventory import Inventory, Pod
from sources.kubernetes.objects import Moment, text
from sources.kubernetes.records import Record, path

STAY = frozenset({"DaemonSet", "Node"})
"""The controllers whose pods no drain removes: those of every node, and the kubelet itself of static pods."""
_STOPPED = "Stopping container"


def drain_events(
    cordons: Iterable[Event], inventory: Inventory, records: Iterable[Record], source: str
) -> Iterator[Event]:
    """One Event per cordon (as `nodes` tells them) after which the node lost the last of the pods that it had then.

    Its time is when the last of them was told to stop, as far as the node's kubelet said so; its pods, but for those
    that STAY, are known to be gone because the cluster lists none of them any more.
    """
    cordons = list(cordons)
    if not cordons:
        return
    stopped: dict[str, list[Record]] = {}
    for said in records:
        if said.kind == "Pod" and said.reason == "Killing" and said.message.startswith(_STOPPED) and said.host:
            stopped.setdefault(said.host, []).append(said)
    running: dict[str, list[Pod]] = {}
    for pod in inventory.pods.values():
        if not pod.gone and text(pod.raw, "status", "phase") not in ("Succeeded", "Failed"):
            running.setdefault(text(pod.raw, "spec", "nodeName"), []).append(pod)
    for cordon in cordons:
        node = cordon.subject.workload.partition("/")[2]
        ours = [said for said in stopped.get(node, ()) if said.first.earliest >= cordon.earliest]
        ours = [said for said in ours if not _of_daemon(said, inventory)]
        if ours and inventory.pods and not _left(running.get(node, ()), cordon):
            yield _drained(node, cordon, ours, inventory, source)


def drained(node: str, pods: int) -> str:
    """That a node is drained of so many pods, in words."""
    return f"Node {node} is drained: {pods} {'pod' if pods == 1 else 'pods'} stopped since it was cordoned"


def _of_daemon(said: Record, inventory: Inventory) -> bool:
    return inventory.subject(said.about_namespace, "Pod", said.about).workload.startswith("DaemonSet/")


def _left(running: Iterable[Pod], cordon: Event) -> bool:
    """Whether a pod that was there before the cordon is there still."""
    return any(pod.owner[0] not in STAY and pod.created and pod.created < _at(cordon) for pod in running)


def _at(event: Event) -> Moment:
    return Moment(event.earliest, event.latest)


def _drained(node: str, cordon: Event, stopped: Sequence[Record], inventory: Inventory, source: str) -> Event:
    last = max(stopped, key=lambda said: (said.first, said.uid))
    pods = len({(said.about_namespace, said.about) for said in stopped})
    return Event(
        kind=Kind.NODE_DRAINED,
        at=last.first.earliest,
        earliest=last.first.earliest,
        latest=last.first.latest,
        summary=drained(node, pods),
        source=source,
        native_id=f"{cordon.native_id}/drained",
        subject=Subject(cluster=inventory.cluster, workload=f"Node/{node}"),
        numbers={"pods": pods},
        query=path(last),
        fact=f"{inventory.cluster}/Node/{node}/drained",
    )
