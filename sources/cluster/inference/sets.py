"""Events of the rollouts of StatefulSets and DaemonSets, which have no ReplicaSets and record no steps."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from collector.event import SECOND, Event, Identity, Kind, Subject
from sources.cluster.event_objects import Record
from sources.cluster.event_reports import to_event
from sources.cluster.facts import pods as facts
from sources.cluster.facts.rollouts import (
    RolloutName,
    rollout_completed,
    rollout_paused,
    rollout_started,
    rollout_stuck,
)
from sources.cluster.fields import condition, get, moment, objects
from sources.cluster.inference.pods import recovered
from sources.cluster.inference.revision_history import RevisionHistory
from sources.cluster.inventory import Inventory, Pod
from sources.cluster.revisions import RevisionRollout
from sources.cluster.rollout_names import rollout_name
from sources.cluster.writers import writer
from sources.fact import Fact, Moment, moved, report

_NO_PROGRESS = timedelta(seconds=600)
"""StatefulSets and DaemonSets have no progress deadline; this is the default of a Deployment's."""
_LONGEST_WAIT = timedelta(days=1)
"""A pod that becomes ready later than this after its creation had been ready before."""
_INSTANT = timedelta(microseconds=1)


def set_events(history: RevisionHistory, inventory: Inventory, source: str) -> Iterator[Event]:
    """All Events about the rollouts of one StatefulSet or DaemonSet.

    `numbers["replicas"]`, or `of` for a ready pod, is how many pods are wanted. No object has the time at which a
    rollout completed. It is when the last of its pods became available, which is known only for the latest rollout, as
    long as its pods exist.
    """
    for rollout in history.rollouts:
        yield _started(history, rollout, inventory, source)
    latest = history.rollouts[-1]
    pods = _pods(history, latest, inventory)
    ready = dict(_ready(history, latest, pods))
    own = _of_the_rollout(history, latest, pods, ready)
    event = _Events(history, latest, inventory, source)
    for name, since in sorted(ready.items()):
        if name in own:
            yield event.ready(name, since)
    yield from _recovered(pods, ready, inventory, source)
    yield from _end(event, pods, ready, own)


def set_record(record: Record, history: RevisionHistory, inventory: Inventory, source: str) -> Iterator[Event]:
    """The Events of one Event object about the set or its pods: as `to_event`, except for terminations of pods.

    Another pod may have the name by now, but the rollout shows which revision was removed. As the names come back, the
    recorder counts the removals of one name in one Event: only the first and the last of them are known.
    """
    event = to_event(record, source, inventory)
    if event.kind != Kind.POD_TERMINATED:
        yield event
        return
    grace = event.latest - max(record.first.latest, record.last.latest)
    twice = record.last.earliest > record.first.earliest
    # The first pod was gone before the second was made, and so before the second was removed.
    again = (other.earliest for other in history.removed.get(record.pod, ()) if other.earliest > record.first.earliest)
    gone = min([record.first.latest + grace, *(at - _INSTANT for at in again)])
    yield _removed(moved(event, Moment(event.earliest, gone)), history, inventory)
    if twice:
        last, latest = record.last.earliest, record.last.latest + grace
        event = moved(replace(event, native_id=f"{event.native_id}/last"), Moment(last, latest), last)
        yield _removed(event, history, inventory)


def _removed(event: Event, history: RevisionHistory, inventory: Inventory) -> Event:
    own = history.replaced(event.subject.pod, event.earliest)
    return event if event.keys.replica_set or own is None else replace(event, keys=inventory.identity(own))


