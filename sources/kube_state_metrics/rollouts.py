"""Rollouts and rollbacks of a Deployment, from the number of pods that each of its ReplicaSets was to have.

A rollout begins when a ReplicaSet without pods takes over: a new one, or an old one that is adopted again, which is a
rollback. In a rollback, the old ReplicaSet may also still have pods.
"""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from sources.cluster.inventory import Key
from sources.fact import Moment
from sources.kube_state_metrics.inventory import ReplicaSet
from sources.kube_state_metrics.sampled_pods import Pod
from sources.kube_state_metrics.states import SKEW, Step, second, within
from sources.promql.series import instant


class SampledRollout(Struct, frozen=True):
    """One change of the ReplicaSet that a Deployment wants; times are Unix seconds."""

    new: ReplicaSet
    replaces: ReplicaSet | None
    start: Moment
    at: datetime | None
    """The most likely time within `start`, if it is not the middle."""
    by: float
    """The time of the sample that showed it."""
    rollback: bool
    end: float | None = None
    """When the next rollout was seen."""

    def covers(self, time: float) -> bool:
        """Whether a sample is from after the rollout was seen, and before the next one was."""
        return self.by <= time and (self.end is None or time < self.end)


def sampled_rollouts(sets: Sequence[ReplicaSet], pods: Sequence[Pod], start: float) -> list[SampledRollout]:
    """All rollouts of one Deployment since `start`, the beginning of the samples, in order."""
    wanted = _wanted_at_first(sets, start)
    had_pods = {wanted.key} if wanted else set[Key]()
    found: list[SampledRollout] = []
    for step, own in _steps(sets, start):
        if wanted is None and not _born_since(own, start) and step.was == 0:
            # No ReplicaSet had pods before, so this is no rollout: the Deployment had been scaled to zero.
            wanted = own
            had_pods.add(own.key)
            continue
        taking = _takes_over(step, own, wanted, sets)
        if taking is None:
            continue
        after = step if taking is own or wanted is None else _first_fall(wanted, found, step)
        rollback = taking.key in had_pods or (wanted is not None and _older(taking, wanted))
        when, at = _start(taking, after, pods, rollback=rollback)
        if found:
            found[-1] = replace(found[-1], end=after.by)
        found.append(SampledRollout(taking, wanted, when, at, after.by, rollback))
        wanted = taking
        had_pods.add(taking.key)
    return found


def _wanted_at_first(sets: Sequence[ReplicaSet], start: float) -> ReplicaSet | None:
    """The youngest ReplicaSet with pods when the samples begin."""
    begun = [own for own in sets if own.replicas.values[0] > 0 and not _born_since(own, start)]
    return max(begun, key=lambda own: (own.created or 0.0, own.key), default=None)


def _steps(sets: Sequence[ReplicaSet], start: float) -> list[tuple[Step, ReplicaSet]]:
    """Every change of a ReplicaSet's wanted pods; of changes in the same sample, increases come first."""
    steps = [(step, own) for own in sets for step in own.replicas.steps()]
    for own in sets:
        if _born_since(own, start) and own.created is not None and own.replicas.values[0] > 0:
            by = float(own.replicas.times[0])
            steps.append((Step(min(own.created, by), by, 0, float(own.replicas.values[0])), own))
    return sorted(steps, key=lambda each: (each[0].by, each[0].now < each[0].was, each[1].created or 0.0, each[1].key))


def _takes_over(
    step: Step, own: ReplicaSet, wanted: ReplicaSet | None, sets: Sequence[ReplicaSet]
) -> ReplicaSet | None:
    """The ReplicaSet that is wanted from this step on; None if it is the same as before."""
    if own is not wanted and step.now > step.was:
        # If a Deployment is scaled in the middle of a rollout, old ReplicaSets grow as well; but so does the new one.
        return own if step.was == 0 or wanted is None or _only_falls(wanted, step.by) else None
    if own is wanted and step.now == 0:
        others = [other for other in sets if other is not own and (other.replicas.at(step.by) or 0) > 0]
        return max(others, key=lambda other: (other.replicas.at(step.by) or 0, other.key), default=None)
    return None


def _only_falls(wanted: ReplicaSet, since: float) -> bool:
    """Whether it loses all its pods without getting any more."""
    steps = [step for step in wanted.replicas.steps() if step.by >= since]
    falls = all(step.now < step.was for step in steps)
    return falls and wanted.replicas.at(steps[-1].by if steps else since) == 0


def _first_fall(wanted: ReplicaSet, found: Sequence[SampledRollout], last: Step) -> Step:
    """The step with which a ReplicaSet that was replaced began to lose its pods."""
    since = found[-1].by if found else 0.0
    steps = [step for step in wanted.replicas.steps() if since < step.by <= last.by]
    grown = max((step.by for step in steps if step.now > step.was), default=since)
    return next((step for step in steps if step.by > grown), last)


def _start(taking: ReplicaSet, step: Step, pods: Sequence[Pod], *, rollback: bool) -> tuple[Moment, datetime | None]:
    """The start of a rollout: the creation of the ReplicaSet, to the second; for an old one, that of its first pod."""
    if not rollback and taking.created is not None and taking.created >= step.last - SKEW:
        return second(taking.created), None
    made = [pod.created for pod in pods if pod.owner == ("ReplicaSet", taking.key[1])]
    first = min((at for at in made if step.last - SKEW <= at <= step.by), default=None)
    if first is None:
        return within(step.last, step.by), None
    # Pods are made once the ReplicaSet has been scaled, in the same second unless something holds them up.
    return Moment(instant(min(step.last, first)), second(first).latest), instant(first)


def _born_since(own: ReplicaSet, start: float) -> bool:
    return own.created is not None and own.created >= start


def _older(one: ReplicaSet, other: ReplicaSet) -> bool:
    """Whether `one` was made before `other`; False if unknown."""
    return one.created is not None and other.created is not None and one.created < other.created
