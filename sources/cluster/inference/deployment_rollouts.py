"""The rollouts of a Deployment, found in its ReplicaSets and in the steps of its controller.

A rollout begins when the Deployment wants another ReplicaSet. Either that ReplicaSet is made for it, and its
creationTimestamp is the start. Or it existed before and is adopted again (`kubectl rollout undo`, or a revert to an
equal template): then it keeps its old creationTimestamp, gets a new revision number, and the old number goes to its
revision-history. Only the Event that scaled it up shows when that happened.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from collector.event import SECOND
from sources.cluster.event_objects import Record
from sources.cluster.fields import integer
from sources.cluster.inference.revision_numbers import undoing
from sources.cluster.inference.scaling import Scaling
from sources.cluster.inference.takeovers import PodChanges, returns
from sources.cluster.inventory import Inventory, ReplicaSet
from sources.cluster.rollout_states import RolloutState
from sources.fact import Moment

SKEW = timedelta(seconds=5)
"""The largest difference between the clocks of the API server and the controllers."""
FIRST_PODS = timedelta(minutes=10)
"""A new ReplicaSet gets its first pods within this time; in a roll-over it waits for the pods of the previous one."""
LAST_STEP = timedelta(seconds=10)
"""The last pods of a rollout may be made this long after the last old pods went."""
_NONE_LATER = 2**32
_UPDATED = re.compile(r"Rollout updated to revision (\d+)", re.ASCII)
Sets: TypeAlias = Mapping[str, ReplicaSet]
"""All ReplicaSets of one Deployment, by name."""


class DeploymentRollout(Struct, frozen=True):
    """One change of the ReplicaSet that a Deployment wants."""

    new: str
    start: Moment
    rollback: bool
    """Whether the ReplicaSet had existed before."""
    trigger: Scaling | None
    """The step that shows the start, if the creation of the ReplicaSet does not."""
    revision: int | None = None
    replaces: str = ""
    """Name of the ReplicaSet that was wanted before."""
    end: datetime | None = None
    """When the next rollout starts."""
    undoes_rollback: bool = False
    """Whether it is a rollback of a rollback: the version that was rolled back is deployed once more."""
    not_before: datetime | None = None
    """The earliest possible start, if `start` is only the latest possible one."""

    def covers(self, at: Moment) -> bool:
        """Whether `at` is after its start and before the next rollout."""
        return self.start.earliest - SKEW <= at.earliest and (self.end is None or at.earliest < self.end)


def find_rollouts(
    inventory: Inventory,
    sets: Sets,
    steps: Sequence[Scaling],
    records: Sequence[Record],
    pods: Mapping[str, PodChanges] = {},
) -> list[DeploymentRollout]:
    """All rollouts of one Deployment, in order, from its ReplicaSets, its controller's Events and the pods' changes."""
    found = _rollouts(sets, steps, _returns(sets, records))
    found = _with_hidden_returns(sets, found, pods)
    found += _expired_return(inventory, sets, found)
    return _chained(sets, found)


def _with_hidden_returns(
    sets: Sets, found: list[DeploymentRollout], pods: Mapping[str, PodChanges]
) -> list[DeploymentRollout]:
    """The same rollouts, plus returns that only the pods show, or of which only a late step is known."""
    numbers = {number: name for name, own in sets.items() for number in own.revisions}
    unknown = sum(each.rollback for each in found) < len(numbers) - len(sets)
    if not unknown and not any(each.trigger and each.trigger.record.similar for each in found):
        return found
    for number, at in returns(pods, numbers):
        name = numbers[number]
        following = (each.start for each in found if each.new != name and each.start > at)
        end = min(following, default=None)
        same = [each for each in found if each.new == name and each.rollback and (end is None or each.start < end)]
        theirs = [each for each in same if each.start.latest >= at.earliest - SECOND]
        if not any(each.start.earliest <= at.latest for each in theirs):
            shown = DeploymentRollout(name, at, rollback=True, trigger=None, revision=number)
            found = sorted([*(each for each in found if each not in theirs), shown], key=lambda each: each.start)
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
    """The rollouts in order; their revisions are a first guess. Those that were `reported` are not searched for."""
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
            # The ReplicaSet was deleted, or only Events show it. This step begins its rollout if it had no pods before,
            # or if it takes over from another one. It came back if an earlier step names it.
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
    """Whether a ReplicaSet regains pods that it lost to no other one: the Deployment itself was scaled to zero."""
    before = steps[: steps.index(step)]
    own = [other for other in before if other.replica_set == step.replica_set]
    if not own or own[-1].up or own[-1].to:
        return False
    since = own[-1].at.earliest - LAST_STEP
    taken = any(s.up and s.replica_set != step.replica_set and s.at.latest >= since for s in before)
    after = [s for s in steps[len(before) :] if s.replica_set != step.replica_set]
    return not taken and (not after or after[0].up)


def _returned(sets: Sets, steps: Sequence[Scaling], wanted: DeploymentRollout | None, step: Scaling) -> int | None:
    """The revision with which an old ReplicaSet came back; None if the step belongs to a rollout or an autoscaler.

    Two things must hold. Its revision numbers show that it came back after the ReplicaSet `wanted` until then, and
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
    start = wanted.start.earliest - SKEW if wanted else step.at.earliest - FIRST_PODS
    end = min((other.created.earliest for other in later if other.created), default=None)
    losses = [s.at.earliest for s in steps if not s.up and s.replica_set != own.key[1]]
    replaced = any(start <= at and (end is None or at < end) for at in losses)
    holding = not later and any(other.replicas for other in sets.values() if other is not own)
    return min(returns) if returns and (replaced or holding) else None


