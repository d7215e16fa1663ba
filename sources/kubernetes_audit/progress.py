"""The progress of a workload's rollouts after the entries so far, and the workload that an entry is about."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from msgspec import Struct, field

from sources.cluster.facts.rollouts import RolloutName
from sources.cluster.fields import get, strings
from sources.cluster.inventory import Inventory, ReplicaSet
from sources.kubernetes_audit.build_inventory import KINDS, MAKERS
from sources.kubernetes_audit.entries import Entry
from sources.kubernetes_audit.interruptions import workload_of
from sources.kubernetes_audit.patches import RESTARTED, patch

PROMPT = timedelta(minutes=1)
"""A controller reacts to a change within this time, if it is not overloaded."""
SET_CONTROLLERS = {
    "statefulset-controller": "StatefulSet",
    "daemon-set-controller": "DaemonSet",
}
MADE = {"replicasets": "ReplicaSet", "controllerrevisions": "ControllerRevision"}


class Progress(Struct):
    """The progress of one workload after the entries so far."""

    owner: tuple[str, str]
    """Its kind and name."""
    cause: Entry | None = None
    """The last change of the workload by a person or pipeline."""
    wanted: str = ""
    """The ReplicaSet or ControllerRevision that it wants; empty if not known."""
    names: dict[str, RolloutName] = field(default_factory=dict)
    """The name of the last rollout of each ReplicaSet or ControllerRevision."""
    fresh: bool = False
    """Whether no controller has reacted to the change yet."""
    over: bool = False
    """Whether the rollout of `wanted` is complete."""
    strategy: str = ""
    """Why a StatefulSet or DaemonSet does not replace all its pods by itself: `OnDelete`, `partition=2`."""
    paused: bool = False
    """Whether the rollout of `wanted` is reported as waiting because of `strategy`."""


def owner_of(entry: Entry, inventory: Inventory) -> tuple[str, str] | None:
    """Kind and name of the workload that an entry is about; None if it is about none that has rollouts."""
    if entry.resource in ("deployments", "statefulsets", "daemonsets") or workload_of(entry):
        return KINDS[entry.resource], entry.name
    if entry.resource == "replicasets" and entry.component in MAKERS:
        kind, _, name = inventory.owners_in_events.get((entry.namespace, entry.name), "").partition("/")
        return (kind, name) if name else None
    if entry.resource == "controllerrevisions" and entry.component in SET_CONTROLLERS and "-" in entry.name:
        return SET_CONTROLLERS[entry.component], entry.name.rpartition("-")[0]
    return None


def sets_of_workloads(inventory: Inventory) -> Mapping[tuple[str, str], Sequence[ReplicaSet]]:
    """The ReplicaSets by namespace and workload."""
    found: dict[tuple[str, str], list[ReplicaSet]] = {}
    for own in inventory.replica_sets.values():
        found.setdefault((own.key[0], own.workload), []).append(own)
    return found


def before(number: int, sets: Iterable[ReplicaSet]) -> str:
    """The ReplicaSet, among these of one workload, that had the revision before `number`."""
    owners = {n: own.key[1] for own in sets for n in own.revisions if n < number}
    return owners[max(owners)] if owners else ""


def caused(entry: Entry, cause: Entry) -> bool:
    """Whether a controller's request may be its reaction to a change."""
    return entry.at.earliest - cause.at.latest <= PROMPT


def restarts(cause: Entry) -> bool:
    """Whether somebody's patch only sets the annotation of `kubectl rollout restart`."""
    template = get(patch(cause), "spec", "template")
    stamped = RESTARTED in strings(template, "metadata", "annotations")
    return cause.verb == "patch" and stamped and not get(template, "spec")
