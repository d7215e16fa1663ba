"""Rollouts that were taken back before a new pod was ready, which a cluster reports like a scaling to zero."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec.structs import replace

from collector.event import SECOND, Identity, Kind
from collector.merge import Occurrence
from collector.stories.rollouts import COMPLETIONS, FAILURES, STARTS, workload

_AROUND = timedelta(minutes=1)
_CAME = frozenset({*COMPLETIONS, Kind.POD_READY})
_FAILED = frozenset({Kind.ROLLOUT_STUCK, Kind.ROLLOUT_ABORTED, *FAILURES})
_GOES = frozenset({Kind.POD_TERMINATED, Kind.SCALED, Kind.WORKLOAD_DELETED})


def with_withdrawals(occurrences: Sequence[Occurrence]) -> list[Occurrence]:
    """The same, but a scaling to zero that takes back an unfinished rollout becomes the start of a rollback.

    The new ReplicaSet is scaled to zero, none of its pods was ever ready, and no pod of the old ReplicaSet is stopped.
    A completion of the new ReplicaSet with zero pods is dropped.
    """
    emptied = [one for one in occurrences if one.kind == Kind.SCALED and one.best.numbers.get("replicas") == 0]
    if not emptied:
        return list(occurrences)
    names = {workload(one) for one in emptied}
    known: dict[tuple[str, ...], _Known] = {name: _Known() for name in names}
    for one in occurrences:
        if workload(one) in names:
            known[workload(one)].add(one)
    found: dict[int, Occurrence] = {}
    dropped: set[int] = set()
    for one in emptied:
        ours = known[workload(one)]
        undone = ours.withdrawn_rollout(one)
        if undone is not None:
            keys = undone.best.keys
            back = Identity(version=ours.surviving_version(one, undone), replaces=keys.version, replica_set="")
            summary = f"Rollout of {one.best.subject.service} {keys.version} taken back: {one.best.summary}"
            best = replace(one.best, kind=Kind.ROLLBACK_STARTED, keys=back, summary=summary, numbers={})
            found[id(one)] = Occurrence(best, one.events)
            dropped |= {id(other) for other in ours.false_ends(one)}
    return [found.get(id(one), one) for one in occurrences if id(one) not in dropped]


class _Known:
    """The Occurrences of one workload, each sort in order of time."""

    def __init__(self) -> None:
        self._starts: list[Occurrence] = []
        self._going: list[Occurrence] = []
        self._ends: dict[str, list[Occurrence]] = {}
        self._completions: list[Occurrence] = []
        self._kinds: dict[str, set[Kind]] = {}
        self._first_ready: dict[str, datetime] = {}
        self._first_done: dict[str, datetime] = {}

    def add(self, one: Occurrence) -> None:
        """Add an Occurrence; they come in order of time."""
        best, own_set = one.best, one.best.keys.replica_set
        self._kinds.setdefault(own_set, set()).add(one.kind)
        if one.kind in STARTS:
            self._starts.append(one)
        elif one.kind in _GOES:
            self._going.append(one)
        elif one.kind in COMPLETIONS:
            self._completions.append(one)
            self._ends.setdefault(own_set, []).append(one)
            self._first_done[own_set] = min(self._first_done.get(own_set, best.latest), best.latest)
        elif one.kind == Kind.POD_READY:
            self._first_ready.setdefault(own_set, best.at)

    def withdrawn_rollout(self, emptied: Occurrence) -> Occurrence | None:
        """The start of the rollout that it takes back; None if it is only a scaling to zero."""
        own_set, at = emptied.best.keys.replica_set, emptied.best.at
        before = bisect_right(self._starts, at, key=_at)
        begun = self._starts[before - 1] if before else None
        if begun is None or not own_set or begun.best.keys.replica_set != own_set or not begun.best.keys.replaces:
            return None
        came = self._first_ready.get(own_set)
        done = self._first_done.get(own_set)
        if (came is not None and came <= at) or (done is not None and done < emptied.best.earliest):
            return None
        near = _between(self._going, at - _AROUND, at + _AROUND)
        # If the old pods go too, it is a scaling to zero.
        return None if any(one.best.keys.replica_set != own_set for one in near) else begun

    def surviving_version(self, emptied: Occurrence, undone: Occurrence) -> str:
        """The version that has all the pods again; after several failed rollouts in a row, the version before them."""
        own_set, at = emptied.best.keys.replica_set, emptied.best.at
        for one in _between(self._completions, at - 2 * SECOND, at + 2 * SECOND):
            if one.best.keys.replica_set not in ("", own_set) and one.best.keys.version:
                return one.best.keys.version
        version = undone.best.keys.replaces
        for number in range(bisect_left(self._starts, undone.best.at, key=_at) - 1, -1, -1):
            keys = self._starts[number].best.keys
            kinds = self._kinds.get(keys.replica_set, set()) if keys.replica_set else set()
            if keys.version != version or not keys.replaces or not kinds & _FAILED or kinds & _CAME:
                break
            version = keys.replaces
        return version

    def false_ends(self, emptied: Occurrence) -> Sequence[Occurrence]:
        """Its completions that only report zero of zero pods."""
        at, ours = emptied.best.at, self._ends.get(emptied.best.keys.replica_set, [])
        return _between(ours, at - 2 * SECOND, at + 2 * SECOND)


def _between(ours: Sequence[Occurrence], first: datetime, last: datetime) -> Sequence[Occurrence]:
    return ours[bisect_left(ours, first, key=_at) : bisect_right(ours, last, key=_at)]


def _at(one: Occurrence) -> datetime:
    return one.best.at
