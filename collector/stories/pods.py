"""Trouble of pods: what goes wrong with those of one workload, one story for each kind of trouble."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType

from collector.event import Kind
from collector.merge import Occurrence
from collector.services.resolve import Directory
from collector.stories.story import Step, Story, StoryType

KINDS = frozenset(
    {
        Kind.POD_CRASHED,
        Kind.POD_CRASH_LOOP,
        Kind.POD_OOM_KILLED,
        Kind.POD_KILLED,
        Kind.POD_EVICTED,
        Kind.POD_UNREADY,
        Kind.POD_RECOVERED,
        Kind.POD_NOT_READY,
        Kind.POD_UNSCHEDULABLE,
        Kind.POD_IMAGE_FAILED,
        Kind.POD_START_FAILED,
        Kind.JOB_FAILED,
    }
)
DEATHS = (Kind.POD_CRASHED, Kind.POD_CRASH_LOOP, Kind.POD_OOM_KILLED)
_FOLDED_DEATHS = timedelta(minutes=2)
"""So long after a Job failed the last of its pods may still die: that belongs to its failure."""
_APART = timedelta(hours=1)
"""After so long without any, what happens next is another story."""
_EXPLAINED = (Kind.POD_EVICTED, Kind.POD_KILLED)
_CAUSES = (Kind.POD_OOM_KILLED, Kind.POD_KILLED)
_EXIT = timedelta(minutes=2)
"""How far the exit of a container may lie from the eviction or probe that ended it."""

Place = tuple[str, str, str]


def troubles(occurrences: Iterable[Occurrence], directory: Directory) -> list[Story]:
    """One story for each kind of trouble and workload; `manner` is the kind.

    That pods are ready again ends the story of those that were not. That the kubelet waits before it starts a
    container again belongs to the deaths because of which it waits, the exit of a container that was evicted or
    killed for its probe to that, and what the pods of a Job died of to its failure.
    """
    ours = [one for one in occurrences if one.kind in KINDS]
    present = {(one.kind, _place(one)) for one in ours}
    jobs: dict[Place, datetime] = {}
    for one in ours:
        if one.kind == Kind.JOB_FAILED:
            until = one.best.latest + _FOLDED_DEATHS
            jobs[_place(one)] = max(jobs.get(_place(one), until), until)
    ended = {kind: _times(ours, kind) for kind in _EXPLAINED}
    groups: dict[tuple[Kind, Place], list[Occurrence]] = {}
    for one in ours:
        groups.setdefault((_belongs_to(one, present, jobs, ended), _place(one)), []).append(one)
    return [
        _trouble(kind, together, directory) for (kind, _), every in groups.items() for together in _stretches(every)
    ]


def is_death(one: Occurrence) -> bool:
    """Whether a container ended, and not only the kubelet waits before it starts it again."""
    return one.kind == Kind.POD_CRASH_LOOP or bool({"exit_code", "restarts"} & one.best.numbers.keys())


def deaths(story: Story) -> int:
    """How often its containers are known to have ended."""
    died = [one for one in story.occurrences() if one.kind in DEATHS and is_death(one)]
    looped = sum(int(one.best.numbers.get("count", 0)) for one in died if one.kind == Kind.POD_CRASH_LOOP)
    # A loop counts the single deaths as well.
    return max(looped, sum(int(one.best.numbers.get("count", 1)) for one in died if one.kind != Kind.POD_CRASH_LOOP))


def pods(story: Story) -> int:
    """How many pods it befell."""
    return len({one.best.subject.pod for one in story.at(Step.STARTED)})


def _belongs_to(
    one: Occurrence,
    present: set[tuple[Kind, Place]],
    jobs: Mapping[Place, datetime],
    ended: Mapping[Kind, Mapping[tuple[str, str, str], list[datetime]]],
) -> Kind:
    place, kind = _place(one), one.kind
    if kind == Kind.POD_RECOVERED and (Kind.POD_UNREADY, place) in present:
        return Kind.POD_UNREADY
    if kind in DEATHS and place in jobs and one.best.earliest <= jobs[place]:
        return Kind.JOB_FAILED
    if kind == Kind.POD_CRASHED:
        for cause, times in ended.items():
            ends = times.get(_pod(one), ())
            at = bisect_left(ends, one.best.at - _EXIT)
            if at < len(ends) and ends[at] <= one.best.at + _EXIT:
                return cause
        if (Kind.POD_OOM_KILLED, place) in present and not is_death(one):
            return Kind.POD_OOM_KILLED
    if kind in (Kind.POD_CRASHED, Kind.POD_CRASH_LOOP) and (Kind.POD_CRASH_LOOP, place) in present:
        # A loop is named by what its containers die of, where that is known.
        causes = [each for each in _CAUSES if (each, place) in present]
        if kind == Kind.POD_CRASH_LOOP:
            return (causes or [kind])[0]
        return kind if causes else Kind.POD_CRASH_LOOP
    return kind


def _stretches(every: Sequence[Occurrence]) -> Iterator[list[Occurrence]]:
    """Those without a long pause between them together."""
    together: list[Occurrence] = []
    until = every[0].best.latest
    for one in every:
        if together and one.best.earliest > until + _APART:
            yield together
            together = []
        together.append(one)
        until = max(until, one.best.latest)
    yield together


def _trouble(kind: Kind, together: list[Occurrence], directory: Directory) -> Story:
    first = [one for one in together if one.kind == kind] or together
    begun = tuple(first)
    over = tuple(one for one in together if one.kind == Kind.POD_RECOVERED and kind != Kind.POD_RECOVERED)
    apart = {id(one) for one in (*first, *over)}
    rest = tuple(one for one in together if id(one) not in apart)
    steps = {Step.STARTED: begun, Step.ENDED: over, Step.MARKED: rest}
    subject = begun[0].best.subject
    kept: Mapping[Step, tuple[Occurrence, ...]] = MappingProxyType({step: seen for step, seen in steps.items() if seen})
    type_ = StoryType.JOB if kind == Kind.JOB_FAILED else StoryType.PODS
    about = subject.workload.partition("/")[2] or subject.pod
    return Story(type_, directory.resolve(subject).service, about, kept, (), kind.value, keys=begun[0].best.keys)


def _place(one: Occurrence) -> Place:
    subject = one.best.subject
    return subject.cluster, subject.namespace, subject.workload or subject.pod


def _pod(one: Occurrence) -> tuple[str, str, str]:
    subject = one.best.subject
    return subject.cluster, subject.namespace, subject.pod


def _times(ours: Iterable[Occurrence], kind: Kind) -> dict[tuple[str, str, str], list[datetime]]:
    found: dict[tuple[str, str, str], list[datetime]] = {}
    for one in ours:
        if one.kind == kind:
            found.setdefault(_pod(one), []).append(one.best.at)
    return {pod: sorted(moments) for pod, moments in found.items()}
