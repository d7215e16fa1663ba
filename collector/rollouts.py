"""Rollouts: what one workload went through to run another version, put together from its Facts."""

import itertools
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from collector.event import SECOND, Identity, Kind
from collector.merge import Fact, filled

_STARTS = frozenset({Kind.ROLLOUT_STARTED, Kind.ROLLBACK_STARTED})
_COMPLETIONS = frozenset({Kind.ROLLOUT_COMPLETED, Kind.ROLLBACK_COMPLETED})
HOLDS = frozenset({Kind.ROLLOUT_PAUSED, Kind.ROLLOUT_RESUMED, Kind.ROLLOUT_ABORTED})
_ENDS = frozenset({*_COMPLETIONS, *HOLDS, Kind.ROLLOUT_STUCK})
_PODS = frozenset({Kind.POD_READY, Kind.POD_TERMINATED})
_TERMINATION = timedelta(minutes=2)
"""How long after a rollout's completion its old pods may still be seen to stop."""


@dataclass(slots=True)
class Rollout:
    """One workload, from the start of a rollout to its end, as far as anyone saw it."""

    started: Fact
    until: datetime | None = None
    """When the workload's next rollout starts."""
    next: "Rollout | None" = None
    """That rollout."""
    ready: list[Fact] = field(default_factory=list)
    """One per new pod that was seen to become ready."""
    terminated: list[Fact] = field(default_factory=list)
    """One per old pod."""
    completed: Fact | None = None
    stuck: Fact | None = None
    emptied: datetime | None = None
    """When its workload was scaled to zero before it was complete: what ends then is not replaced by it."""
    holds: list[Fact] = field(default_factory=list)
    """Every time that it was paused, went on, or was aborted; in order."""
    ran_before: bool = False
    """It brings back what had run before, and not just before."""

    @property
    def keys(self) -> Identity:
        """What identifies the version rolled out."""
        keys = self.started.what.keys
        for pod in self.ready:
            keys = filled(keys, Identity(digest=pod.what.keys.digest, version=pod.what.keys.version))
        return keys

    @property
    def replicas(self) -> int:
        """How many pods were wanted, as far as known; at least as many as were seen."""
        facts = [self.started, *self.ready, *([self.completed] if self.completed else [])]
        wanted = (int(fact.what.numbers.get(name, 0)) for fact in facts for name in ("of", "replicas"))
        return max(len(self.ready), *wanted)

    @property
    def facts(self) -> list[Fact]:
        """Everything the rollout is made of."""
        ends = [fact for fact in (self.completed, self.stuck) if fact]
        return [self.started, *self.ready, *self.terminated, *self.holds, *ends]

    @property
    def aborted(self) -> Fact | None:
        """That it was given up, if it was."""
        return next((fact for fact in self.holds if fact.kind == Kind.ROLLOUT_ABORTED), None)

    def under_way(self, moment: datetime) -> bool:
        """Whether `moment` is after its start and before the next rollout of the workload."""
        return self.started.what.earliest - SECOND <= moment and (self.until is None or moment < self.until)


def rollouts(facts: Iterable[Fact]) -> list[Rollout]:
    """All rollouts told of by `facts` (in order), with the pods and completions that belong to them, in order."""
    facts = list(facts)
    found: dict[tuple[str, ...], list[Rollout]] = {}
    for fact in facts:
        if fact.kind in _STARTS:
            found.setdefault(_workload(fact), []).append(Rollout(fact))
    for ours in found.values():
        # Stamps are to the second; of what started within one, the controller's count tells the order.
        ours.sort(key=lambda rollout: (rollout.started.what.at, _revision(rollout)))
        for earlier, later in itertools.pairwise(ours):
            earlier.until, earlier.next = later.started.what.at, later
        _recognise_returns(ours)
    for fact in (one for one in facts if one.kind in _ENDS):
        _add_end(fact, found.get(_workload(fact), ()))
    for fact in (one for one in facts if one.kind == Kind.SCALED and one.what.numbers.get("replicas") == 0):
        for rollout in found.get(_workload(fact), ()):
            if rollout.under_way(fact.what.at) and not rollout.completed:
                rollout.emptied = rollout.emptied or fact.what.earliest
    for fact in (one for one in facts if one.kind in _PODS):
        _add_pod(fact, found.get(_workload(fact), ()))
    every = [rollout for ours in found.values() for rollout in ours]
    return sorted(every, key=lambda rollout: (rollout.started.what.at, _workload(rollout.started)))


