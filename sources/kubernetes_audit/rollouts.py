"""Rollouts, as the requests of their controllers show them.

A rollout begins when the controller makes another ReplicaSet (or ControllerRevision), or gives an old one a new
revision number: then what ran before comes back. It ends when the Deployment's status says so.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

from collector.event import Event, Identity, Kind
from sources.cluster.fields import Moment, condition, count, get, moment, text
from sources.cluster.image import software
from sources.cluster.inventory import Inventory, Key
from sources.kubernetes_audit.changes import patched
from sources.kubernetes_audit.entries import Entry
from sources.kubernetes_audit.holds import states, workload_of
from sources.kubernetes_audit.sets import complete
from sources.kubernetes_audit.stock import CONTROLLER, KINDS, MAKERS, Sizes, revision
from sources.kubernetes_audit.who import ARGO

_PROMPT = timedelta(minutes=1)
"""A controller answers a change within this, if it is not overwhelmed."""
_FRESH = timedelta(seconds=2)
"""A status that says that something happened so shortly before is the first to say so."""
_ABOUT = re.compile(r'ReplicaSet "([^"]+)" has (?:successfully|timed out) ')
_OWNERS = {
    "statefulset-controller": "StatefulSet",
    "daemon-set-controller": "DaemonSet",
}
_ENDS = (Kind.ROLLOUT_COMPLETED, Kind.ROLLOUT_STUCK)
_MADE = {"replicasets": "ReplicaSet", "controllerrevisions": "ControllerRevision"}


@dataclass(slots=True)
class _Course:
    """Where one workload is in its history, as the log is read."""

    cause: Entry | None = None
    """The last change of it that a person or pipeline made."""
    wanted: str = ""
    """The ReplicaSet or ControllerRevision that it wants, as far as known."""
    rollback: bool = False
    fresh: bool = False
    """Nothing has answered the change yet."""
    over: bool = False
    """The rollout of `wanted` was told to be complete."""


def rollout_events(entries: Iterable[Entry], inventory: Inventory, sizes: Sizes, source: str) -> Iterator[Event]:
    """Starts, completions and deadlines exceeded. The actor of a start is who changed the workload just before;
    `numbers["replicas"]` is how many pods are wanted.
    """
    courses: dict[tuple[str, str, str], _Course] = {}
    numbers: dict[Key, int] = {}
    told: set[tuple[str, ...]] = set()
    versions: dict[Key, Identity] = {}
    for entry in entries:
        owner = _owner(entry, inventory)
        if owner is None:
            continue
        course = courses.setdefault((entry.namespace, *owner), _Course())
        if not entry.sub and not entry.component and entry.resource not in _MADE:
            course.cause, course.fresh = entry, True
        elif entry.resource in _MADE and not entry.sub and entry.verb in ("create", "update", "patch"):
            back = _returns(entry, course, numbers, inventory)
            if entry.verb == "create" or back:
                keys = _keys(entry, owner[1], course, inventory, versions)
                yield _started(entry, owner, course, keys, inventory, sizes, source, rollback=back)
                course.wanted, course.rollback, course.over = entry.name, back, False
            course.fresh = False
        elif entry.sub == "status" and entry.component == CONTROLLER:
            yield from _ends(entry, owner, course, told, inventory, sizes, source)
        elif entry.component == ARGO and course.wanted:
            for state in states(entry):
                once = (entry.namespace, course.wanted, state.kind, f"{state.at.earliest}")
                if state.kind in _ENDS and once not in told:
                    told.add(once)
                    stuck = state.kind == Kind.ROLLOUT_STUCK
                    yield _end(entry, owner, course, course.wanted, state.at, inventory, sizes, source, stuck=stuck)
        elif entry.sub == "status" and entry.component in _OWNERS and course.wanted and not course.over:
            course.over = complete(entry, course.wanted)
            if course.over:
                yield _set_complete(entry, owner, course, inventory, versions, source)


def _owner(entry: Entry, inventory: Inventory) -> tuple[str, str] | None:
    """Kind and name of the workload that an entry is about; None if it is about none that is rolled out."""
    if entry.resource in ("deployments", "statefulsets", "daemonsets") or workload_of(entry):
        return KINDS[entry.resource], entry.name
    if entry.resource == "replicasets" and entry.component in MAKERS:
        kind, _, name = inventory.owners_in_events.get((entry.namespace, entry.name), "").partition("/")
        return (kind, name) if name else None
    if entry.resource == "controllerrevisions" and entry.component in _OWNERS and "-" in entry.name:
        return _OWNERS[entry.component], entry.name.rpartition("-")[0]
    return None


def _returns(entry: Entry, course: _Course, numbers: dict[Key, int], inventory: Inventory) -> bool:
    """Whether with this entry something comes back that had been there before."""
    key, number = (entry.namespace, entry.name), revision(entry.whole)
    before = numbers.get(key)
    if number is not None:
        numbers[key] = number
    if entry.verb == "create":
        return False
    if entry.resource == "controllerrevisions":
        # They never change but for their number, which is raised when one is used again.
        return entry.verb == "update"
    if number is None:
        # Without its content: the first that the controller writes to after a change is the one wanted now.
        prompt = course.cause is not None and entry.at.earliest - course.cause.at.latest <= _PROMPT
        return bool(course.wanted) and course.fresh and prompt and entry.name != course.wanted
    if before is not None:
        return number > before
    own = inventory.replica_sets.get(key)
    ours = [
        n
        for other, n in numbers.items()
        if inventory.owners_in_events.get(other) == inventory.owners_in_events.get(key)
    ]
    empty = count(entry.whole, "spec", "replicas") in (0, None)
    return own is not None and len(own.revisions) > 1 and empty and number >= max(ours) and course.fresh


def _keys(entry: Entry, name: str, course: _Course, inventory: Inventory, versions: dict[Key, Identity]) -> Identity:
    """What identifies the rollout that an entry starts."""
    key = (entry.namespace, entry.name)
    own = inventory.replica_sets.get(key)
    keys = inventory.identity(own)
    if entry.resource == "controllerrevisions" and isinstance(entry.whole, dict):
        runs = software(entry.whole, get(entry.whole, "data", "spec", "template"), name)
        keys = Identity(version=runs.version, digest=runs.digest, commit=runs.commit)
    if not (keys.version or keys.commit) and course.cause and _caused(entry, course.cause):
        runs = patched(course.cause)
        keys = Identity(version=runs.version, digest=runs.digest, commit=runs.commit)
    if not keys.version:
        keys = versions.get(key, keys)
    versions[key] = keys
    number = revision(entry.whole) if own else count(entry.whole, "revision")
    older = _before(own.workload, number, entry.namespace, inventory) if own and number else ""
    older = older or course.wanted
    replaced = inventory.replica_sets.get((entry.namespace, older))
    known = versions.get((entry.namespace, older))
    version = replaced.runs.version if replaced else known.version if known else ""
    return replace(keys, replica_set=entry.name, revision="" if number is None else str(number), replaces=version)


def _before(workload: str, number: int, namespace: str, inventory: Inventory) -> str:
    """The ReplicaSet that had the revision before that one."""
    owners = {
        n: own.key[1]
        for own in inventory.replica_sets.values()
        if (own.key[0], own.workload) == (namespace, workload)
        for n in own.revisions
        if n < number
    }
    return owners[max(owners)] if owners else ""


def _caused(entry: Entry, cause: Entry) -> bool:
    return entry.at.earliest - cause.at.latest <= _PROMPT


def _started(
    entry: Entry,
    owner: tuple[str, str],
    course: _Course,
    keys: Identity,
    inventory: Inventory,
    sizes: Sizes,
    source: str,
    *,
    rollback: bool,
) -> Event:
    cause = course.cause if course.cause and _caused(entry, course.cause) else None
    word = "Rollback" if rollback else "Rollout"
    to = "to" if rollback and keys.version else ""
    replaced = f", replacing {keys.replaces}" if keys.replaces else ""
    by = f" by {cause.user} with {cause.program}" if cause else ""
    return Event(
        kind=Kind.ROLLBACK_STARTED if rollback else Kind.ROLLOUT_STARTED,
        at=entry.at.earliest,
        earliest=entry.at.earliest,
        latest=entry.at.latest,
        summary=" ".join(part for part in (word, "of", owner[1], to, keys.version) if part)
        + replaced
        + " started"
        + by,
        source=source,
        native_id=entry.id,
        subject=inventory.subject(entry.namespace, *owner),
        keys=keys,
        numbers=sizes.numbers("replicas", (entry.namespace, entry.name), entry.at.latest),
        actor=cause.actor if cause else "",
        query=entry.evidence,
        fact=f"{inventory.cluster}/{entry.namespace}/{_MADE[entry.resource]}/{entry.name}/started",
    )


def _ends(
    entry: Entry,
    owner: tuple[str, str],
    course: _Course,
    told: set[tuple[str, ...]],
    inventory: Inventory,
    sizes: Sizes,
    source: str,
) -> Iterator[Event]:
    """That a Deployment's rollout is complete or stuck, the first time that its status says so."""
    progress = condition(entry.answered or entry.asked, "Progressing")
    state = (text(progress, "status"), text(progress, "reason"))
    stuck = state == ("False", "ProgressDeadlineExceeded")
    about = _ABOUT.match(text(progress, "message"))
    name = about[1] if about else course.wanted
    since = moment(progress.get("lastUpdateTime"))
    if not name or since is None or not (stuck or state == ("True", "NewReplicaSetAvailable")):
        return
    once = (entry.namespace, name, *state, f"{since.earliest}")
    # What was long ago when the log begins has been told by what is not in it any more.
    if once in told or entry.at.earliest - since.latest > _PROMPT:
        return
    told.add(once)
    # When one that was complete is resumed after a pause, it says so again.
    if not stuck and name == course.wanted:
        if course.over:
            return
        course.over = True
    at = entry.at if entry.at.earliest - since.latest <= _FRESH else since
    yield _end(entry, owner, course, name, at, inventory, sizes, source, stuck=stuck)


