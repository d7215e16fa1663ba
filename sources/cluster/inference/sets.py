"""Events of the rollouts of StatefulSets and DaemonSets, which have no ReplicaSets and record no steps."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from collector.event import SECOND, Event, Identity, Kind, Subject
from sources.cluster.event_objects import Record, to_event
from sources.cluster.fields import Moment, condition, moment
from sources.cluster.inference.pods import recovered
from sources.cluster.inventory import Inventory, Pod
from sources.cluster.revisions import KINDS, Revision, Turn, Workload, turns

_NO_PROGRESS = timedelta(seconds=600)
"""These have no deadline; a Deployment's, if nobody sets it, is this."""
_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Course:
    """One StatefulSet or DaemonSet and all its turns, in order."""

    namespace: str
    kind: str
    name: str
    workload: Workload | None
    turns: Sequence[Turn]
    removed: Mapping[str, Sequence[Moment]]
    """When its controller is known to have removed a pod, by the name of the pod."""
    made: Mapping[str, Moment]
    """When the pods of which Events tell were made first, by name."""

    def replaced(self, pod: str, at: datetime) -> Revision | None:
        """What a pod that is removed at that moment had run: what the rollout under way replaces."""
        begun = [index for index, turn in enumerate(self.turns) if turn.at <= at]
        if not begun:
            return next((turn.replaces for turn in self.turns if turn.covers(at)), None)
        # Stamps are whole seconds: in that in which a turn starts, the one before may still have removed pods.
        within = begun[-1] > 0 and at < self.turns[begun[-1]].at + SECOND
        index = begun[-1] - 1 if within and self._of_the_one_before(pod, at, begun[-1]) else begun[-1]
        return self.turns[index].replaces

    def _of_the_one_before(self, pod: str, at: datetime, index: int) -> bool:
        """A StatefulSet's turn removes each name once. A DaemonSet's removes the pods that the one before made."""
        end = self.turns[index].end
        if self.kind == "StatefulSet":
            return any(at < other.earliest and (end is None or other.earliest < end) for other in self.removed[pod])
        return pod in self.made and self.made[pod].earliest < self.turns[index - 1].at


def courses(inventory: Inventory, records: Iterable[Record]) -> Mapping[str, Course]:
    """Every StatefulSet and DaemonSet that any revision is known of, by namespace, kind and name."""
    made: dict[str, dict[str, Moment]] = {}
    for pod in inventory.pods.values():
        own = inventory.revision(*pod.key, pod.uid)
        if own and pod.created:
            made.setdefault("/".join(own.key), {})[pod.key[1]] = pod.created
    removed: dict[tuple[str, str, str], dict[str, list[Moment]]] = {}
    born: dict[tuple[str, str, str], dict[str, Moment]] = {}
    for record in records:
        attribution = (record.about_namespace, record.kind, record.about)
        if record.kind in KINDS and record.reason == "SuccessfulDelete":
            removed.setdefault(attribution, {}).setdefault(record.pod, []).extend((record.first, record.last))
        elif record.kind in KINDS and record.reason == "SuccessfulCreate":
            first = born.setdefault(attribution, {})
            first[record.pod] = min(record.first, first.get(record.pod, record.first))
    revisions: dict[tuple[str, str, str], list[Revision]] = {}
    for own in inventory.revisions.values():
        revisions.setdefault((own.key[0], *own.owner), []).append(own)
    found = {}
    for key, ours in sorted(revisions.items()):
        pods = {own.key[1]: made.get("/".join(own.key), {}) for own in ours}
        of = inventory.workloads.get(key)
        gone = removed.get(key, {})
        taken = turns(ours, pods, gone, of.kept if of else 0)
        found["/".join(key)] = Course(*key, of, taken, gone, born.get(key, {}))
    return found


