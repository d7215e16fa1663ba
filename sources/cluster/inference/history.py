"""The rollouts of a Deployment, found in its ReplicaSets and in the steps of its controller.

A rollout begins when another ReplicaSet becomes the one that the Deployment wants. Either it is made for that, and
its creationTimestamp is the start; or it had been there before and is adopted again (`kubectl rollout undo`, or a
revert to an equal template): then it keeps its old creationTimestamp, gets a new revision number, and its old one
goes to its revision-history. When that happened is told only by the Event that scaled it up.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeAlias

from collector.event import Kind
from sources.cluster.event_objects import Record
from sources.cluster.fields import Moment, integer
from sources.cluster.inference.scaling import Scaling, from_nothing, scalings, with_sizes
from sources.cluster.inventory import ROLLERS, Deployment, Inventory, Key, ReplicaSet

SKEW = timedelta(seconds=5)
"""How far the clocks of API server and controllers may be apart."""
_FIRST_PODS = timedelta(minutes=10)
"""A new ReplicaSet gets its first pods within this; in a roll-over it waits for those of the one before it."""
_LAST_STEP = timedelta(seconds=10)
"""The last pods of a rollout may be made this long after the last old ones went."""
_NONE_LATER = 2**32
_UPDATED = re.compile(r"Rollout updated to revision (\d+)", re.ASCII)
Sets: TypeAlias = Mapping[str, ReplicaSet]
"""All ReplicaSets of one Deployment, by name."""


@dataclass(frozen=True, slots=True)
class Rollout:
    """One change of the ReplicaSet that a Deployment wants."""

    new: str
    start: Moment
    rollback: bool
    """The ReplicaSet had been there before."""
    trigger: Scaling | None
    """What tells of the start, if it is not the creation of the ReplicaSet."""
    revision: int | None = None
    replaces: str = ""
    """Name of the ReplicaSet that was wanted before."""
    end: datetime | None = None
    """When the next rollout starts."""
    not_before: datetime | None = None
    """`start` is only the latest time at which it can have started, this the earliest."""

    def covers(self, at: Moment) -> bool:
        """Whether `at` is after its start and before the next rollout."""
        return self.start.earliest - SKEW <= at.earliest and (self.end is None or at.earliest < self.end)


@dataclass(frozen=True, slots=True)
class History:
    """Everything known about the rollouts of one Deployment, each list in the order of time."""

    namespace: str
    workload: str
    """`Deployment/checkout`."""
    deployment: Deployment | None
    sets: Sets
    scalings: Sequence[Scaling]
    rollouts: Sequence[Rollout]
    records: Sequence[Record] = ()
    """What else its controller recorded; that of Argo Rollouts tells of pauses, aborts and ends."""

    @property
    def name(self) -> str:
        """Name of the Deployment."""
        return self.workload.partition("/")[2]

    def rollout(self, at: Moment) -> Rollout | None:
        """The rollout under way, or the last one before."""
        started = [each for each in self.rollouts if each.start.earliest - SKEW <= at.earliest]
        return started[-1] if started else None

    def steps(self, rollout: Rollout) -> list[Scaling]:
        """The scalings from the start of a rollout to the start of the next."""
        return [step for step in self.scalings if step is rollout.trigger or rollout.covers(step.at)]

    def expired(self, rollout: Rollout) -> bool:
        """Whether the rollout began long before the first step that is still known."""
        return not self.scalings or rollout.start.earliest + _FIRST_PODS < self.scalings[0].at.earliest

    def meaning(self, step: Scaling) -> tuple[Kind, Rollout | None]:
        """What a scaling was: the start of a rollout, a further step of it (OTHER), or scaling for its own sake."""
        rollout = next((each for each in self.rollouts if each.trigger is step), None) or self.rollout(step.at)
        if rollout is None:
            return Kind.SCALED, None
        started = Kind.ROLLBACK_STARTED if rollout.rollback else Kind.ROLLOUT_STARTED
        if rollout.trigger is step:
            return started, rollout
        steps = self.steps(rollout)
        if self.expired(rollout) and all(s.replica_set != rollout.new for s in steps):
            return Kind.SCALED, None
        if rollout.trigger is None and step is next((s for s in steps if s.up and s.replica_set == rollout.new), None):
            prompt = step.at.earliest - rollout.start.earliest <= _FIRST_PODS
            return (started if prompt and not step.was else Kind.SCALED), rollout
        downs = [s.at.latest for s in steps if not s.up and s.replica_set != rollout.new]
        late = downs and step.at.earliest <= max(downs) + _LAST_STEP
        if step.replica_set != rollout.new or late or self._is_aborted(rollout, step.at):
            return Kind.OTHER, rollout
        return Kind.SCALED, rollout

    def _is_aborted(self, rollout: Rollout, at: Moment) -> bool:
        """Whether a rollout had been given up by then, so that its pods are taken away again."""
        states = self.deployment.states if self.deployment else ()
        aborts = [state.at for state in states if state.kind == Kind.ROLLOUT_ABORTED]
        aborts += [told.first for told in self.records if told.reason == "RolloutAborted"]
        return any(rollout.covers(abort) and abort.earliest <= at.latest for abort in aborts)


def histories(inventory: Inventory, records: Iterable[Record]) -> Iterator[History]:
    """One History per Deployment that anything is known of, sorted by namespace and workload."""
    sets: dict[Key, dict[str, ReplicaSet]] = {key: {} for key in inventory.deployments}
    scaled: dict[Key, list[Record]] = {}
    record: dict[Key, list[Record]] = {}
    for own in inventory.replica_sets.values():
        sets.setdefault((own.key[0], own.workload), {})[own.key[1]] = own
    records = list(records)
    for told in records:
        if told.kind in ROLLERS:
            of = scaled if told.reason == "ScalingReplicaSet" else record
            of.setdefault((told.about_namespace, f"{told.kind}/{told.about}"), []).append(told)
    stepped = {key: with_sizes(scalings(told), key[0], inventory.sizes) for key, told in scaled.items()}
    unnumbered = {(key[0], step.replica_set) for key, steps in stepped.items() for step in steps if step.was is None}
    unnumbered -= inventory.replica_sets.keys()
    of_pods = _of_pods(records, unnumbered) if unnumbered else {}
    for key in sorted({*sets, *scaled, *record}):
        ours = dict(sorted(sets.get(key, {}).items()))
        steps = from_nothing(key[0], stepped.get(key, ()), of_pods)
        others = record.get(key, ())
        found = _rollouts(ours, steps, _returns(ours, others))
        found += _untold_return(inventory, ours, found)
        yield History(*key, inventory.deployments.get(key), ours, steps, _chained(ours, found), others)


def _of_pods(records: Iterable[Record], owners: Collection[Key]) -> Mapping[Key, Sequence[Record]]:
    """What is said of the pods of these ReplicaSets, which are named after them."""
    found: dict[Key, list[Record]] = {}
    for record in records:
        owner = (record.about_namespace, record.pod.rpartition("-")[0])
        if owner in owners:
            found.setdefault(owner, []).append(record)
    return found


def _returns(sets: Sets, record: Iterable[Record]) -> Iterator[Rollout]:
    """The returns of which the controller of Argo Rollouts says itself when they were, by the new revision number."""
    back = {number: name for name, own in sets.items() for number in own.revisions[1:]}
    for told in record:
        match = _UPDATED.fullmatch(told.message) if told.reason == "RolloutUpdated" else None
        number = integer(match[1]) if match else None
        if number in back:
            yield Rollout(back[number], told.first, rollback=True, trigger=None, revision=number)


def _rollouts(sets: Sets, steps: Sequence[Scaling], told: Iterable[Rollout]) -> list[Rollout]:
    """In order; their revisions are a first guess. Those that were `told` need not be found."""
    births = [
        Rollout(name, own.created, rollback=False, trigger=None, revision=min(own.revisions, default=0))
        for name, own in sets.items()
        if own.created
    ]
    marks: list[tuple[Moment, int, str, Rollout | Scaling]] = [
        (known.start, known.revision or 0, known.new, known) for known in (*births, *told)
    ]
    marks += [(step.at, _NONE_LATER + index, step.replica_set, step) for index, step in enumerate(steps) if step.up]
    found: list[Rollout] = []
    for at, _, name, step in sorted(marks, key=lambda mark: mark[:3]):
        wanted = found[-1] if found else None
        if isinstance(step, Rollout):
            found.append(step)
        elif name not in sets:
            # Deleted since, or only Events are known. It came for this step if it had no pods before, or if it takes
            # over from another; and came back if an earlier step names it.
            others = [s for s in steps if s.replica_set != name and s.at >= at]
            over = step.was is None and bool(others) and not others[0].up
            if (wanted is None or wanted.new != name) and (step.was == 0 or over):
                before = any(s.replica_set == name and s.at < at for s in steps)
                found.append(Rollout(name, at, rollback=before, trigger=step))
        else:
            revision = _returned(sets, steps, wanted, step)
            if revision is not None:
                found.append(Rollout(name, at, rollback=True, trigger=step, revision=revision))
    return found


def _returned(sets: Sets, steps: Sequence[Scaling], wanted: Rollout | None, step: Scaling) -> int | None:
    """The revision with which an old ReplicaSet came back; None if the step is one of a rollout or an autoscaler.

    Two things must hold. Its revision numbers say that it came back after the ReplicaSet `wanted` until then, and
    before the next new one; and another ReplicaSet loses its pods to it.
    """
    own = sets[step.replica_set]
    later = [other for other in sets.values() if other.created and other.created > step.at]
    if own in later:
        return None
    floor = (wanted.revision or 0) if wanted else 0
    ceiling = min((min(other.revisions, default=_NONE_LATER) for other in later), default=_NONE_LATER)
    returns = [number for number in own.revisions[1:] if floor < number < ceiling]
    if wanted and wanted.new == own.key[1]:
        if not _was_not_wanted(steps, wanted, step):
            return None
    elif not own.revisions:
        returns = [floor]
    start = wanted.start.earliest - SKEW if wanted else step.at.earliest - _FIRST_PODS
    end = min((other.created.earliest for other in later if other.created), default=None)
    losses = [s.at.earliest for s in steps if not s.up and s.replica_set != own.key[1]]
    lost = any(start <= at and (end is None or at < end) for at in losses)
    holding = not later and any(other.replicas for other in sets.values() if other is not own)
    return min(returns) if returns and (lost or holding) else None


def _was_not_wanted(steps: Sequence[Scaling], wanted: Rollout, step: Scaling) -> bool:
    """Whether the ReplicaSet that seems to be wanted was not before this step, because another one had come back
    and the Events of that have expired. Then those of its own rollout have, too, and the other one loses pods first.
    """
    expired = wanted.trigger is None and wanted.start.earliest + _FIRST_PODS < steps[0].at.earliest
    first = next((s for s in steps[steps.index(step) :] if not s.up), None)
    return expired and first is not None and first.replica_set != wanted.new


def _untold_return(inventory: Inventory, sets: Sets, found: Sequence[Rollout]) -> list[Rollout]:
    """The return of the ReplicaSet that has the newest revision, if the Event that told of it has expired.

    It was after the start of what it replaced, and before the oldest of its pods that is younger than that. Pods
    from after the completion tell nothing: they stand in for others.
    """
    newest = max(sets.values(), key=lambda own: own.revisions[-1:], default=None)
    before = found[-1] if found else None
    if newest is None or before is None or before.new == newest.key[1] or len(newest.revisions) < 2:
        return []
    deployment = inventory.deployments.get((newest.key[0], newest.workload))
    completions = [s.at for s in deployment.states if s.kind == Kind.ROLLOUT_COMPLETED] if deployment else []
    completed = max(completions, default=None)
    pods = [pod.created for pod in inventory.owned(newest.key[0], "ReplicaSet", newest.key[1])]
    made = [at for at in pods if at and at > before.start and (completed is None or at <= completed)]
    if not made:
        return []
    start = before.start.earliest
    return [Rollout(newest.key[1], min(made), rollback=True, trigger=None, not_before=start)]


def _chained(sets: Sets, found: Sequence[Rollout]) -> list[Rollout]:
    """The rollouts with their revision, what they replaced and their end.

    Revisions are given from the last backwards: the newest number of a ReplicaSet belongs to its latest return.
    """
    owners = {number: name for name, own in sets.items() for number in own.revisions}
    chained: list[Rollout] = []
    ceiling, end = _NONE_LATER, None
    for index in range(len(found) - 1, -1, -1):
        rollout = found[index]
        own = sets[rollout.new].revisions if rollout.new in sets else ()
        numbers = [number for number in own[1:] if number < ceiling] if rollout.rollback else own[:1]
        revision = max(numbers, default=None)
        previous = found[index - 1].new if index else ""
        if revision is not None:
            ceiling = revision
            # What had the number before: right also where no Event tells of its return any more.
            older = max((number for number in owners if number < revision), default=None)
            previous = owners[older] if older is not None else previous
        chained.append(replace(rollout, revision=revision, replaces=previous, end=end))
        end = rollout.start.earliest
    return chained[::-1]