def _was_not_wanted(steps: Sequence[Scaling], wanted: DeploymentRollout, step: Scaling) -> bool:
    """Whether the ReplicaSet that seems to be wanted was in fact not wanted before this step.

    Another one had come back, and the Events of that have expired. Then those of the wanted one's own rollout have
    expired too, and the other one loses pods first.
    """
    expired = wanted.trigger is None and wanted.start.earliest + FIRST_PODS < steps[0].at.earliest
    first = next((s for s in steps[steps.index(step) :] if not s.up), None)
    return expired and first is not None and first.replica_set != wanted.new


def _expired_return(inventory: Inventory, sets: Sets, found: Sequence[DeploymentRollout]) -> list[DeploymentRollout]:
    """The return of the ReplicaSet with the newest revision, if the Event that showed the return has expired.

    It came after the start of the rollout that it replaced, and before the creation of the oldest of its pods that is
    younger than that start. Pods from after the completion show nothing: they replace lost ones.
    """
    newest = max(sets.values(), key=lambda own: own.revisions[-1:], default=None)
    before = found[-1] if found else None
    if newest is None or before is None or before.new == newest.key[1] or len(newest.revisions) < 2:
        return []
    deployment = inventory.deployments.get((newest.key[0], newest.workload))
    completions = [s.at for s in deployment.states if s.what == RolloutState.COMPLETED] if deployment else []
    completed = max(completions, default=None)
    pods = [pod.created for pod in inventory.owned(newest.key[0], "ReplicaSet", newest.key[1])]
    made = [at for at in pods if at and at > before.start and (completed is None or at <= completed)]
    if not made:
        return []
    start = before.start.earliest
    return [DeploymentRollout(newest.key[1], min(made), rollback=True, trigger=None, not_before=start)]


def _chained(sets: Sets, rollouts: Sequence[DeploymentRollout]) -> list[DeploymentRollout]:
    """The rollouts with their revision, the ReplicaSet they replaced, and their end.

    Revisions are assigned from the last rollout backwards: the newest number of a ReplicaSet belongs to its latest
    return.
    """
    owners = {number: name for name, own in sets.items() for number in own.revisions}
    chained: list[DeploymentRollout] = []
    ceiling, end = _NONE_LATER, None
    for index in range(len(rollouts) - 1, -1, -1):
        rollout = rollouts[index]
        own = sets[rollout.new].revisions if rollout.new in sets else ()
        numbers = [number for number in own[1:] if number < ceiling] if rollout.rollback else own[:1]
        revision = max(numbers, default=None)
        previous = rollouts[index - 1].new if index else ""
        if revision is not None:
            ceiling = revision
            # The ReplicaSet with the number before: right even if the Event of its return has expired.
            older = max((number for number in owners if number < revision), default=None)
            previous = owners[older] if older is not None else previous
        chained.append(replace(rollout, revision=revision, replaces=previous, end=end))
        end = rollout.start.earliest
    undone = undoing(owners)
    return [replace(rollout, undoes_rollback=rollout.revision in undone) for rollout in reversed(chained)]
