"""Trouble of pods: one story for each workload and kind of trouble."""

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
"""Pods of a Job that die up to this long after it failed belong to its failure."""
_APART = timedelta(hours=1)
"""After a pause this long, the next trouble is another story."""
_EXPLAINED = (Kind.POD_EVICTED, Kind.POD_KILLED)
_CAUSES = (Kind.POD_OOM_KILLED, Kind.POD_KILLED)
_EXIT = timedelta(minutes=2)
"""Largest distance of a container's exit from the eviction or failed probe that caused it."""

Place = tuple[str, str, str]


def troubles(occurrences: Iterable[Occurrence], directory: Directory) -> list[Story]:
    """One story for each kind of trouble and workload; `manner` is the kind.

    Pods that are ready again end the story of unready pods. A back-off of the kubelet belongs to the deaths that
    caused it, the exit of an evicted container, or of one killed for a probe, to the eviction or kill, and the deaths
    of a Job's pods to the failure of the Job.
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
    """Whether a container died; a back-off of the kubelet alone is not a death."""
    return one.kind == Kind.POD_CRASH_LOOP or bool({"exit_code", "restarts"} & one.best.numbers.keys())


def deaths(story: Story) -> int:
    """The number of known deaths of its containers."""
    died = [one for one in story.occurrences() if one.kind in DEATHS and is_death(one)]
    looped = sum(int(one.best.numbers.get("count", 0)) for one in died if one.kind == Kind.POD_CRASH_LOOP)
    # The count of a loop includes the single deaths.
    return max(looped, sum(int(one.best.numbers.get("count", 1)) for one in died if one.kind != Kind.POD_CRASH_LOOP))


def pods(story: Story) -> int:
    """How many pods it affected."""
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
        # A loop has the kind of its cause, if that is known.
        causes = [each for each in _CAUSES if (each, place) in present]
        if kind == Kind.POD_CRASH_LOOP:
            return (causes or [kind])[0]
        return kind if causes else Kind.POD_CRASH_LOOP
    return kind


def _stretches(every: Sequence[Occurrence]) -> Iterator[list[Occurrence]]:
    """Groups of Occurrences without a pause longer than _APART between them."""
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