def _end(event: "_Events", pods: Sequence[Pod], ready: Mapping[str, Moment], own: Collection[str]) -> Iterator[Event]:
    """Whether the latest rollout is complete, held, or makes no progress."""
    of, latest = event.history.workload, event.rollout
    if of is None or not of.observed or not of.replicas:
        return
    last = max((ready[name] for name in own if name in ready), key=lambda since: since.latest, default=None)
    if not of.held and of.finished and of.replicas == of.ready == len(ready) and last:
        # If other pods replace some of the rollout's, those that are missing may have been the last.
        others = [pod.created.latest for pod in pods if pod.created and pod.key[1] not in own]
        until = max(last.earliest, min(others, default=last.latest))
        at = Moment(last.earliest + of.min_ready, until + of.min_ready)
        yield event.completed(at, at.earliest if others else _near_end(at))
        return
    if of.held and latest.replaces and (of.updated or 0) < of.replicas:
        moved = [pod for pod in pods if of.kind != "StatefulSet" or _ordinal(pod) >= of.partition]
        waiting = [ready[pod.key[1]] for pod in moved if pod.key[1] in ready]
        if of.on_delete or (len(waiting) == len(moved) == of.moves):
            since = max(waiting, key=lambda each: each.latest, default=latest.start)
            yield event.paused(latest.start if of.on_delete else max(since, latest.start), of.held)
            return
    if of.on_delete:
        return
    progress = [latest.start, *ready.values(), *(pod.created for pod in pods if pod.created)]
    due = max(step.latest for step in progress) + _NO_PROGRESS
    listed = event.inventory.listed
    if listed and due <= listed and not of.finished:
        yield event.stuck(Moment(due - SECOND, due))


def _of_the_rollout(
    history: RevisionHistory, rollout: RevisionRollout, pods: Sequence[Pod], ready: Mapping[str, Moment]
) -> Collection[str]:
    """The pods that the rollout itself made; other pods were made later to replace some of them.

    A StatefulSet's rollout ends with the lowest number, so pods made after that belong to no rollout. The same holds
    for pods made long after the rollout had nothing left to wait for, and for a first pod made long after its start.
    """
    found: dict[str, Moment] = {}
    lowest = min(map(_ordinal, pods), default=-1)
    of = history.workload
    # With `OnDelete`, a pod is replaced only when somebody deletes it.
    begun = rollout.start.latest + _NO_PROGRESS * len(pods) if of is not None and not of.on_delete else None
    for pod in pods:
        waited = max((since.latest + _NO_PROGRESS for since in found.values()), default=begun)
        if pod.created is None or (waited and pod.created.earliest > waited):
            break
        found[pod.key[1]] = ready.get(pod.key[1], pod.created)
        if history.kind == "StatefulSet" and rollout.replaces and _ordinal(pod) == lowest:
            break
    return found


def _pods(history: RevisionHistory, rollout: RevisionRollout, inventory: Inventory) -> list[Pod]:
    """The pods of the rollout, in the order in which they were made; pods with higher numbers are made first."""
    owned = inventory.owned(history.namespace, history.kind, history.name)
    ours = [pod for pod in owned if _belongs(rollout, pod, inventory)]
    return sorted(ours, key=lambda pod: (pod.created or rollout.start, -_ordinal(pod), pod.key))


def _belongs(rollout: RevisionRollout, pod: Pod, inventory: Inventory) -> bool:
    own = inventory.revision(*pod.key, pod.uid) if pod.created and not pod.gone else None
    return own is not None and own.key == rollout.revision.key


def _ready(history: RevisionHistory, rollout: RevisionRollout, pods: Sequence[Pod]) -> Iterator[tuple[str, Moment]]:
    """Since when each ready pod has been ready for the rollout; without pods first ready at an unknown time.

    Only the last change of readiness is kept. A StatefulSet that replaces its pods one by one continues with the next
    pod when the previous one is ready. If a pod reports a later time than that, it had been ready before, at some time
    between its own creation and that of the next pod. Pods that are made together, as with `podManagementPolicy:
    Parallel` or when the set is scaled up, do not wait for each other.
    """
    of = history.workload
    waits = history.kind == "StatefulSet" and rollout.replaces is not None and (of is None or of.one_by_one)
    for index, pod in enumerate(pods):
        since = pod.glance.ready
        following = pods[index + 1].created if waits and index + 1 < len(pods) else None
        in_order = following is not None and _ordinal(pods[index + 1]) == _ordinal(pod) - 1
        apart = pod.created is not None and following is not None and pod.created.latest < following.latest
        if since and pod.created and following and in_order and apart and since.earliest > following.latest:
            yield pod.key[1], Moment(pod.created.earliest, following.latest)
        elif since and not _was_ready(pod, since):
            yield pod.key[1], since


