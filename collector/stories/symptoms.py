"""Symptoms: periods in which errors, latency or traffic of a service were unusual."""

from bisect import bisect_left
from collections.abc import Iterable
from datetime import datetime

from msgspec.structs import replace

from collector.event import Kind
from collector.merge import Occurrence
from collector.services.resolve import Directory
from collector.services.service import Service
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
    surges: list[Occurrence] = []
    for one in occurrences:
        if "surge" in one.best.numbers and one.kind in KINDS:
            surges.append(one)
        elif "change" in one.best.numbers and one.kind in KINDS:
            _change(one, found, open_, directory)
        elif one.kind in BEGINS_WITH.values():
            open_.setdefault(_series(one), []).append(len(found))
            found.append(_symptom(one, directory, Step.STARTED))
        elif one.kind in BEGINS_WITH:
            going_on = open_.get(_series(one))
            if going_on:
                at = going_on.pop()
                found[at] = replace(found[at], steps={**found[at].steps, Step.ENDED: (one,)})
            else:
                found.append(_symptom(one, directory, Step.ENDED))
    _surge(surges, found, directory)
    ranks = list(BEGINS_WITH.values())
    return sorted(found, key=lambda symptom: ranks.index(Kind(symptom.manner)))


def with_surges(
    alerts: Iterable[Story], occurrences: Iterable[Occurrence], found: Iterable[Story], directory: Directory
) -> list[Story]:
    """The alerts; the first of each service gets the surges before it that belong to no symptom in `found`."""
    held = {id(one) for symptom in found for one in symptom.at(Step.SURGED)}
    left = [one for one in occurrences if "surge" in one.best.numbers and one.kind in KINDS and id(one) not in held]
    listed = list(alerts)
    _surge(left, listed, directory)
    return listed


def _surge(surges: Iterable[Occurrence], found: list[Story], directory: Directory) -> None:
    """Give each surge to the first story of its service that began after it; one of several that are alike once."""
    begun: dict[Service, list[tuple[datetime, int]]] = {}
    for place, symptom in enumerate(found):
        if symptom.at(Step.STARTED):
            begun.setdefault(symptom.service, []).append((symptom.since, place))
    for ours in begun.values():
        ours.sort()
    for one in surges:
        ours = begun.get(directory.resolve(one.best.subject).service, [])
        at = bisect_left(ours, (one.best.at, 0))
        if at < len(ours):
            symptom = found[ours[at][1]]
            steps = {**symptom.steps, Step.SURGED: (*symptom.at(Step.SURGED), one)}
            found[ours[at][1]] = replace(symptom, steps=steps)


def _change(
    one: Occurrence, found: list[Story], open_: dict[tuple[object, ...], list[int]], directory: Directory
) -> None:
    """Another level of what goes on, or of what began before anything was seen."""
    going_on = open_.setdefault(_series(one), [])
    if not going_on:
        going_on.append(len(found))
        found.append(_symptom(one, directory, Step.CHANGED))
        return
    symptom = found[going_on[-1]]
    changes = (*symptom.at(Step.CHANGED), one)
    found[going_on[-1]] = replace(symptom, steps={**symptom.steps, Step.CHANGED: changes})


def _symptom(one: Occurrence, directory: Directory, step: Step) -> Story:
    service = directory.resolve(one.best.subject).service
    kind = BEGINS_WITH.get(one.kind, one.kind)
    return Story(StoryType.SYMPTOM, service, one.best.keys.measure, {step: (one,)}, (), kind.value, keys=one.best.keys)


def _series(one: Occurrence) -> tuple[object, ...]:
    best = one.best
    kind = BEGINS_WITH.get(one.kind, one.kind)
    return (kind, best.source, best.keys.episode or best.subject)
