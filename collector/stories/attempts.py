"""Groups records of deploys into deploys: the jobs of one run, and its attempts that directly follow each other."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

from collector.event import Kind
from collector.manner import Manner
from collector.merge import Occurrence

RUN_KINDS = frozenset({Kind.RUN_STARTED, Kind.RUN_SUCCEEDED, Kind.RUN_FAILED})
ENDS = frozenset(
    {Kind.DEPLOY_SUCCEEDED, Kind.DEPLOY_FAILED, Kind.DEPLOY_CANCELLED, Kind.DEPLOY_SUPERSEDED, Kind.DEPLOY_REFUSED}
)
_RETRY_WITHIN = timedelta(minutes=30)
"""People retry a failed deploy within this time; later it is another deploy."""
_NEXT_JOB = timedelta(minutes=10)
"""Longest pause between jobs of one run that deploy one after the other."""
_QUEUED = timedelta(minutes=1)
"""Longest time from the start of a run to its job, if nothing else shows which attempt the job belongs to."""


class Run(NamedTuple):
    """The key of a CI run."""

    source: str
    run: str


class Target(NamedTuple):
    """The key of the deploys by one run to one place."""

    run: Run
    service: str
    environment: str
    component: str
    application: str


def run_of(one: Occurrence) -> Run:
    """The run of an Occurrence; a record without a run is a run of its own."""
    best = one.best
    own = best.keys.deployment or best.merge_key or best.native_id
    return Run(best.source, best.keys.run or (own if one.kind in RUN_KINDS else f"deployment {own}"))


def attempts(
    deploys: Iterable[Occurrence], runs: Mapping[Run, Sequence[Occurrence]]
) -> list[tuple[list[Occurrence], list[Occurrence]]]:
    """The Occurrences of each deploy: those of its records, and those of its run.

    CI keeps the id of a run that is run again, which is how people go back to last week's deploy. So the records of
    one run are several deploys if a later one begins after the earlier ones ended, unless it is the next job of the
    same run or a prompt retry after a failure.
    """
    targets: dict[Target, dict[str, list[Occurrence]]] = {}
    for one in deploys:
        best = one.best
        target = Target(
            run_of(one),
            best.subject.service,
            best.subject.environment,
            best.keys.component,
            best.keys.application or best.keys.release,
        )
        record = best.keys.deployment or best.merge_key or best.keys.run or best.native_id
        targets.setdefault(target, {}).setdefault(record, []).append(one)
    others = _begun(targets)
    found = []
    for target, records in targets.items():
        split = _split(list(records.values()), runs.get(target.run, ()), others[_place(target)])
        found += _with_runs(split, runs.get(target.run, ()))
    return found


def _place(target: Target) -> tuple[str, ...]:
    return (target.run.source, target.service, target.environment, target.component, target.application)


def _begun(targets: Mapping[Target, Mapping[str, Sequence[Occurrence]]]) -> dict[tuple[str, ...], list[datetime]]:
    """When the deploys of each place began, in order."""
    found: dict[tuple[str, ...], list[datetime]] = {}
    for target, records in targets.items():
        found.setdefault(_place(target), []).extend(_begin(ours) for ours in records.values())
    return {place: sorted(begun) for place, begun in found.items()}


def _split(
    records: Sequence[list[Occurrence]], run: Sequence[Occurrence], others: Sequence[datetime]
) -> list[list[Occurrence]]:
    ordered = sorted(records, key=lambda ours: (_begin(ours), _end(ours) or _begin(ours), ours[0].best.native_id))
    again = sorted(one.best.at for one in run if one.kind == Kind.RUN_STARTED)
    own = {_begin(ours) for ours in ordered}
    groups = [list(ordered[0])]
    first, last = _begin(ordered[0]), _end(ordered[0])
    for earlier, later in pairwise(ordered):
        begin, end = _begin(later), _end(later)
        if last is not None and begin >= last:
            foreign = any(at not in own for at in others[bisect_left(others, last) : bisect_right(others, begin)])
            run_again = bisect_right(again, max(first, last - 2 * _QUEUED) + _QUEUED) < bisect_right(again, begin)
            if foreign or _goes_back(later) != _goes_back(earlier) or _is_another(earlier, run_again, begin - last):
                groups.append([])
                first, last = begin, None
        groups[-1] += later
        last = max((at for at in (last, end) if at is not None), default=None)
    return groups


def _is_another(earlier: Iterable[Occurrence], run_again: bool, pause: timedelta) -> bool:
    """Whether a record is another deploy than the earlier one of its run, given the pause after the last one ended."""
    if any(one.kind in ENDS and one.kind != Kind.DEPLOY_SUCCEEDED for one in earlier):
        return pause > _RETRY_WITHIN
    return run_again or pause > _NEXT_JOB


def _goes_back(ours: Iterable[Occurrence]) -> bool:
    """Whether its system calls it a rollback, which is another deploy than the one that it takes back."""
    return any(one.best.manner == Manner.ROLLBACK for one in ours)


def _begin(ours: Sequence[Occurrence]) -> datetime:
    return min(one.best.at for one in ours)


def _end(ours: Sequence[Occurrence]) -> datetime | None:
    return max((one.best.at for one in ours if one.kind in ENDS), default=None)


def _with_runs(
    groups: Sequence[list[Occurrence]], run: Sequence[Occurrence]
) -> list[tuple[list[Occurrence], list[Occurrence]]]:
    """The deploys, each with the Occurrences of its run at the time."""
    if len(groups) == 1:
        return [(groups[0], list(run))]
    begins = [_begin(ours) for ours in groups]
    found: list[tuple[list[Occurrence], list[Occurrence]]] = [(ours, []) for ours in groups]
    for one in run:
        at = one.best.at
        if one.kind == Kind.RUN_STARTED:
            place = next((n for n, begin in enumerate(begins) if begin >= at), len(begins) - 1)
        else:
            place = max((n for n, begin in enumerate(begins) if begin <= at), default=0)
        found[place][1].append(one)
    return found
