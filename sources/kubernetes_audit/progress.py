"""How far the rollouts of a workload have got, as the log is read, and what the entries about it are."""

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
"""A controller answers a change within this, if it is not overwhelmed."""
SET_CONTROLLERS = {
    "statefulset-controller": "StatefulSet",
    "daemon-set-controller": "DaemonSet",
}
MADE = {"replicasets": "ReplicaSet", "controllerrevisions": "ControllerRevision"}


class Progress(Struct):
    """How far one workload has got, as the log is read."""

    owner: tuple[str, str]
    """Its kind and name."""
    cause: Entry | None = None
    """The last change of it that a person or pipeline made."""
    wanted: str = ""
    """The ReplicaSet or ControllerRevision that it wants, as far as known."""
    names: dict[str, RolloutName] = field(default_factory=dict)
    """What the last rollout of each of them is called."""
    fresh: bool = False
    """Nothing has answered the change yet."""
    over: bool = False
    """The rollout of `wanted` is complete."""
    strategy: str = ""
    """Why a StatefulSet or DaemonSet does not replace all its pods by itself: `OnDelete`, `partition=2`."""
    paused: bool = False
    """The rollout of `wanted` is reported to wait because of that."""


def owner_of(entry: Entry, inventory: Inventory) -> tuple[str, str] | None:
    """Kind and name of the workload that an entry is about; None if it is about none that is rolled out."""
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
    """The one of these ReplicaSets of a workload that had the revision before that one."""
    owners = {n: own.key[1] for own in sets for n in own.revisions if n < number}
    return owners[max(owners)] if owners else ""


def caused(entry: Entry, cause: Entry) -> bool:
    """Whether a controller's request may be its answer to a change."""
    return entry.at.earliest - cause.at.latest <= PROMPT


def restarts(cause: Entry) -> bool:
    """Whether somebody's patch does nothing but set the annotation of `kubectl rollout restart`."""
    template = get(patch(cause), "spec", "template")
    stamped = RESTARTED in strings(template, "metadata", "annotations")
    return cause.verb == "patch" and stamped and not get(template, "spec")
