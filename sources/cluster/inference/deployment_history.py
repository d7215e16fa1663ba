"""The rollouts of a Deployment, found in its ReplicaSets and in the steps of its controller.

A rollout begins when another ReplicaSet becomes the one that the Deployment wants. Either it is made for that, and
its creationTimestamp is the start; or it had been there before and is adopted again (`kubectl rollout undo`, or a
revert to an equal template): then it keeps its old creationTimestamp, gets a new revision number, and its old one
goes to its revision-history. Only the Event that scaled it up shows when that happened.
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
from sources.cluster.inventory import ROLLERS, Deployment, Inventory, Key, ReplicaSet, State

SKEW = timedelta(seconds=5)
"""How far the clocks of API server and controllers may be apart."""
_FIRST_PODS = timedelta(minutes=10)
"""A new ReplicaSet gets its first pods within this; in a roll-over it waits for those of the one before it."""
_LONGEST_GRACE = timedelta(minutes=2)
"""Pods that are all removed before others are made are gone within this."""
_LAST_STEP = timedelta(seconds=10)
"""The last pods of a rollout may be made this long after the last old ones went."""
_NONE_LATER = 2**32
_UPDATED = re.compile(r"Rollout updated to revision (\d+)", re.ASCII)
Sets: TypeAlias = Mapping[str, ReplicaSet]
"""All ReplicaSets of one Deployment, by name."""


@dataclass(frozen=True, slots=True)
class DeploymentRollout:
    """One change of the ReplicaSet that a Deployment wants."""

    new: str
    start: Moment
    rollback: bool
    """The ReplicaSet had been there before."""
    trigger: Scaling | None
    """What shows the start, if it is not the creation of the ReplicaSet."""
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
class DeploymentHistory:
    """Everything known about the rollouts of one Deployment, each list in the order of time."""

    namespace: str
    workload: str
    """`Deployment/checkout`."""
    deployment: Deployment | None
    sets: Sets
    scalings: Sequence[Scaling]
    rollouts: Sequence[DeploymentRollout]
    records: Sequence[Record] = ()
    """What else its controller recorded; that of Argo Rollouts records pauses, aborts and ends."""

    @property
    def name(self) -> str:
        """Name of the Deployment."""
        return self.workload.partition("/")[2]

    def reported_of(self, state: State, rollout: DeploymentRollout) -> bool:
        """Whether the status reported this of that rollout: of the ReplicaSet that it names, else by its time.

        A status may be written in the very second in which the next rollout begins, and the stamps are cut to seconds.
        """
        if state.replica_set:
            same = [each for each in self.rollouts if each.new == state.replica_set]
            begun = [each for each in same if each.start.earliest <= state.at.latest]
            return begun[-1:] == [rollout]
        # A condition from before the start of the latest has not been brought up to date yet.
        began = state.at.latest >= rollout.start.earliest
        return began and (rollout.end is None or state.at.earliest < rollout.end)

    def rollout(self, at: Moment) -> DeploymentRollout | None:
        """The rollout under way, or the last one before."""
        started = [each for each in self.rollouts if each.start.earliest - SKEW <= at.earliest]
        return started[-1] if started else None

    def steps(self, rollout: DeploymentRollout) -> list[Scaling]:
        """The scalings from the start of a rollout to the start of the next."""
        return [step for step in self.scalings if step is rollout.trigger or rollout.covers(step.at)]

    def expired(self, rollout: DeploymentRollout) -> bool:
        """Whether the rollout began long before the first step that is still known."""
        return not self.scalings or rollout.start.earliest + _FIRST_PODS < self.scalings[0].at.earliest

    def meaning(self, step: Scaling) -> tuple[Kind, DeploymentRollout | None]:
        """What a scaling was: the start of a rollout, a further step of it (OTHER), or scaling for its own sake."""
        rollout = next((each for each in self.rollouts if each.trigger is step), None) or self.rollout(step.at)
        if self.recreates(step):
            return Kind.OTHER, rollout
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
        if self.empties(step):
            return Kind.SCALED, None
        downs = [s.at.latest for s in steps if not s.up and s.replica_set != rollout.new]
        late = downs and step.at.earliest <= max(downs) + _LAST_STEP
        if step.replica_set != rollout.new or late or self._is_aborted(rollout, step.at):
            return Kind.OTHER, rollout
        return Kind.SCALED, rollout

    def empties(self, step: Scaling) -> bool:
        """Whether after this step no ReplicaSet is to have pods: the Deployment is scaled to zero, or torn down.

        In a rollout an old ReplicaSet loses its last pods to a new one, which has some by then.
        """
        if step.up or step.to or self.recreates(step):
            return False
        index = max(i for i, other in enumerate(self.scalings) if other.at.earliest <= step.at.latest)
        names = {*self.sets, *(other.replica_set for other in self.scalings)}
        return all(self.size_after(name, index) == 0 for name in names)

    def recreates(self, step: Scaling) -> bool:
        """Whether a ReplicaSet loses all its pods before another gets any: the strategy `Recreate`."""
        if step.up or step.to or (self.deployment and self.deployment.rolling):
            return False
        following = next((other for other in self.scalings if other.up and other.at > step.at), None)
        soon = following is not None and following.at.earliest <= step.at.latest + _LONGEST_GRACE
        return (
            soon and following is not None and following.replica_set != step.replica_set and following.was in (0, None)
        )

    def emptied_with(self, step: Scaling) -> int:
        """How many ReplicaSets gave up their last pods when the Deployment was scaled to zero by this step."""
        ours = [s for s in self.scalings if not s.up and not s.to]
        return len({s.replica_set for s in ours if abs(s.at.earliest - step.at.earliest) <= _LAST_STEP})

    def size_after(self, name: str, index: int) -> int | None:
        """At most how many pods a ReplicaSet was to have just after the step at `index`; None if nothing bounds it."""
        later = None
        for position in range(len(self.scalings) - 1, -1, -1):
            step = self.scalings[position]
            if step.replica_set == name:
                if position <= index:
                    return step.to
                later = step
        if later is not None:
            return later.was if later.was is not None else later.to - 1 if later.up else None
        own = self.sets.get(name)
        return own.replicas if own else None

    def _is_aborted(self, rollout: DeploymentRollout, at: Moment) -> bool:
        """Whether a rollout had been given up by then, so that its pods are taken away again."""
        states = self.deployment.states if self.deployment else ()
        aborts = [state.at for state in states if state.kind == Kind.ROLLOUT_ABORTED]
        aborts += [record.first for record in self.records if record.reason == "RolloutAborted"]
        return any(rollout.covers(abort) and abort.earliest <= at.latest for abort in aborts)


def deployment_histories(inventory: Inventory, records: Iterable[Record]) -> Iterator[DeploymentHistory]:
    """One DeploymentHistory per Deployment that anything is known of, sorted by namespace and workload."""
    sets: dict[Key, dict[str, ReplicaSet]] = {key: {} for key in inventory.deployments}
    scaled: dict[Key, list[Record]] = {}
    others: dict[Key, list[Record]] = {}
    for own in inventory.replica_sets.values():
        sets.setdefault((own.key[0], own.workload), {})[own.key[1]] = own
    records = list(records)
    for record in records:
        if record.kind in ROLLERS:
            of = scaled if record.reason == "ScalingReplicaSet" else others
            of.setdefault((record.about_namespace, f"{record.kind}/{record.about}"), []).append(record)
    stepped = {key: with_sizes(scalings(ours), key[0], inventory.sizes) for key, ours in scaled.items()}
    unnumbered = {(key[0], step.replica_set) for key, steps in stepped.items() for step in steps if step.was is None}
    unnumbered -= inventory.replica_sets.keys()
    of_pods = _of_pods(records, unnumbered) if unnumbered else {}
    for key in sorted({*sets, *scaled, *others}):
        ours = dict(sorted(sets.get(key, {}).items()))
        steps = from_nothing(key[0], stepped.get(key, ()), of_pods)
        rest = others.get(key, ())
        found = _rollouts(ours, steps, _returns(ours, rest))
        found += _expired_return(inventory, ours, found)
        yield DeploymentHistory(*key, inventory.deployments.get(key), ours, steps, _chained(ours, found), rest)


def _of_pods(records: Iterable[Record], owners: Collection[Key]) -> Mapping[Key, Sequence[Record]]:
    """The Event objects about the pods of these ReplicaSets, which are named after them."""
    found: dict[Key, list[Record]] = {}
    for record in records:
        owner = (record.about_namespace, record.pod.rpartition("-")[0])
        if owner in owners:
            found.setdefault(owner, []).append(record)
    return found


def _returns(sets: Sets, record: Iterable[Record]) -> Iterator[DeploymentRollout]:
    """The returns that the controller of Argo Rollouts itself records, by the new revision number."""
    back = {number: name for name, own in sets.items() for number in own.revisions[1:]}
    for update in record:
        match = _UPDATED.fullmatch(update.message) if update.reason == "RolloutUpdated" else None
        number = integer(match[1]) if match else None
        if number in back:
            yield DeploymentRollout(back[number], update.first, rollback=True, trigger=None, revision=number)


def _rollouts(sets: Sets, steps: Sequence[Scaling], reported: Iterable[DeploymentRollout]) -> list[DeploymentRollout]:
    """In order; their revisions are a first guess. Those that were `reported` need not be found."""
    births = [
        DeploymentRollout(name, own.created, rollback=False, trigger=None, revision=min(own.revisions, default=0))
        for name, own in sets.items()
        if own.created
    ]
    marks: list[tuple[Moment, int, str, DeploymentRollout | Scaling]] = [
        (known.start, known.revision or 0, known.new, known) for known in (*births, *reported)
    ]
    marks += [(step.at, _NONE_LATER + index, step.replica_set, step) for index, step in enumerate(steps) if step.up]
    found: list[DeploymentRollout] = []
    for at, _, name, step in sorted(marks, key=lambda mark: mark[:3]):
        wanted = found[-1] if found else None
        if isinstance(step, DeploymentRollout):
            found.append(step)
        elif name not in sets:
            # Deleted since, or only Events are known. It came for this step if it had no pods before, or if it takes
            # over from another; and came back if an earlier step names it.
            others = [s for s in steps if s.replica_set != name and s.at >= at]
            over = step.was is None and bool(others) and not others[0].up
            begins = (wanted is None or wanted.new != name) and (step.was == 0 or over)
            if begins and not _from_zero(steps, step):
                before = any(s.replica_set == name and s.at < at for s in steps)
                found.append(DeploymentRollout(name, at, rollback=before, trigger=step))
        else:
            revision = _returned(sets, steps, wanted, step)
            if revision is not None:
                found.append(DeploymentRollout(name, at, rollback=True, trigger=step, revision=revision))
    return found


def _from_zero(steps: Sequence[Scaling], step: Scaling) -> bool:
    """Whether a ReplicaSet gets back the pods that it had lost to nobody: the Deployment itself was scaled to zero."""
    before = steps[: steps.index(step)]
    own = [other for other in before if other.replica_set == step.replica_set]
    if not own or own[-1].up or own[-1].to:
        return False
    since = own[-1].at.earliest - _LAST_STEP
    taken = any(s.up and s.replica_set != step.replica_set and s.at.latest >= since for s in before)
    after = [s for s in steps[len(before) :] if s.replica_set != step.replica_set]
    return not taken and (not after or after[0].up)


def _returned(sets: Sets, steps: Sequence[Scaling], wanted: DeploymentRollout | None, step: Scaling) -> int | None:
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
    replaced = any(start <= at and (end is None or at < end) for at in losses)
    holding = not later and any(other.replicas for other in sets.values() if other is not own)
    return min(returns) if returns and (replaced or holding) else None


def _was_not_wanted(steps: Sequence[Scaling], wanted: DeploymentRollout, step: Scaling) -> bool:
    """Whether the ReplicaSet that seems to be wanted was not before this step, because another one had come back
    and the Events of that have expired. Then those of its own rollout have, too, and the other one loses pods first.
    """
    expired = wanted.trigger is None and wanted.start.earliest + _FIRST_PODS < steps[0].at.earliest
    first = next((s for s in steps[steps.index(step) :] if not s.up), None)
    return expired and first is not None and first.replica_set != wanted.new


def _expired_return(inventory: Inventory, sets: Sets, found: Sequence[DeploymentRollout]) -> list[DeploymentRollout]:
    """The return of the ReplicaSet that has the newest revision, if the Event that showed it has expired.

    It was after the start of what it replaced, and before the oldest of its pods that is younger than that. Pods
    from after the completion show nothing: they stand in for others.
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
    return [DeploymentRollout(newest.key[1], min(made), rollback=True, trigger=None, not_before=start)]


def _chained(sets: Sets, found: Sequence[DeploymentRollout]) -> list[DeploymentRollout]:
    """The rollouts with their revision, what they replaced and their end.

    Revisions are given from the last backwards: the newest number of a ReplicaSet belongs to its latest return.
    """
    owners = {number: name for name, own in sets.items() for number in own.revisions}
    chained: list[DeploymentRollout] = []
    ceiling, end = _NONE_LATER, None
    for index in range(len(found) - 1, -1, -1):
        rollout = found[index]
        own = sets[rollout.new].revisions if rollout.new in sets else ()
        numbers = [number for number in own[1:] if number < ceiling] if rollout.rollback else own[:1]
        revision = max(numbers, default=None)
        previous = found[index - 1].new if index else ""
        if revision is not None:
            ceiling = revision
            # What had the number before: right also where the Event of its return has expired.
            older = max((number for number in owners if number < revision), default=None)
            previous = owners[older] if older is not None else previous
        chained.append(replace(rollout, revision=revision, replaces=previous, end=end))
        end = rollout.start.earliest
    return chained[::-1]
