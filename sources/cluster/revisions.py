"""StatefulSets and DaemonSets, and the versions of their pod templates.

The controller keeps each version as a ControllerRevision. A rollback reuses the old object, which keeps its
creationTimestamp while its `.revision` becomes the highest. The time of the rollback is that of the last write to the
object (managedFields); else it is between the creation of the revision that was replaced and the first pod made for the
rollback.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from sources.cluster.fields import controller, count, get, moment, objects, seconds, strings, text
from sources.cluster.image import Software, software
from sources.cluster.template_changes import PackedTemplate, pack
from sources.cluster.writers import Write, writes
from sources.fact import Moment

KINDS = ("StatefulSet", "DaemonSet")
_SKEW = timedelta(seconds=5)
_LATE = timedelta(minutes=10)
"""The first pod of a new revision is made within this time."""
_FIRST_REUSE = 3
"""A revision can only return after another one, so its new number is at least this."""


class Workload(Struct, frozen=True):
    """A StatefulSet or DaemonSet as it was when it was listed."""

    namespace: str
    kind: str
    name: str
    service: str
    replicas: int | None
    """Number of pods wanted; for a DaemonSet, the number of nodes that need one."""
    updated: int | None
    """Pods of the newest revision."""
    ready: int | None
    finished: bool
    """Whether every pod has been moved to the newest revision at least once."""
    observed: bool
    """Whether its status is about its newest specification."""
    on_delete: bool
    """Whether it replaces no pod by itself: people delete them."""
    partition: int
    """StatefulSet only: pods with lower numbers keep their revision."""
    one_by_one: bool
    """StatefulSet only: whether it replaces one pod at a time."""
    min_ready: timedelta
    kept: int
    """How many old revisions are kept; older ones are deleted."""
    writes: tuple[Write, ...] = ()
    """The last write of each program that changed its specification, and when."""

    @property
    def path(self) -> str:
        """Its path on the API server."""
        return f"/apis/apps/v1/namespaces/{self.namespace}/{self.kind.lower()}s/{self.name}"

    @property
    def held(self) -> str:
        """Why it does not replace all its pods by itself: `OnDelete`, `partition=2`; empty if it does."""
        return "OnDelete" if self.on_delete else f"partition={self.partition}" if self.partition else ""

    @property
    def moves(self) -> int | None:
        """How many of its pods it replaces by itself; None if its number of pods is not known."""
        if self.replicas is None:
            return None
        return 0 if self.on_delete else max(0, self.replicas - self.partition)


class Revision(Struct, frozen=True):
    """A ControllerRevision: one version of a pod template."""

    key: tuple[str, str]
    uid: str
    owner: tuple[str, str]
    """Kind and name of its StatefulSet or DaemonSet."""
    number: int
    created: Moment
    written: Moment
    """Time of the last change to the object; its creation if that is not known."""
    restarted: str
    """The value of the annotation that `kubectl rollout restart` writes."""
    runs: Software
    template: PackedTemplate = ""

    @property
    def path(self) -> str:
        """Its path on the API server."""
        return f"/apis/apps/v1/namespaces/{self.key[0]}/controllerrevisions/{self.key[1]}"


class RevisionRollout(Struct, frozen=True):
    """One rollout of a revision: from when a workload wants it until it wants another one."""

    revision: Revision
    start: Moment
    at: datetime
    """The best single instant of the start."""
    rollback: bool
    number: int | None
    """The revision number at that time; None if unknown."""
    replaces: Revision | None = None
    end: datetime | None = None
    """When the next rollout starts."""

    def covers(self, moment: datetime) -> bool:
        """Whether `moment` is after its start and before the next rollout."""
        return self.at - timedelta(seconds=1) <= moment and (self.end is None or moment < self.end)


def workload(item: dict[str, Any], kind: str) -> Iterator[Workload]:
    """Read one StatefulSet or DaemonSet. Raises ValueError if it has no name."""
    name = text(item, "metadata", "name")
    if not name:
        raise ValueError("an object without a name")
    strategy = get(item, "spec", "updateStrategy")
    stateful = kind == "StatefulSet"
    kept = count(item, "spec", "revisionHistoryLimit")
    generation, observed = count(item, "metadata", "generation"), count(item, "status", "observedGeneration")
    labels = strings(item, "metadata", "labels")
    replicas = count(item, *(("spec", "replicas") if stateful else ("status", "desiredNumberScheduled")))
    updated = count(item, "status", "updatedReplicas" if stateful else "updatedNumberScheduled")
    current, newest = text(item, "status", "currentRevision"), text(item, "status", "updateRevision")
    yield Workload(
        namespace=text(item, "metadata", "namespace"),
        kind=kind,
        name=name,
        service=labels.get("app.kubernetes.io/name") or labels.get("app") or name,
        replicas=replicas,
        updated=updated,
        ready=count(item, "status", "readyReplicas" if stateful else "numberReady"),
        finished=current == newest if stateful else updated == replicas,
        observed=generation is None or (observed or 0) >= generation,
        on_delete=text(strategy, "type") == "OnDelete",
        partition=(count(strategy, "rollingUpdate", "partition") or 0) if stateful else 0,
        one_by_one=stateful and get(strategy, "rollingUpdate", "maxUnavailable") in (None, 1, "1"),
        min_ready=seconds(item, "spec", "minReadySeconds", default=0),
        kept=10 if kept is None else kept,
        writes=writes(item),
    )


def revision(item: dict[str, Any]) -> Iterator[Revision]:
    """Read one ControllerRevision; nothing if no StatefulSet or DaemonSet made it.

    Raises ValueError if it has no name, time or number.
    """
    namespace, name = text(item, "metadata", "namespace"), text(item, "metadata", "name")
    kind, owner = controller(item)
    created, number = moment(get(item, "metadata", "creationTimestamp")), count(item, "revision")
    if kind not in KINDS:
        return
    if not name or created is None or number is None:
        raise ValueError("a ControllerRevision without name, time or number")
    template = get(item, "data", "spec", "template")
    written = [moment(entry.get("time")) for entry in objects(item, "metadata", "managedFields")]
    yield Revision(
        key=(namespace, name),
        uid=text(item, "metadata", "uid"),
        owner=(kind, owner),
        number=number,
        created=created,
        written=max((at for at in written if at), default=created),
        restarted=strings(template, "metadata", "annotations").get("kubectl.kubernetes.io/restartedAt", ""),
        # The labels come from the template, the annotations from the workload.
        runs=software(item, template, owner),
        template=pack(template, item),
    )


def revision_rollouts(
    revisions: Sequence[Revision],
    made: Mapping[str, Mapping[str, Moment]],
    removed: Mapping[str, Sequence[Moment]],
    born: Mapping[str, Moment],
    kept: int,
) -> list[RevisionRollout]:
    """All rollouts of one workload that its revisions show, in order.

    `made` has the creation times of the pods that still exist, by the name of their revision and by their own name.
    `removed` and `born` have, by pod name, when the controller is known to have removed a pod or made it for the first
    time. `kept` is as in Workload.
    """
    by_age = sorted(revisions, key=lambda own: (own.created, own.number, own.key))
    whole = len(revisions) <= kept
    found: list[RevisionRollout] = []
    for index, own in enumerate(by_age):
        pods = made.get(own.key[1], {})
        ages = list(pods.values())
        reused = _came_back_after_younger(own, revisions) or _renumbered(
            own, revisions, ages, index + 1 if whole else None
        )
        number = None if reused else own.number
        found.append(RevisionRollout(own, own.created, own.created.earliest, rollback=False, number=number))
        if reused:
            found.append(_return(own, revisions, pods, removed, born))
    found.sort(key=lambda each: (each.at, each.number or 0, each.revision.key))
    chained = []
    for index, rollout in enumerate(found):
        before = found[index - 1].revision if index else None
        end = found[index + 1].at if index + 1 < len(found) else None
        chained.append(replace(rollout, replaces=before, end=end))
    return chained


def _came_back_after_younger(own: Revision, revisions: Sequence[Revision]) -> bool:
    """Whether the revision came back after a younger one."""
    return any(other.number < own.number and other.created > own.created for other in revisions)


def _renumbered(own: Revision, revisions: Sequence[Revision], pods: Sequence[Moment], rank: int | None) -> bool:
    """Whether the revision got a new number after its creation; when two alternate, both do.

    It did if the object was written to again. Without that, another number has to be missing now. The first and second
    revision ever made have the numbers 1 and 2 at first, so a higher number of theirs is a new one. A later revision
    came back only if all its pods are much younger than itself, too. `rank` is None if older revisions may have been
    deleted.
    """
    if own.number < _FIRST_REUSE or len(revisions) < 2:
        return False
    rewritten = own.written.earliest - own.created.latest > _SKEW
    missing = rank is not None and own.number > rank and _missing(revisions, rank, own.number)
    late = bool(pods) and min(pods).earliest > own.created.latest + _LATE
    return rewritten or (missing and (rank in (1, 2) or late))


def _missing(revisions: Sequence[Revision], first: int, end: int) -> bool:
    """Whether any number from `first` up to but not including `end` belongs to no revision any more."""
    return len({own.number for own in revisions if first <= own.number < end}) < end - first


def _return(
    own: Revision,
    revisions: Sequence[Revision],
    made: Mapping[str, Moment],
    removed: Mapping[str, Sequence[Moment]],
    born: Mapping[str, Moment],
) -> RevisionRollout:
    """When the revision came back, as narrowly as objects show it; the first pod was most likely removed at once."""
    lower = [other.created.earliest for other in revisions if other.number < own.number]
    # Its old pods are gone. A pod made before the revision that it replaced was not made for its return.
    floor = max([own.created.earliest, *lower])
    first = min((pod for pod in made.values() if pod.earliest > floor), default=None)
    ceiling = first.latest if first else None
    written = own.written
    if written.earliest > floor and (ceiling is None or written.earliest <= ceiling + _SKEW):
        return RevisionRollout(own, written, written.earliest, rollback=True, number=own.number)
    latest = ceiling or floor + timedelta(seconds=1)
    gone = {name: [at.earliest for at in steps if floor <= at.earliest < latest] for name, steps in removed.items()}
    # A StatefulSet's pod has the name of the pod that it replaces, and so shows which removal came first.
    theirs = [max(gone[name]) for name, pod in made.items() if pod == first and gone.get(name)]
    if own.owner[0] == "DaemonSet":
        theirs = _removals_of_replaced(gone, born, floor)
    at = min(theirs) if theirs else max([floor, *(step for steps in gone.values() for step in steps)])
    return RevisionRollout(own, Moment(floor, latest), at, rollback=True, number=own.number)


def _removals_of_replaced(
    gone: Mapping[str, Sequence[datetime]], born: Mapping[str, Moment], floor: datetime
) -> list[datetime]:
    """When a DaemonSet's controller removed pods of the revision being replaced, all of them made after `floor`.

    While the controller wants that revision, it removes one of its pods only if the pod failed, and makes another one
    at once. So removals before it made the last of these pods do not count.
    """
    theirs = {name: steps for name, steps in gone.items() if name in born and born[name].earliest >= floor}
    if not theirs:
        return []
    last = max(born[name] for name in theirs)
    # Stamps are whole seconds: the last pod may have been made in the same second in which the one before was removed.
    return [step for name, steps in theirs.items() for step in steps if step > last.earliest or born[name] == last]
