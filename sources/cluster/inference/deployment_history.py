"""The history of a Deployment: its ReplicaSets, its rollouts, and the scaling steps of its controller."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from enum import Enum, auto

from msgspec import Struct

from sources.cluster.event_objects import Record
from sources.cluster.inference.deployment_rollouts import (
    FIRST_PODS,
    LAST_STEP,
    SKEW,
    DeploymentRollout,
    Sets,
    find_rollouts,
)
from sources.cluster.inference.scaling import Scaling, from_nothing, scalings, with_sizes
from sources.cluster.inference.takeovers import pod_changes
from sources.cluster.inventory import WITH_REPLICA_SETS, Deployment, Inventory, Key, ReplicaSet
from sources.cluster.rollout_states import RolloutState, State
from sources.fact import Moment

_LONGEST_GRACE = timedelta(minutes=2)
"""Pods that are all removed before new ones are made are gone within this time."""


class Purpose(Enum):
    """The purpose of scaling a ReplicaSet."""

    START = auto()
    """The scaling begins a rollout."""
    PART = auto()
    """The scaling is part of a rollout."""
    SIZE = auto()
    """Only the number of pods changes."""


class DeploymentHistory(Struct, frozen=True):
    """Everything known about the rollouts of one Deployment, each list in the order of time."""

    namespace: str
    workload: str
    """`Deployment/checkout`."""
    deployment: Deployment | None
    sets: Sets
    scalings: Sequence[Scaling]
    rollouts: Sequence[DeploymentRollout]
    records: Sequence[Record] = ()
    """Other Events that its controller recorded; the Argo Rollouts controller records pauses, aborts and ends."""

    @property
    def name(self) -> str:
        """Name of the Deployment."""
        return self.workload.partition("/")[2]

    def reported_of(self, state: State, rollout: DeploymentRollout) -> bool:
        """Whether the status reported `state` for that rollout: decided by the ReplicaSet it names, else by its time.

        A status may be written in the very second in which the next rollout begins, and the stamps are cut to seconds.
        """
        if state.replica_set:
            same = [each for each in self.rollouts if each.new == state.replica_set]
            begun = [each for each in same if each.start.earliest <= state.at.latest]
            return begun[-1:] == [rollout]
        # A condition from before the start of the latest rollout has not been updated yet.
        began = state.at.latest >= rollout.start.earliest
        return began and (rollout.end is None or state.at.earliest < rollout.end)

    def rollout(self, at: Moment) -> DeploymentRollout | None:
        """The rollout under way at that time, or the last one before it."""
        started = [each for each in self.rollouts if each.start.earliest - SKEW <= at.earliest]
        return started[-1] if started else None

    def steps(self, rollout: DeploymentRollout) -> list[Scaling]:
        """The scalings from the start of a rollout to the start of the next."""
        return [step for step in self.scalings if step is rollout.trigger or rollout.covers(step.at)]

    def expired(self, rollout: DeploymentRollout) -> bool:
        """Whether the rollout began long before the first step that is still known."""
        return not self.scalings or rollout.start.earliest + FIRST_PODS < self.scalings[0].at.earliest

    def purpose(self, step: Scaling) -> tuple[Purpose, DeploymentRollout | None]:
        """The purpose of a scaling, and the rollout that it belongs to."""
        rollout = next((each for each in self.rollouts if each.trigger is step), None) or self.rollout(step.at)
        if self.recreates(step):
            return Purpose.PART, rollout
        if rollout is None:
            return Purpose.SIZE, None
        if rollout.trigger is step:
            return Purpose.START, rollout
        steps = self.steps(rollout)
        if self.expired(rollout) and all(s.replica_set != rollout.new for s in steps):
            return Purpose.SIZE, None
        if rollout.trigger is None and step is next((s for s in steps if s.up and s.replica_set == rollout.new), None):
            prompt = step.at.earliest - rollout.start.earliest <= FIRST_PODS
            if prompt and step.record.similar:
                # The Event also stands for earlier steps, and may be any of them.
                return Purpose.PART, rollout
            return (Purpose.START if prompt and not step.was else Purpose.SIZE), rollout
        if self.empties(step):
            return Purpose.SIZE, None
        downs = [s.at.latest for s in steps if not s.up and s.replica_set != rollout.new]
        # Old pods that are missing at the start make room for more new ones, even if no Event of their removal is left.
        early = rollout.replaces and not downs and step.up and step.at.earliest <= rollout.start.latest + LAST_STEP
        late = downs and step.at.earliest <= max(downs) + LAST_STEP
        part = early or late or self._is_aborted(rollout, step.at) or self._precedes_completion(rollout, step)
        if step.replica_set != rollout.new or part:
            return Purpose.PART, rollout
        return Purpose.SIZE, rollout

    def empties(self, step: Scaling) -> bool:
        """Whether after this step no ReplicaSet is to have pods: the Deployment is scaled to zero, or torn down.

        In a rollout, an old ReplicaSet loses its last pods to a new one, which has some by then.
        """
        if step.up or step.to or self.recreates(step):
            return False
        index = max(i for i, other in enumerate(self.scalings) if other.at.earliest <= step.at.latest)
        names = {*self.sets, *(other.replica_set for other in self.scalings)}
        return all(self.size_after(name, index) == 0 for name in names)

    def recreates(self, step: Scaling) -> bool:
        """Whether a ReplicaSet loses all its pods before another one gets any: the strategy `Recreate`."""
        if step.up or step.to or (self.deployment and self.deployment.rolling):
            return False
        following = next((other for other in self.scalings if other.up and other.at > step.at), None)
        soon = following is not None and following.at.earliest <= step.at.latest + _LONGEST_GRACE
        return (
            soon and following is not None and following.replica_set != step.replica_set and following.was in (0, None)
        )

    def count_emptied_with(self, step: Scaling) -> int:
        """How many ReplicaSets lost their last pods when the Deployment was scaled to zero by this step."""
        ours = [s for s in self.scalings if not s.up and not s.to]
        return len({s.replica_set for s in ours if abs(s.at.earliest - step.at.earliest) <= LAST_STEP})

    def size_after(self, name: str, index: int) -> int | None:
        """The most pods that a ReplicaSet was to have just after the step at `index`; None if nothing bounds it."""
        until, later = self.scalings[index], None
        for position in range(len(self.scalings) - 1, -1, -1):
            step = self.scalings[position]
            if step.replica_set == name:
                if position <= index and not self._hides_any(step, until):
                    return step.to
                if position <= index and self._hides_any(until, later or self.scalings[-1]):
                    return None
                if position <= index:
                    break
                later = step
        if later is not None:
            return later.was if later.was is not None else later.to - 1 if later.up else None
        own = self.sets.get(name)
        return own.replicas if own else None

    def _hides_any(self, step: Scaling, until: Scaling) -> bool:
        """Whether the controller may have taken further steps between these two that only were counted, in an Event
        that keeps the last of many similar ones.
        """
        return any(
            one.record.similar is not None
            and one.record.similar.earliest <= until.at.latest
            and step.at.latest < one.at.earliest
            for one in self.scalings
        )

    def _precedes_completion(self, rollout: DeploymentRollout, step: Scaling) -> bool:
        """Whether the new ReplicaSet still grows to the size that it had at the completion reported later.

        The recorder drops and combines Events of a Deployment with many steps, so the last removals of old pods may be
        unknown.
        """
        if not (step.up and self.deployment and self.deployment.replicas and step.to <= self.deployment.replicas):
            return False
        states = [state for state in self.deployment.states if state.what == RolloutState.COMPLETED]
        return any(self.reported_of(state, rollout) and step.at.latest < state.at.earliest for state in states)

    def _is_aborted(self, rollout: DeploymentRollout, at: Moment) -> bool:
        """Whether a rollout had been aborted by then, so its pods are removed again."""
        states = self.deployment.states if self.deployment else ()
        aborts = [state.at for state in states if state.what == RolloutState.ABORTED]
        aborts += [record.first for record in self.records if record.reason == "RolloutAborted"]
        return any(rollout.covers(abort) and abort.earliest <= at.latest for abort in aborts)


def deployment_histories(inventory: Inventory, records: Iterable[Record]) -> Iterator[DeploymentHistory]:
    """One DeploymentHistory per known Deployment, sorted by namespace and workload."""
    sets: dict[Key, dict[str, ReplicaSet]] = {key: {} for key in inventory.deployments}
    scaled: dict[Key, list[Record]] = {}
    others: dict[Key, list[Record]] = {}
    for own in inventory.replica_sets.values():
        sets.setdefault((own.key[0], own.workload), {})[own.key[1]] = own
    records = list(records)
    for record in records:
        if record.kind in WITH_REPLICA_SETS:
            of = scaled if record.reason == "ScalingReplicaSet" else others
            of.setdefault((record.about_namespace, f"{record.kind}/{record.about}"), []).append(record)
    stepped = {key: with_sizes(scalings(ours), key[0], inventory.sizes) for key, ours in scaled.items()}
    unnumbered = {(key[0], step.replica_set) for key, steps in stepped.items() for step in steps if step.was is None}
    unnumbered -= inventory.replica_sets.keys()
    of_pods = _of_pods(records, unnumbered) if unnumbered else {}
    returned = {key: ours for key, ours in sets.items() if any(len(own.revisions) > 1 for own in ours.values())}
    changed = pod_changes(inventory, records, [(key[0], name) for key, ours in returned.items() for name in ours])
    for key in sorted({*sets, *scaled, *others}):
        ours = dict(sorted(sets.get(key, {}).items()))
        steps = from_nothing(key[0], stepped.get(key, ()), of_pods)
        rest = others.get(key, ())
        pods = {name: changed[key[0], name] for name in returned.get(key, ())}
        found = find_rollouts(inventory, ours, steps, rest, pods)
        yield DeploymentHistory(*key, inventory.deployments.get(key), ours, steps, found, rest)


def _of_pods(records: Iterable[Record], owners: Collection[Key]) -> Mapping[Key, Sequence[Record]]:
    """The Event objects about the pods of these ReplicaSets, matched by the pods' names."""
    found: dict[Key, list[Record]] = {}
    for record in records:
        owner = (record.about_namespace, record.pod.rpartition("-")[0])
        if owner in owners:
            found.setdefault(owner, []).append(record)
    return found