def set_events(course: Course, inventory: Inventory, source: str) -> Iterator[Event]:
    """Everything about its rollouts; `numbers["replicas"]`, and of a ready pod `of`, is how many pods are wanted.

    When a rollout was complete nobody writes down. It is when the last of its pods became available; that is known of
    the latest rollout, as long as its pods are there.
    """
    for turn in course.turns:
        yield _event(course, turn, inventory, source, _kind(turn, started=True), turn.start, turn.at, "started")
    latest = course.turns[-1]
    pods = _pods(course, latest, inventory)
    ready = dict(_ready(course, pods))
    own = _of_the_rollout(course, latest, pods, ready)
    for name, since in sorted(ready.items()):
        if name not in own:
            continue
        event = _event(course, latest, inventory, source, Kind.POD_READY, since, _near_end(since), "")
        yield replace(
            event,
            summary=f"Pod {name} is ready",
            native_id=f"{course.namespace}/{name}/{since.latest:%Y-%m-%dT%H:%M:%SZ}",
            subject=replace(event.subject, pod=name),
            keys=replace(event.keys, replaces=""),
            numbers={"of": event.numbers["replicas"]} if event.numbers else {},
            query=f"/api/v1/namespaces/{course.namespace}/pods/{name}",
            fact=f"{inventory.cluster}/{course.namespace}/Pod/{name}/ready",
        )
    yield from _recovered(pods, ready, inventory, source)
    yield from _end(course, latest, pods, ready, own, inventory, source)


def set_record(record: Record, course: Course, inventory: Inventory, source: str) -> Iterator[Event]:
    """One Event about it or its pods, as `to_event`, except for the terminations of pods.

    A name may be another pod's by now, but the rollout tells what was removed. And as the names come back, the
    recorder counts the removals of one name in one Event: the first and the last of them are known.
    """
    event = to_event(record, source, inventory)
    if event.kind != Kind.POD_TERMINATED:
        yield event
        return
    grace = event.latest - max(record.first.latest, record.last.latest)
    twice = record.last.earliest > record.first.earliest
    # The one was gone before the other was made, and that before it was removed.
    again = (other.earliest for other in course.removed.get(record.pod, ()) if other.earliest > record.first.earliest)
    gone = min([record.first.latest + grace, *(at - _INSTANT for at in again)])
    yield _removed(replace(event, latest=gone), course, inventory)
    if twice:
        last, latest = record.last.earliest, record.last.latest + grace
        event = replace(event, at=last, earliest=last, latest=latest, native_id=f"{event.native_id}/last")
        yield _removed(event, course, inventory)


def _removed(event: Event, course: Course, inventory: Inventory) -> Event:
    own = course.replaced(event.subject.pod, event.earliest)
    return event if event.keys.replica_set or own is None else replace(event, keys=inventory.identity(own))


def _end(
    course: Course,
    turn: Turn,
    pods: Sequence[Pod],
    ready: Mapping[str, Moment],
    own: Collection[str],
    inventory: Inventory,
    source: str,
) -> Iterator[Event]:
    """That the latest rollout is complete, or that it makes no progress."""
    of = course.workload
    if of is None or not of.observed or not of.by_itself or not of.replicas:
        return
    last = max((ready[name] for name in own if name in ready), key=lambda since: since.latest, default=None)
    if of.finished and of.replicas == of.ready == len(ready) and last:
        # Where others stand in for some of its pods, those may have been the last.
        others = [pod.created.latest for pod in pods if pod.created and pod.key[1] not in own]
        at = Moment(last.earliest + of.min_ready, min(others, default=last.latest) + of.min_ready)
        best = at.earliest if others else _near_end(at)
        yield _event(course, turn, inventory, source, _kind(turn, started=False), at, best, "completed", of.path)
        return
    progress = [turn.start, *ready.values(), *(pod.created for pod in pods if pod.created)]
    since = max(moved.latest for moved in progress) + _NO_PROGRESS
    if inventory.listed and since <= inventory.listed and not of.finished:
        at = Moment(since - SECOND, since)
        yield _event(course, turn, inventory, source, Kind.ROLLOUT_STUCK, at, at.earliest, "makes no progress", of.path)


def _of_the_rollout(course: Course, turn: Turn, pods: Sequence[Pod], ready: Mapping[str, Moment]) -> Collection[str]:
    """The pods that the rollout itself made; others were made later and stand in for some of them.

    A StatefulSet that replaces its pods goes down to the lowest number, so what is made after that is of no rollout.
    Neither is what is made after a long time in which nothing was left to wait for.
    """
    found: dict[str, Moment] = {}
    lowest = min(map(_ordinal, pods), default=-1)
    for pod in pods:
        waited = max((since.latest for since in found.values()), default=None)
        if pod.created is None or (waited and pod.created.earliest > waited + _NO_PROGRESS):
            break
        found[pod.key[1]] = ready.get(pod.key[1], pod.created)
        if course.kind == "StatefulSet" and turn.replaces and _ordinal(pod) == lowest:
            break
    return found


