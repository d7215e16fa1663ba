"""The workload that a deleted object belonged to."""

from collections.abc import Iterator

from collector.event import Subject
from sources.cluster.facts.workloads import DELETABLE
from sources.cluster.inventory import WITH_REPLICA_SETS, Inventory

_KNOWN = frozenset({*WITH_REPLICA_SETS, "StatefulSet", "DaemonSet", "CronJob", "HorizontalPodAutoscaler"})


def deleted_subject(inventory: Inventory, namespace: str, kind: str, name: str) -> Subject:
    """The subject of the deletion of an object of one of the kinds DELETABLE; `name` is empty if it was of several."""
    if kind in _KNOWN and name:
        return inventory.subject(namespace, kind, name)
    of = name if kind == "Namespace" else namespace
    return Subject(service=name, cluster=inventory.cluster, namespace=of, workload=f"{kind}/{name}" if name else "")


def known_workloads(inventory: Inventory, namespace: str) -> Iterator[tuple[str, str]]:
    """Kind and name of every known workload of a namespace, in order: they are deleted with it."""
    found = {workload for of, workload in inventory.services if of == namespace}
    found |= {f"{kind}/{name}" for of, kind, name in (*inventory.workloads, *inventory.named) if of == namespace}
    for workload in sorted(found):
        kind, _, name = workload.partition("/")
        if kind in DELETABLE.values() and name:
            yield kind, name
