"""Rollouts: one workload on its way from one version to the next, put together from what was seen of it."""

import itertools
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from collector.event import SECOND, Identity, Kind
from collector.merge import Occurrence, filled
from collector.stories.identity import same_version

STARTS = frozenset({Kind.ROLLOUT_STARTED, Kind.ROLLBACK_STARTED})
COMPLETIONS = frozenset({Kind.ROLLOUT_COMPLETED, Kind.ROLLBACK_COMPLETED})
HOLDS = frozenset({Kind.ROLLOUT_PAUSED, Kind.ROLLOUT_RESUMED, Kind.ROLLOUT_ABORTED})
_ENDS = frozenset({*COMPLETIONS, *HOLDS, Kind.ROLLOUT_STUCK})
_PODS = frozenset({Kind.POD_READY, Kind.POD_TERMINATED})
_EMPTIED = frozenset({Kind.SCALED, Kind.WORKLOAD_DELETED})
KINDS = frozenset({*STARTS, *_ENDS, *_PODS, *_EMPTIED})
"""What rollouts are made of."""
_TERMINATION = timedelta(minutes=2)
"""How long after a rollout's completion its old pods may still be seen to stop."""
_REMEMBERED = 100
"""So many versions back a rollback may go."""


@dataclass(slots=True)
class Rollout:
    """One workload, from the start of a rollout to its end, as far as anyone saw it. Grows while it is built."""

    started: Occurrence
    until: datetime | None = None
    """When the workload's next rollout starts."""
    next: "Rollout | None" = None
    """That rollout."""
    ready: list[Occurrence] = field(default_factory=list)
    """One per new pod that was seen to become ready."""
    terminated: list[Occurrence] = field(default_factory=list)
    """One per old pod."""
    completed: Occurrence | None = None
    stuck: Occurrence | None = None
    holds: list[Occurrence] = field(default_factory=list)
    """Every time that it was paused, went on, or was aborted; in order."""
    emptied: datetime | None = None
    """When its workload was scaled to zero, or deleted, before it was complete: what ends then it does not replace."""
    ran_before: bool = False
    """It brings back what had run before, and not just before."""

    @property
    def keys(self) -> Identity:
        """What identifies the version rolled out."""
        keys = self.started.best.keys
        for pod in self.ready:
            keys = filled(keys, Identity(digest=pod.best.keys.digest, version=pod.best.keys.version))
        return keys

    @property
    def replicas(self) -> int:
        """How many pods were wanted, as far as known; at least as many as were seen."""
        ours = [self.started, *self.ready, *([self.completed] if self.completed else [])]
        wanted = (int(one.best.numbers.get(name, 0)) for one in ours for name in ("of", "replicas"))
        return max(len(self.ready), *wanted)

    @property
    def aborted(self) -> Occurrence | None:
        """That it was given up, if it was."""
        return next((one for one in self.holds if one.kind == Kind.ROLLOUT_ABORTED), None)

    @property
    def ran(self) -> bool:
        """Whether what it rolled out may have served anybody: it did not plainly fail."""
        return bool(self.completed or self.ready) or not (self.stuck or self.aborted)

    def under_way(self, moment: datetime) -> bool:
        """Whether `moment` is after its start and before the next rollout of the workload."""
        return self.started.best.earliest - SECOND <= moment and (self.until is None or moment < self.until)


def rollouts(occurrences: Iterable[Occurrence]) -> list[Rollout]:
    """All rollouts among the Occurrences (in order), with the pods and completions that belong to them, in order."""
    by_workload: dict[tuple[str, ...], list[Occurrence]] = {}
    for one in occurrences:
        if one.kind in KINDS:
            by_workload.setdefault(workload(one), []).append(one)
    every = [rollout for seen in by_workload.values() for rollout in _of_workload(seen)]
    return sorted(every, key=lambda rollout: (rollout.started.best.at, workload(rollout.started)))


def _of_workload(seen: Sequence[Occurrence]) -> list[Rollout]:
    ours = [Rollout(one) for one in seen if one.kind in STARTS]
    if not ours:
        return []
    # Stamps are to the second; of what started within one, the controller's count gives the order.
    ours.sort(key=lambda rollout: (rollout.started.best.at, _revision(rollout)))
    for earlier, later in itertools.pairwise(ours):
        earlier.until, earlier.next = later.started.best.at, later
    starts = [rollout.started.best.at for rollout in ours]
    for kinds, add in ((_ENDS, _add_end), (_EMPTIED, _add_emptied), (_PODS, _add_pod)):
        for one in seen:
            if one.kind in kinds:
                add(one, _around(one.best.at, ours, starts))
    _recognise_returns(ours)
    return ours