def same_version(one: Identity, other: Identity) -> bool:
    """Whether both surely name the same version: by digest, else by version, else by commit."""
    if one.digest and other.digest:
        return one.digest == other.digest
    if one.version and other.version:
        return one.version == other.version
    return same_commit(one.commit, other.commit)


def same_commit(one: str, other: str) -> bool:
    """Whether both are known and one abbreviates the other."""
    return min(len(one), len(other)) >= 7 and (one.startswith(other) or other.startswith(one))


def _workload(fact: Fact) -> tuple[str, ...]:
    subject = fact.what.subject
    return (subject.cluster, subject.namespace, subject.workload)


def _revision(rollout: Rollout) -> int:
    """Its number as the controller counts; 0 if that is not known."""
    digits = rollout.started.what.keys.revision
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) < 10 else 0


def _recognise_returns(ours: list[Rollout]) -> None:
    for index, rollout in enumerate(ours):
        before = ours[:index]
        again = bool(before) and same_version(before[-1].keys, rollout.keys)
        returned = any(same_version(earlier.keys, rollout.keys) for earlier in before[:-1])
        rollout.ran_before = rollout.started.kind == Kind.ROLLBACK_STARTED or (returned and not again)


def _add_end(fact: Fact, ours: Iterable[Rollout]) -> None:
    keys = fact.what.keys
    for rollout in ours:
        ours_set = rollout.started.what.keys.replica_set
        named = bool(keys.replica_set) and keys.replica_set == ours_set
        # Stamps are cut to seconds: the next rollout may begin in the second in which this one ends.
        last = named and rollout.until is not None and rollout.until <= fact.what.at < rollout.until + SECOND
        if not (rollout.under_way(fact.what.at) or (last and fact.kind in _COMPLETIONS)):
            continue
        if keys.replica_set and ours_set and not named:
            continue
        done = rollout.completed.what.latest if rollout.completed else None
        if fact.kind in HOLDS:
            # What is paused when it is complete waits for its next rollout.
            rollout.holds += [fact] if done is None or fact.what.at < done else []
        elif fact.kind == Kind.ROLLOUT_STUCK:
            rollout.stuck = rollout.stuck or fact
        else:
            rollout.completed = rollout.completed or fact


def _add_pod(fact: Fact, ours: Iterable[Rollout]) -> None:
    at = fact.what.at
    for rollout in ours:
        if not rollout.under_way(at) and not _last_of_it(fact, rollout):
            continue
        if rollout.emptied and at >= rollout.emptied:
            continue
        end = rollout.completed.what.latest if rollout.completed else at
        new = _is_new(fact.what.keys, rollout.started.what.keys)
        known = bool(fact.what.keys.replica_set or fact.what.keys.version)
        # A pod that becomes ready after the completion recovers from something else.
        if fact.kind == Kind.POD_READY and new and at <= end:
            rollout.ready.append(fact)
        elif fact.kind == Kind.POD_TERMINATED and not (new and known) and at <= end + _TERMINATION:
            rollout.terminated.append(fact)


def _last_of_it(fact: Fact, rollout: Rollout) -> bool:
    """Whether a pod was removed in the second in which the next rollout started, which removes none of that kind."""
    own, following = fact.what.keys.replica_set, rollout.next
    if fact.kind != Kind.POD_TERMINATED or not own or following is None:
        return False
    begun = following.started.what
    return own == begun.keys.replica_set and begun.at <= fact.what.at <= begun.at + SECOND


def _is_new(pod: Identity, wanted: Identity) -> bool:
    """Whether a pod is of what is rolled out. Where nothing names that, its version tells."""
    if pod.replica_set or wanted.replica_set or not (pod.version and wanted.version):
        return pod.replica_set == wanted.replica_set
    return same_version(pod, wanted)
