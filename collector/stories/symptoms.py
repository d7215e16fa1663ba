"""Symptoms: periods in which errors, latency or traffic of a service were unusual."""

from collections.abc import Iterable

from msgspec.structs import replace

from collector.event import Kind
from collector.merge import Occurrence
from collector.services.resolve import Directory
from collector.stories.story import Step, Story, StoryType

BEGINS_WITH = {
    Kind.ERRORS_FELL: Kind.ERRORS_ROSE,
    Kind.LATENCY_FELL: Kind.LATENCY_ROSE,
    Kind.TRAFFIC_ROSE: Kind.TRAFFIC_FELL,
}
"""The kind that ends each sort of symptom, and the one that begins it; the best explanation of an alert first."""
KINDS = frozenset({*BEGINS_WITH, *BEGINS_WITH.values()})


def symptoms(occurrences: Iterable[Occurrence], directory: Directory) -> list[Story]:
    """Every symptom with its start and end, one of which may be unknown; the best explanations of alerts first."""
    found: list[Story] = []
    open_: dict[tuple[object, ...], list[int]] = {}
    for one in occurrences:
        if one.kind in BEGINS_WITH.values():
            open_.setdefault(_series(one), []).append(len(found))
            found.append(_symptom(one, directory, Step.STARTED))
        elif one.kind in BEGINS_WITH:
            going_on = open_.get(_series(one))
            if going_on:
                at = going_on.pop()
                found[at] = replace(found[at], steps={**found[at].steps, Step.ENDED: (one,)})
            else:
                found.append(_symptom(one, directory, Step.ENDED))
    ranks = list(BEGINS_WITH.values())
    return sorted(found, key=lambda symptom: ranks.index(Kind(symptom.manner)))


def _symptom(one: Occurrence, directory: Directory, step: Step) -> Story:
    service = directory.resolve(one.best.subject).service
    kind = BEGINS_WITH.get(one.kind, one.kind)
    return Story(StoryType.SYMPTOM, service, one.best.keys.measure, {step: (one,)}, (), kind.value, keys=one.best.keys)


def _series(one: Occurrence) -> tuple[object, ...]:
    best = one.best
    kind = BEGINS_WITH.get(one.kind, one.kind)
    return (kind, best.source, best.keys.episode or best.subject)
