"""Stories of one Occurrence each: notes, annotations, silences, configuration, volumes, warnings, loose holds."""

from collections.abc import Iterable

from collector.event import Kind
from collector.merge import Occurrence
from collector.services.resolve import Directory
from collector.stories.rollouts import HOLDS
from collector.stories.story import Step, Story, StoryType

_TYPES = {
    Kind.NOTE: StoryType.NOTE,
    Kind.ANNOTATION: StoryType.ANNOTATION,
    Kind.SILENCE_STARTED: StoryType.SILENCE,
    Kind.SILENCE_ENDED: StoryType.SILENCE,
    Kind.CONFIG_CHANGED: StoryType.CONFIG,
    Kind.JOB_RAN: StoryType.JOB_RUN,
    Kind.VOLUME_UNBOUND: StoryType.VOLUME,
    Kind.WARNING: StoryType.WARNING,
    **dict.fromkeys(HOLDS, StoryType.HOLD),
}

KINDS = frozenset(_TYPES)


def singles(occurrences: Iterable[Occurrence], held: set[int], directory: Directory) -> list[Story]:
    """One story for each Occurrence, except those with their id() in `held`, which belong to a deploy."""
    found = []
    for one in occurrences:
        if one.kind in _TYPES and id(one) not in held:
            service = directory.resolve(one.best.subject).service
            steps = {Step.STARTED: (one,)}
            found.append(Story(_TYPES[one.kind], service, _about(one), steps, (), one.kind.value, keys=one.best.keys))
    return found


def _about(one: Occurrence) -> str:
    if one.kind in (Kind.NOTE, Kind.ANNOTATION):
        return one.best.summary
    if one.best.keys.alert:
        return one.best.keys.alert
    return one.best.subject.workload or one.best.subject.pod or one.best.reason or one.best.summary
