"""Rollouts that were taken back before they got anywhere: what a cluster reports of it looks like a scaling to zero."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta

from collector.event import SECOND, Identity, Kind
from collector.merge import Occurrence
from collector.stories.rollouts import COMPLETIONS, STARTS, workload

_AROUND = timedelta(minutes=1)
_CAME = frozenset({*COMPLETIONS, Kind.POD_READY})
_FAILED = frozenset(
    {Kind.ROLLOUT_STUCK, Kind.ROLLOUT_ABORTED, Kind.POD_IMAGE_FAILED, Kind.POD_START_FAILED, Kind.POD_NOT_READY}
    | {Kind.POD_UNSCHEDULABLE, Kind.POD_CRASH_LOOP}
)


def with_withdrawals(occurrences: Sequence[Occurrence]) -> list[Occurrence]:
    """The same, with what takes an unfinished rollout back as the start of a rollback.

    The new ReplicaSet is scaled to zero, none of its pods was ever ready, and the old ones go on: nothing of the old
    ReplicaSet is stopped. That the new one then has all of its no pods is no completion.
    """
    emptied = [one for one in occurrences if one.kind == Kind.SCALED and one.best.numbers.get("replicas") == 0]
    if not emptied:
        return list(occurrences)
    names = {workload(one) for one in emptied}
    ours = [one for one in occurrences if workload(one) in names]
    found: dict[int, Occurrence] = {}
    dropped: set[int] = set()
    for one in emptied:
        same = [other for other in ours if workload(other) == workload(one)]
        undone = _undone(one, same)
        if undone is not None:
            keys = undone.best.keys
            back = Identity(version=_goes_on(one, undone, same), replaces=keys.version, replica_set="")
            summary = f"Rollout of {one.best.subject.service} {keys.version} taken back: {one.best.summary}"
            best = replace(one.best, kind=Kind.ROLLBACK_STARTED, keys=back, summary=summary, numbers={})
            found[id(one)] = Occurrence(best, one.events)
            dropped |= {id(other) for other in same if _false_end(other, one)}
    return [found.get(id(one), one) for one in occurrences if id(one) not in dropped]


def _undone(emptied: Occurrence, same: Iterable[Occurrence]) -> Occurrence | None:
    """The rollout that it takes back; None if it is a scaling to zero."""
    own_set, at = emptied.best.keys.replica_set, emptied.best.at
    begun: Occurrence | None = None
    for one in same:
        of_new = one.best.keys.replica_set == own_set != ""
        if one.kind in STARTS and one.best.at <= at:
            begun = one if of_new and one.best.keys.replaces else None
        elif _keeps(one, emptied, of_new=of_new):
            return None
    return begun


def _goes_on(emptied: Occurrence, undone: Occurrence, same: Sequence[Occurrence]) -> str:
    """The version that has all the pods again; of several rollouts in a row of which none came, that before them."""
    own_set = emptied.best.keys.replica_set
    for one in same:
        complete = one.kind in COMPLETIONS and abs(one.best.at - emptied.best.at) <= 2 * SECOND
        if complete and one.best.keys.replica_set not in ("", own_set) and one.best.keys.version:
            return one.best.keys.version
    version = undone.best.keys.replaces
    for begun in reversed([one for one in same if one.kind in STARTS and one.best.at < undone.best.at]):
        keys = begun.best.keys
        kinds = {one.kind for one in same if one.best.keys.replica_set == keys.replica_set != ""}
        if keys.version == version and keys.replaces and kinds & _FAILED and not kinds & _CAME:
            version = keys.replaces
    return version


def _keeps(one: Occurrence, emptied: Occurrence, *, of_new: bool) -> bool:
    """Whether it shows that the new pods had come, or that the old ones go too: then it is a scaling to zero."""
    near = abs(one.best.at - emptied.best.at) <= _AROUND
    if of_new:
        came = one.kind == Kind.POD_READY and one.best.at <= emptied.best.at
        return came or (one.kind in COMPLETIONS and one.best.latest < emptied.best.earliest)
    goes = one.kind in (Kind.POD_TERMINATED, Kind.SCALED, Kind.WORKLOAD_DELETED)
    return goes and near and one is not emptied


def _false_end(one: Occurrence, emptied: Occurrence) -> bool:
    of_new = one.best.keys.replica_set == emptied.best.keys.replica_set
    near = abs(one.best.at - emptied.best.at) <= 2 * SECOND
    return of_new and near and one.kind in COMPLETIONS