def _pods(course: Course, turn: Turn, inventory: Inventory) -> list[Pod]:
    """The pods of the rollout, in the order in which they were made; those with higher numbers are made first."""
    owned = inventory.owned(course.namespace, course.kind, course.name)
    ours = [pod for pod in owned if _belongs(turn, pod, inventory)]
    return sorted(ours, key=lambda pod: (pod.created or turn.start, -_ordinal(pod), pod.key))


def _belongs(turn: Turn, pod: Pod, inventory: Inventory) -> bool:
    own = inventory.revision(*pod.key, pod.uid) if pod.created and not pod.gone else None
    return own is not None and own.key == turn.revision.key


def _ready(course: Course, pods: Sequence[Pod]) -> Iterator[tuple[str, Moment]]:
    """Since when each pod that is ready has been so for the rollout.

    Only the last change of readiness is kept. A StatefulSet replaces a pod when the one before is ready; one that
    says it became so after that had been ready before, between its creation and that of the next.
    """
    stateful = course.kind == "StatefulSet"
    for index, pod in enumerate(pods):
        state = condition(pod.raw, "Ready")
        since = moment(state.get("lastTransitionTime")) if state.get("status") == "True" else None
        following = pods[index + 1].created if stateful and index + 1 < len(pods) else None
        in_order = following is not None and _ordinal(pods[index + 1]) == _ordinal(pod) - 1
        if since and pod.created and following and in_order and since.earliest > following.latest:
            yield pod.key[1], Moment(pod.created.earliest, following.latest)
        elif since:
            yield pod.key[1], since


def _recovered(pods: Sequence[Pod], ready: Mapping[str, Moment], inventory: Inventory, source: str) -> Iterator[Event]:
    """Those that must have been ready before their readiness last changed."""
    for pod in pods:
        since = moment(condition(pod.raw, "Ready").get("lastTransitionTime"))
        if since and pod.key[1] in ready and since.earliest > ready[pod.key[1]].latest:
            yield recovered(pod, since, inventory, source)


def _ordinal(pod: Pod) -> int:
    number = pod.key[1].rpartition("-")[2]
    return int(number) if number.isdecimal() and len(number) < 10 else -1


def _near_end(when: Moment) -> datetime:
    return max(when.earliest, when.latest - SECOND)


def _kind(turn: Turn, *, started: bool) -> Kind:
    if turn.rollback:
        return Kind.ROLLBACK_STARTED if started else Kind.ROLLBACK_COMPLETED
    return Kind.ROLLOUT_STARTED if started else Kind.ROLLOUT_COMPLETED


def _event(
    course: Course,
    turn: Turn,
    inventory: Inventory,
    source: str,
    kind: Kind,
    when: Moment,
    at: datetime,
    word: str,
    query: str = "",
) -> Event:
    own, old = turn.revision, turn.replaces
    wanted = course.workload.replicas if course.workload else None
    return Event(
        kind=kind,
        at=at,
        earliest=when.earliest,
        latest=when.latest,
        summary=f"{_what(course, turn)} {word}",
        source=source,
        native_id=f"{own.uid or '/'.join(own.key)}/{word}/{at:%Y-%m-%dT%H:%M:%SZ}",
        subject=_subject(course, inventory),
        keys=_keys(inventory.identity(own), turn, old),
        numbers={} if wanted is None else {"replicas": wanted},
        query=query or own.path,
        fact=f"{inventory.cluster}/{course.namespace}/ControllerRevision/{own.key[1]}/{word}",
    )


def _subject(course: Course, inventory: Inventory) -> Subject:
    return inventory.subject(course.namespace, course.kind, course.name)


def _keys(known: Identity, turn: Turn, old: Revision | None) -> Identity:
    number = "" if turn.number is None else str(turn.number)
    return replace(known, revision=number, replaces=old.runs.version if old else "")


def _what(course: Course, turn: Turn) -> str:
    """`Rollback of db to 15.3, replacing 15.4`."""
    own, old = turn.revision, turn.replaces
    if old and own.restarted != old.restarted and own.runs.images == old.runs.images and not turn.rollback:
        return f"Restart of {course.name} {own.runs.version}"
    word = "Rollback" if turn.rollback else "Rollout"
    new = " ".join(part for part in (course.name, "to" if turn.rollback else "", own.runs.version) if part)
    replaced = f", replacing {old.runs.version}" if old and old.runs.version else ""
    return f"{word} of {new}{replaced}"
