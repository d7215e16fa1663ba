"""Drained nodes, from their cordons, the pods that are listed, and the stops that their kubelets recorded."""

from collections.abc import Iterable, Iterator

from collector.event import Event
from sources.cluster.drains import STAY, Cordon, CordonChange, Departure, cordons, drained
from sources.cluster.event_objects import Record, path
from sources.cluster.facts.nodes import node_drained
from sources.cluster.fields import text
from sources.cluster.inventory import Inventory, Pod
from sources.fact import report

_STOPPED = "Stopping container"


def drain_events(
    changes: Iterable[CordonChange], inventory: Inventory, records: Iterable[Record], source: str
) -> Iterator[Event]:
    """One Event per cordon during which the node lost all the pods that it had when it was cordoned.

    Its time is when the last of them was asked to stop, as recorded by the node's kubelet. They are known to be gone
    because the cluster lists none of them any more.
    """
    known = list(cordons(changes))
    if not known or not inventory.pods:
        return
    stopped: dict[str, list[Record]] = {}
    for record in records:
        if record.kind == "Pod" and record.reason == "Killing" and record.message.startswith(_STOPPED) and record.host:
            stopped.setdefault(record.host, []).append(record)
    running: dict[str, list[Pod]] = {}
    for pod in inventory.pods.values():
        if not pod.gone and text(pod.raw, "status", "phase") not in ("Succeeded", "Failed"):
            running.setdefault(text(pod.raw, "spec", "nodeName"), []).append(pod)
    for cordon in known:
        firsts = _stops(cordon, stopped.get(cordon.node, ()), inventory)
        pods = [Departure(record.first, record) for record in firsts]
        left = any(_was_there(pod, cordon) for pod in running.get(cordon.node, ()))
        found = drained(cordon, pods)
        if found and not left:
            number = f"{found.pods} {'pod' if found.pods == 1 else 'pods'} stopped"
            yield report(
                node_drained(inventory.cluster, cordon.node, number),
                found.when,
                source=source,
                native_id=f"{cordon.id}/drained",
                numbers={"pods": found.pods},
                query=path(found.last),
            )


def _stops(cordon: Cordon, records: Iterable[Record], inventory: Inventory) -> list[Record]:
    """The last stop recorded of each pod's containers during the cordon, except for pods of DaemonSets."""
    by_pod: dict[tuple[str, str], Record] = {}
    for record in sorted(records, key=lambda record: (record.first, record.uid)):
        subject = inventory.subject(record.about_namespace, "Pod", record.about)
        if cordon.covers(record.first.earliest) and not subject.workload.startswith("DaemonSet/"):
            by_pod[record.about_namespace, record.about] = record
    return list(by_pod.values())


def _was_there(pod: Pod, cordon: Cordon) -> bool:
    return pod.owner[0] not in STAY and pod.created is not None and pod.created < cordon.when