def _end(
    entry: Entry,
    owner: tuple[str, str],
    course: _Course,
    name: str,
    at: Moment,
    inventory: Inventory,
    sizes: Sizes,
    source: str,
    *,
    stuck: bool,
) -> Event:
    """That the rollout of the ReplicaSet of this name is complete, or stuck."""
    rollback = course.rollback and name == course.wanted
    own = inventory.replica_sets.get((entry.namespace, name))
    kind = Kind.ROLLBACK_COMPLETED if rollback else Kind.ROLLOUT_COMPLETED
    word = "makes no progress" if stuck else "completed"
    return Event(
        kind=Kind.ROLLOUT_STUCK if stuck else kind,
        at=at.earliest,
        earliest=at.earliest,
        latest=at.latest,
        summary=f"{'Rollback' if rollback else 'Rollout'} of {owner[1]} {word}",
        source=source,
        native_id=entry.id,
        subject=inventory.subject(entry.namespace, *owner),
        keys=replace(inventory.identity(own), replica_set=name),
        numbers=sizes.numbers("replicas", (entry.namespace, name), entry.at.latest),
        query=entry.evidence,
        fact=f"{inventory.cluster}/{entry.namespace}/ReplicaSet/{name}/{word}",
    )


def _set_complete(
    entry: Entry,
    owner: tuple[str, str],
    course: _Course,
    inventory: Inventory,
    versions: dict[Key, Identity],
    source: str,
) -> Event:
    """That the rollout of a StatefulSet or DaemonSet is complete, when its controller first says so."""
    replicas = count(entry.whole, "spec", "replicas") or count(entry.whole, "status", "desiredNumberScheduled")
    return Event(
        kind=Kind.ROLLBACK_COMPLETED if course.rollback else Kind.ROLLOUT_COMPLETED,
        at=entry.at.earliest,
        earliest=entry.at.earliest,
        latest=entry.at.latest,
        summary=f"{'Rollback' if course.rollback else 'Rollout'} of {owner[1]} completed",
        source=source,
        native_id=entry.id,
        subject=inventory.subject(entry.namespace, *owner),
        keys=replace(versions.get((entry.namespace, course.wanted), Identity()), replica_set=course.wanted),
        numbers={"replicas": replicas} if replicas else {},
        query=entry.evidence,
        fact=f"{inventory.cluster}/{entry.namespace}/ControllerRevision/{course.wanted}/completed",
    )