def workload(one: Occurrence) -> tuple[str, ...]:
    """Which workload it is about: cluster, namespace, `Kind/name`."""
    subject = one.best.subject
    return (subject.cluster, subject.namespace, subject.workload)


def _revision(rollout: Rollout) -> int:
    """Its number as the controller counts; 0 if that is not known."""
    digits = rollout.started.best.keys.revision
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) < 10 else 0


def _recognise_returns(ours: list[Rollout]) -> None:
    for index, rollout in enumerate(ours):
        before = ours[max(0, index - _REMEMBERED) : index]
        again = bool(before) and same_version(before[-1].keys, rollout.keys)
        returned = any(earlier.ran and same_version(earlier.keys, rollout.keys) for earlier in before[:-1])
        rollout.ran_before = rollout.started.kind == Kind.ROLLBACK_STARTED or (returned and not again)


def _around(moment: datetime, ours: Sequence[Rollout], starts: Sequence[datetime]) -> Sequence[Rollout]:
    """Those that may be under way at that time."""
    next_ = bisect_right(starts, moment)
    return ours[max(0, next_ - 2) : next_ + 2]


def _add_emptied(one: Occurrence, ours: Iterable[Rollout]) -> None:
    if one.kind == Kind.SCALED and one.best.numbers.get("replicas") != 0:
        return
    for rollout in ours:
        if rollout.under_way(one.best.at) and not rollout.completed:
            rollout.emptied = min(rollout.emptied or one.best.earliest, one.best.earliest)


def _add_end(one: Occurrence, ours: Iterable[Rollout]) -> None:
    keys = one.best.keys
    for rollout in ours:
        own_set = rollout.started.best.keys.replica_set
        named = bool(keys.replica_set) and keys.replica_set == own_set
        # Stamps are cut to seconds: the next rollout may begin in the second in which this one ends.
        last = named and rollout.until is not None and rollout.until <= one.best.at < rollout.until + SECOND
        if not (rollout.under_way(one.best.at) or (last and one.kind in COMPLETIONS)):
            continue
        if keys.replica_set and own_set and not named:
            continue
        done = rollout.completed.best.latest if rollout.completed else None
        if one.kind in HOLDS:
            # What is paused when it is complete waits for its next rollout.
            rollout.holds += [one] if done is None or one.best.at < done else []
        elif one.kind == Kind.ROLLOUT_STUCK:
            rollout.stuck = rollout.stuck or one
        elif one.best.latest > rollout.started.best.earliest:
            # What ended before it began was the end of another one.
            rollout.completed = rollout.completed or one


def _add_pod(one: Occurrence, ours: Iterable[Rollout]) -> None:
    at = one.best.at
    for rollout in ours:
        if not rollout.under_way(at) and not _last_of_it(one, rollout):
            continue
        if rollout.emptied and at >= rollout.emptied:
            continue
        end = rollout.completed.best.latest if rollout.completed else at
        new = _is_new(one.best.keys, rollout.started.best.keys)
        known = bool(one.best.keys.replica_set or one.best.keys.version)
        # A pod that becomes ready after the completion recovers from something else.
        if one.kind == Kind.POD_READY and new and at <= end:
            rollout.ready.append(one)
        elif one.kind == Kind.POD_TERMINATED and not (new and known) and at <= end + _TERMINATION:
            rollout.terminated.append(one)


def _last_of_it(one: Occurrence, rollout: Rollout) -> bool:
    """Whether a pod was removed in the second in which the next rollout started, which removes none of that kind."""
    own, following = one.best.keys.replica_set, rollout.next
    if one.kind != Kind.POD_TERMINATED or not own or following is None:
        return False
    begun = following.started.best
    return own == begun.keys.replica_set and begun.at <= one.best.at <= begun.at + SECOND


def _is_new(pod: Identity, wanted: Identity) -> bool:
    """Whether a pod is of what is rolled out. Where nothing names that, its version decides."""
    if pod.replica_set or wanted.replica_set or not (pod.version and wanted.version):
        return pod.replica_set == wanted.replica_set
    return same_version(pod, wanted)
