"""StatefulSets and DaemonSets: the revision of each of their pods, and when their rollouts were complete."""

import bisect
from collections.abc import Iterable
from datetime import datetime

from collector.event import Identity
from sources.cluster.fields import count, get, integer, objects, strings, text
from sources.cluster.inventory import Inventory, Key
from sources.cluster.main_containers import agree_on_main_containers
from sources.cluster.revisions import revision, workload
from sources.kubernetes_audit.entries import Entry

KINDS = {"statefulsets": "StatefulSet", "daemonsets": "DaemonSet"}
_LABEL = "controller-revision-hash"


class PodRevisions:
    """The ControllerRevision of each pod over time: pod names come back."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        """`entries` in order; only those with the content of a whole pod show revisions."""
        self._known: dict[Key, list[tuple[datetime, str]]] = {}
        for entry in entries:
            found = _revision(entry)
            if found:
                self._known.setdefault((entry.namespace, entry.name), []).append((entry.at.earliest, found))

    def keys(self, entry: Entry, inventory: Inventory) -> Identity:
        """The keys of the version of the pod that an entry is about, as far as known."""
        key = (entry.namespace, entry.name)
        own = inventory.replica_set(*key)
        if own:
            return inventory.identity(own)
        names = self._known.get(key, [])
        until = bisect.bisect_right(names, entry.at.earliest, key=lambda one: one[0])
        if not until:
            return inventory.identity_by_name(*key)
        name = names[until - 1][1]
        known = inventory.revisions.get((entry.namespace, name))
        return inventory.identity(known) if known else Identity(replica_set=name)


def build_revisions(entries: Iterable[Entry], inventory: Inventory) -> None:
    """Add the StatefulSets, DaemonSets and ControllerRevisions that the log names to `inventory`."""
    for entry in entries:
        if entry.resource in KINDS and entry.name:
            key = (entry.namespace, KINDS[entry.resource], entry.name)
            inventory.named.add(key)
            if text(entry.whole, "metadata", "name") and not entry.sub:
                inventory.workloads.update((key, own) for own in workload(entry.whole, key[1]))
        elif entry.resource == "controllerrevisions" and isinstance(entry.answered, dict):
            try:
                inventory.revisions |= {own.key: own for own in revision(entry.answered)}
            except ValueError:
                continue
    agree_on_main_containers(inventory)


def complete(entry: Entry, wanted: str) -> bool:
    """Whether a status reports that every pod has the wanted revision and is ready."""
    status = get(entry.whole, "status")
    generation = count(entry.whole, "metadata", "generation")
    if generation is None or count(status, "observedGeneration") != generation:
        return False
    if entry.resource == "statefulsets":
        current, newest = text(status, "currentRevision"), text(status, "updateRevision")
        replicas = count(entry.whole, "spec", "replicas")
        return current == newest == wanted and bool(replicas) and count(status, "readyReplicas") == replicas
    replicas = count(status, "desiredNumberScheduled")
    counts = {count(status, name) for name in ("updatedNumberScheduled", "numberReady")}
    return bool(replicas) and counts == {replicas}


def held(entry: Entry) -> str | None:
    """Why a workload does not replace all its pods by itself after a request: `OnDelete`, `partition=2`, or empty.

    None if the request does not show it.
    """
    whole = get(entry.whole, "spec", "updateStrategy")
    strategy = whole or get(entry.asked, "spec", "updateStrategy")
    if entry.resource not in KINDS or not isinstance(strategy, dict):
        return None
    if text(strategy, "type") == "OnDelete":
        return "OnDelete"
    partition = count(strategy, "rollingUpdate", "partition")
    if partition is None and not whole:
        return None
    return f"partition={partition}" if partition else ""


def waits(entry: Entry, strategy: str) -> bool:
    """Whether a status shows that the controller has replaced all pods the partition allows, and all pods are ready."""
    partition = integer(strategy.removeprefix("partition=")) if strategy.startswith("partition=") else None
    status, replicas = get(entry.whole, "status"), count(entry.whole, "spec", "replicas")
    if not partition or not replicas:
        return False
    generation = count(entry.whole, "metadata", "generation")
    updated = count(status, "updatedReplicas") or 0
    observed = generation is not None and count(status, "observedGeneration") == generation
    return observed and updated == max(0, replicas - partition) and count(status, "readyReplicas") == replicas


def _revision(entry: Entry) -> str:
    """The name of the ControllerRevision of the pod in an entry."""
    whole = entry.whole if entry.resource == "pods" else None
    label = strings(whole, "metadata", "labels").get(_LABEL, "")
    if not label:
        return ""
    # A StatefulSet writes the whole name there, a DaemonSet only its last part.
    owners = [text(owner, "name") for owner in objects(whole, "metadata", "ownerReferences")]
    return label if any(label.startswith(f"{owner}-") for owner in owners) else "-".join([*owners[:1], label])