def _was_ready(pod: Pod, since: Moment) -> bool:
    """Whether it had been ready before `since`: a container ran for long before it ended, or the pod is old."""
    if pod.created is None or since.earliest <= pod.created.latest + _NO_PROGRESS:
        return False
    ends = [get(each, "lastState", "terminated") for each in objects(pod.raw, "status", "containerStatuses")]
    runs = [(moment(get(end, "startedAt")), moment(get(end, "finishedAt"))) for end in ends]
    ran = any(start and end and end.latest - start.earliest > _NO_PROGRESS for start, end in runs)
    return ran or since.earliest > pod.created.latest + _LONGEST_WAIT


def _recovered(pods: Sequence[Pod], ready: Mapping[str, Moment], inventory: Inventory, source: str) -> Iterator[Event]:
    """The pods that must have been ready before their readiness last changed."""
    for pod in pods:
        since = moment(condition(pod.raw, "Ready").get("lastTransitionTime"))
        known = ready.get(pod.key[1])
        if since and (since.earliest > known.latest if known else pod.glance.ready and _was_ready(pod, since)):
            yield recovered(pod, since, inventory, source)


def _ordinal(pod: Pod) -> int:
    number = pod.key[1].rpartition("-")[2]
    return int(number) if number.isdecimal() and len(number) < 10 else -1


def _near_end(when: Moment) -> datetime:
    return max(when.earliest, when.latest - SECOND)


def _started(history: RevisionHistory, rollout: RevisionRollout, inventory: Inventory, source: str) -> Event:
    name = _Events(history, rollout, inventory, source).name
    by = writer(history.workload.writes, rollout.start) if history.workload else ""
    event = _Events(history, rollout, inventory, source).report(
        rollout_started(name, by=by), rollout.start, rollout.at, rollout.revision.path
    )
    return replace(event, actor=by, description=name.details, reason=name.reason)


class _Events(Struct, frozen=True):
    """The common fields of the Events of one rollout."""

    history: RevisionHistory
    rollout: RevisionRollout
    inventory: Inventory
    source: str

    @property
    def name(self) -> RolloutName:
        """The name of the rollout."""
        own, old = self.rollout.revision, self.rollout.replaces
        template = f"ControllerRevision/{own.key[1]}"
        return rollout_name(self._subject, template, own, old, rollback=self.rollout.rollback)

    @property
    def _subject(self) -> Subject:
        return self.inventory.subject(self.history.namespace, self.history.kind, self.history.name)

    @property
    def _path(self) -> str:
        of = self.history.workload
        return of.path if of else self.rollout.revision.path

    def completed(self, when: Moment, at: datetime) -> Event:
        """All its pods have the revision and are available."""
        return self.report(rollout_completed(self.name), when, at, self._path)

    def stuck(self, when: Moment) -> Event:
        """There was no progress for a long time."""
        return self.report(rollout_stuck(self.name), when, when.earliest, self._path)

    def paused(self, when: Moment, why: str) -> Event:
        """The rollout continues only when somebody deletes pods or lowers the partition."""
        event = self.report(rollout_paused(self._subject, self.name), when, when.earliest, self._path)
        return replace(event, description=why)

    def ready(self, pod: str, since: Moment) -> Event:
        """A pod of the rollout became ready."""
        wanted = self.history.workload.replicas if self.history.workload else None
        namespace = self.history.namespace
        return report(
            facts.ready(replace(self._subject, pod=pod)),
            since,
            at=_near_end(since),
            source=self.source,
            native_id=f"{namespace}/{pod}/{since.latest:%Y-%m-%dT%H:%M:%SZ}",
            keys=replace(self._keys, replaces=""),
            numbers={} if wanted is None else {"of": wanted},
            query=f"/api/v1/namespaces/{namespace}/pods/{pod}",
        )

    def report(self, fact: Fact, when: Moment, at: datetime, query: str) -> Event:
        """The Event of a fact about the rollout."""
        own = self.rollout.revision
        wanted = self.history.workload.replicas if self.history.workload else None
        return report(
            fact,
            when,
            at=at,
            source=self.source,
            native_id=f"{own.uid or '/'.join(own.key)}/{fact.kind}/{at:%Y-%m-%dT%H:%M:%SZ}",
            keys=self._keys,
            numbers={} if wanted is None else {"replicas": wanted},
            query=query,
        )

    @property
    def _keys(self) -> Identity:
        own, old, number = self.rollout.revision, self.rollout.replaces, self.rollout.number
        known = self.inventory.identity(own)
        return replace(known, revision="" if number is None else str(number), replaces=old.runs.version if old else "")
