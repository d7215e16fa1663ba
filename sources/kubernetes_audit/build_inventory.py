"""The objects that the log shows: ReplicaSets and ControllerRevisions, and the workloads that pods belong to."""

import bisect
import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from sources.cluster.build_inventory import read_replica_set
from sources.cluster.fields import integer, strings
from sources.cluster.inventory import Inventory, Key, service_of
from sources.cluster.main_containers import agree_on_main_containers
from sources.kubernetes_audit.entries import Entry
from sources.kubernetes_audit.who import ARGO

KINDS = {
    "deployments": "Deployment",
    "statefulsets": "StatefulSet",
    "daemonsets": "DaemonSet",
    "rollouts": "Rollout",
    "replicasets": "ReplicaSet",
    "jobs": "Job",
    "cronjobs": "CronJob",
    "horizontalpodautoscalers": "HorizontalPodAutoscaler",
    "pods": "Pod",
    "nodes": "Node",
    "configmaps": "ConfigMap",
    "secrets": "Secret",
    "services": "Service",
    "ingresses": "Ingress",
    "namespaces": "Namespace",
}
"""The kinds of the resources that people call by their kind; others are called by the resource."""
CONTROLLER = "deployment-controller"
MAKERS = {CONTROLLER: "Deployment", ARGO: "Rollout"}
"""The controllers that make ReplicaSets, and the kind for which each makes them."""
# The alphabet of template hashes (k8s.io/apimachinery/pkg/util/rand), from which no words can be formed.
_NAMED = re.compile(r"(.+)-[bcdfghjklmnpqrstvwxz2456789]{6,10}")
_DESIRED = ("deployment.kubernetes.io/desired-replicas", "rollout.argoproj.io/desired-replicas")
_POD = re.compile(r"(.+)-[a-z0-9]{5}")


def build_inventory(entries: Iterable[Entry], inventory: Inventory) -> None:
    """Add the ReplicaSets and Deployments that the log names to `inventory`, with the contents that the log has."""
    guessed: dict[Key, str] = {}
    for entry in entries:
        name = _replica_set(entry)
        stem = _NAMED.fullmatch(name)
        if stem and entry.component in MAKERS:
            inventory.owners_in_events[entry.namespace, name] = f"{MAKERS[entry.component]}/{stem[1]}"
        elif stem:
            guessed[entry.namespace, name] = f"Deployment/{stem[1]}"
        if entry.resource == "replicasets" and isinstance(entry.whole, dict):
            _add(entry.whole, inventory)
        if entry.resource in ("deployments", "rollouts") and entry.sub != "scale":
            labels = strings(entry.whole, "metadata", "labels")
            if labels:
                workload = f"{KINDS[entry.resource]}/{entry.name}"
                inventory.services[entry.namespace, workload] = service_of(labels, entry.name)
    inventory.owners_in_events = {**guessed, **inventory.owners_in_events}
    agree_on_main_containers(inventory)


class Sizes:
    """How many pods the Deployment of each ReplicaSet wanted over time."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        """`entries` in order; only those with content show sizes."""
        self._known: dict[Key, list[tuple[datetime, int]]] = {}
        for entry in entries:
            notes = strings(entry.whole, "metadata", "annotations")
            size = next((size for name in _DESIRED if (size := integer(notes.get(name, ""))) is not None), None)
            if entry.resource == "replicasets" and size is not None:
                self._known.setdefault((entry.namespace, entry.name), []).append((entry.at.latest, size))
        for known in self._known.values():
            known.sort(key=_since)

    def numbers(self, name: str, key: Key, at: datetime) -> dict[str, float]:
        """`{name: size}` of a ReplicaSet at that time; empty if it is not known."""
        known = self._known.get(key, [])
        until = bisect.bisect_right(known, at, key=_since)
        return {name: known[until - 1][1]} if until else {}


def _since(known: tuple[datetime, int]) -> datetime:
    return known[0]


def revision(whole: Any) -> int | None:
    """The revision number of a ReplicaSet at that time."""
    return max(_revisions(whole), default=None)


def _replica_set(entry: Entry) -> str:
    """The ReplicaSet (of a Deployment or Argo Rollout) that an entry names, or that of a pod being removed."""
    if entry.resource == "replicasets" and entry.component in MAKERS:
        return entry.name
    pod = _POD.fullmatch(entry.name)
    return pod[1] if pod and entry.resource == "pods" and entry.component == "replicaset-controller" else ""


def _add(whole: dict[str, Any], inventory: Inventory) -> None:
    try:
        found = list(read_replica_set(whole))
    except ValueError:
        return
    for own in found:
        before = inventory.replica_sets.get(own.key)
        revisions = {*own.revisions, *(before.revisions if before else ())}
        inventory.replica_sets[own.key] = replace(own, revisions=tuple(sorted(revisions)))
        inventory.owners_in_events[own.key] = own.workload
        inventory.services.setdefault((own.key[0], own.workload), own.service)


def _revisions(whole: Any) -> tuple[int, ...]:
    try:
        return next((own.revisions for own in read_replica_set(whole)), ())
    except ValueError:
        return ()
