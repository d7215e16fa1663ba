"""Builds the rollouts of workloads, each from one version to the next, out of Occurrences."""

import itertools
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from collector.event import SECOND, Identity, Kind
from collector.merge import Occurrence
from collector.stories.identity import same_version
from collector.stories.rollout import Rollout as Rollout
from collector.stories.rollout_returns import recognise_returns

STARTS = frozenset({Kind.ROLLOUT_STARTED, Kind.ROLLBACK_STARTED})
COMPLETIONS = frozenset({Kind.ROLLOUT_COMPLETED, Kind.ROLLBACK_COMPLETED})
HOLDS = frozenset({Kind.ROLLOUT_PAUSED, Kind.ROLLOUT_RESUMED, Kind.ROLLOUT_ABORTED})
_ENDS = frozenset({*COMPLETIONS, *HOLDS, Kind.ROLLOUT_STUCK})
_PODS = frozenset({Kind.POD_READY, Kind.POD_TERMINATED})
FAILURES = frozenset(
    {Kind.POD_IMAGE_FAILED, Kind.POD_START_FAILED, Kind.POD_NOT_READY, Kind.POD_UNSCHEDULABLE, Kind.POD_CRASH_LOOP}
)
"""The kinds of trouble that keep new pods from becoming ready."""
_EMPTIED = frozenset({Kind.SCALED, Kind.WORKLOAD_DELETED})
KINDS = frozenset({*STARTS, *_ENDS, *_PODS, *_EMPTIED, *FAILURES})
"""The kinds that rollouts are built from."""
_TERMINATION = timedelta(minutes=2)
"""How long after a rollout's completion its old pods may still be seen to stop."""


def rollouts(occurrences: Iterable[Occurrence]) -> list[Rollout]:
    """All rollouts among the Occurrences (in order), with the pods and completions that belong to them, in order."""
    by_workload: dict[tuple[str, ...], list[Occurrence]] = {}
    for one in occurrences:
        if one.best.kind in KINDS:
            by_workload.setdefault(workload(one), []).append(one)
    every = [rollout for seen in by_workload.values() for rollout in _of_workload(seen)]
    return sorted(every, key=lambda rollout: (rollout.started.best.at, workload(rollout.started)))


def _of_workload(seen: Sequence[Occurrence]) -> list[Rollout]:
    ours = [Rollout(one) for one in seen if one.kind in STARTS]
    if not ours:
        return []
    # Timestamps are cut to seconds. Within one second, the controller's revision gives the order.
    ours.sort(key=lambda rollout: (rollout.started.best.at, _revision(rollout)))
    for earlier, later in itertools.pairwise(ours):
        earlier.until, earlier.next = later.started.best.at, later
    starts = [rollout.started.best.at for rollout in ours]
    by_sort: dict[frozenset[Kind], list[Occurrence]] = {kinds: [] for kinds, _ in _ADD}
    for one in seen:
        if (sort := _SORTS.get(one.best.kind)) is not None:
            by_sort[sort].append(one)
    for kinds, add in _ADD:
        for one in by_sort[kinds]:
            add(one, _around(one.best.at, ours, starts))
    for rollout in ours:
        rollout.ready, rollout.terminated = _one_each(rollout.ready), _one_each(rollout.terminated)
    recognise_returns(ours)
    _without_failed_pods(ours)
    return ours


def _one_each(pods: Iterable[Occurrence]) -> list[Occurrence]:
    """The first Occurrence of each pod: a slow controller may delete a pod twice, and a pod may become ready again."""
    first: dict[object, Occurrence] = {}
    for one in pods:
        subject = one.best.subject
        first.setdefault((subject.cluster, subject.namespace, subject.pod) if subject.pod else id(one), one)
    return list(first.values())


def _without_failed_pods(ours: Iterable[Rollout]) -> None:
    """Pods of an earlier version that never ran do not count as replaced by a later rollout, if any others do."""
    ran: dict[str, bool] = {}
    for rollout in ours:
        if not all(ran.values()):
            served = [one for one in rollout.terminated if ran.get(one.best.keys.replica_set, True)]
            rollout.terminated = served or rollout.terminated
        ran[rollout.started.best.keys.replica_set] = rollout.ran


def workload(one: Occurrence) -> tuple[str, ...]:
    """The workload that it is about: cluster, namespace, `Kind/name`."""
    subject = one.best.subject
    return (subject.cluster, subject.namespace, subject.workload)


def _revision(rollout: Rollout) -> int:
    """Its revision, as the controller counts; 0 if unknown."""
    digits = rollout.started.best.keys.revision
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) < 10 else 0


def _around(moment: datetime, ours: Sequence[Rollout], starts: Sequence[datetime]) -> Sequence[Rollout]:
    """The rollouts that may be under way at that time."""
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
        # Timestamps are cut to seconds: the next rollout may begin in the second when this one ends.
        last = named and rollout.until is not None and rollout.until <= one.best.at < rollout.until + SECOND
        if not (rollout.under_way(one.best.at) or (last and one.kind in COMPLETIONS)):
            continue
        if keys.replica_set and own_set and not named:
            continue
        done = rollout.completed.best.latest if rollout.completed else None
        if one.kind in HOLDS:
            # A workload that is paused after completion waits for its next rollout.
            rollout.holds += [one] if done is None or one.best.at < done else []
        elif one.kind == Kind.ROLLOUT_STUCK:
            rollout.stuck = rollout.stuck or one
        elif one.best.latest > rollout.started.best.earliest:
            # An end before this rollout began belongs to another one.
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


def _add_failure(one: Occurrence, ours: Iterable[Rollout]) -> None:
    own = one.best.keys.replica_set
    for rollout in ours:
        if own and own == rollout.started.best.keys.replica_set and rollout.under_way(one.best.at):
            rollout.failing = True


_ADD: Sequence[tuple[frozenset[Kind], Callable[[Occurrence, Sequence[Rollout]], None]]] = (
    (_ENDS, _add_end),
    (_EMPTIED, _add_emptied),
    (_PODS, _add_pod),
    (FAILURES, _add_failure),
)
"""The function that adds each sort of Occurrence; in this order, because pods are compared with the ends."""
_SORTS = {kind: kinds for kinds, _ in _ADD for kind in kinds}


def _last_of_it(one: Occurrence, rollout: Rollout) -> bool:
    """Whether a pod was removed within a second of the next rollout's start, and is of that rollout's ReplicaSet."""
    own, following = one.best.keys.replica_set, rollout.next
    if one.kind != Kind.POD_TERMINATED or not own or following is None:
        return False
    begun = following.started.best
    return own == begun.keys.replica_set and begun.at <= one.best.at <= begun.at + SECOND


def _is_new(pod: Identity, wanted: Identity) -> bool:
    """Whether a pod is of the ReplicaSet that is rolled out. If neither names one, the versions decide."""
    if pod.replica_set or wanted.replica_set or not (pod.version and wanted.version):
        return pod.replica_set == wanted.replica_set
    return same_version(pod, wanted)
