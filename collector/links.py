"""Links: why two stories belong together. A link never claims that one caused the other."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from collector.event import Kind
from collector.services.service import Service
from collector.stories.alerts import kind_named
from collector.stories.nodes import goes_away, node_of
from collector.stories.story import Step, Story, StoryType
from collector.stories.symptoms import BEGINS_WITH


class LinkKind(StrEnum):
    """In what way two stories belong together; read `one`, the words, `other`."""

    PART_OF = "is part of"
    ROLLS_BACK = "rolls back"
    ABOUT = "is about"
    ENDS_WITH = "ends with"
    PODS_OF = "befalls pods of"
    ON_NODE = "befalls pods on"
    SILENCES = "silences"
    NAMES = "names"


@dataclass(frozen=True, slots=True, order=True)
class Link:
    """That two stories belong together."""

    one: str
    other: str
    """Both are ids of stories, or of the parts of one."""
    kind: LinkKind
    strength: int
    """From 1 to 45; ids that both have are stronger than times."""
    reasons: tuple[str, ...]


_HELPS = timedelta(minutes=3)
"""How far the end of a symptom may lie from the completion of the deploy that it ends with."""
_EXPLAINS = timedelta(minutes=5)
"""How far an alert may lie outside the symptom that it is about."""
_DRAIN = timedelta(minutes=15)
"""How long before its last pod a node that is drained lost the first."""
_LOST = timedelta(minutes=6)
"""Kubernetes evicts the pods of a lost node after 5 minutes."""
_OFF_NODE = frozenset({Kind.POD_EVICTED, Kind.POD_UNREADY})


def link(stories: Sequence[Story]) -> list[Link]:
    """All links between these stories, in a stable order."""
    by_type: dict[StoryType, list[Story]] = {}
    for story in stories:
        by_type.setdefault(story.type, []).append(story)
    deploys = by_type.get(StoryType.DEPLOY, [])
    found = [
        *_parts(deploys),
        *_rolled_back(deploys),
        *_about(by_type.get(StoryType.ALERT, []), by_type.get(StoryType.SYMPTOM, [])),
        *_ends_with(by_type.get(StoryType.SYMPTOM, []), deploys),
        *_pods_of(by_type.get(StoryType.PODS, []), deploys),
        *_on_node(by_type.get(StoryType.PODS, []), by_type.get(StoryType.NODE, [])),
        *_silences(by_type.get(StoryType.SILENCE, []), by_type.get(StoryType.ALERT, [])),
        *_named(by_type.get(StoryType.NOTE, []), stories),
    ]
    return sorted(found)


def _parts(deploys: Iterable[Story]) -> Iterator[Link]:
    for deploy in deploys:
        for part in deploy.parts:
            if part.reasons:
                yield Link(part.id, deploy.id, LinkKind.PART_OF, 40, part.reasons)


def _rolled_back(deploys: Iterable[Story]) -> Iterator[Link]:
    latest: dict[Service, list[Story]] = {}
    for deploy in deploys:
        before = latest.setdefault(replace(deploy.service, environment=""), [])
        if deploy.manner == "rollback" and before:
            came_from = [one for one in before if deploy.keys.replaces and one.keys.version == deploy.keys.replaces]
            undone = (came_from or before)[-1]
            reason = f"version {deploy.keys.replaces} ran before it" if came_from else "the deploy before it"
            yield Link(deploy.id, undone.id, LinkKind.ROLLS_BACK, 40 if came_from else 20, (reason,))
        before.append(deploy)


def _about(alerts: Sequence[Story], symptoms: Iterable[Story]) -> Iterator[Link]:
    """Each symptom is what the first alert is about that fires because of it; one that is called after it, if any.

    Errors go before latency and traffic.
    """
    taken: set[str] = set()
    ranks = list(BEGINS_WITH.values())
    ordered = sorted(symptoms, key=lambda one: (ranks.index(Kind(one.manner)), one.since, one.id))
    for symptom, called_after in [*((one, True) for one in ordered), *((one, False) for one in ordered)]:
        for alert in alerts if symptom.id not in taken else ():
            fits = not called_after or kind_named(alert) == symptom.manner
            if alert.id not in taken and fits and _explains(symptom, alert):
                taken |= {alert.id, symptom.id}
                same = f"service {alert.service.name}" if alert.service.name else f"namespace {alert.service.namespace}"
                yield Link(alert.id, symptom.id, LinkKind.ABOUT, 30, (same, "it fires while they last"))
                break


def _explains(symptom: Story, alert: Story) -> bool:
    if alert.service.name:
        same = symptom.service == alert.service
    else:
        same = symptom.service.namespace == alert.service.namespace
    begun, over = symptom.at(Step.STARTED), symptom.at(Step.ENDED)
    fired = alert.since
    too_late = bool(begun) and begun[0].best.earliest > fired + _EXPLAINS
    too_early = bool(over) and over[0].best.latest < fired - _EXPLAINS
    return same and not too_late and not too_early


def _ends_with(symptoms: Iterable[Story], deploys: Iterable[Story]) -> Iterator[Link]:
    done: dict[tuple[str, str, str], list[tuple[datetime, Story]]] = {}
    for deploy in deploys:
        if deploy.complete_at:
            done.setdefault(_place(deploy.service), []).append((deploy.complete_at, deploy))
    for symptom in symptoms:
        over = symptom.over
        near = [
            (abs(at - over), deploy.manner != "rollback", index, deploy)
            for index, (at, deploy) in enumerate(done.get(_place(symptom.service), ()))
            if over and abs(at - over) <= _HELPS
        ]
        if near:
            apart, _, _, deploy = min(near, key=lambda one: one[:3])
            reason = f"it ends {int(apart.total_seconds())} s from its completion"
            yield Link(symptom.id, deploy.id, LinkKind.ENDS_WITH, 20, (f"service {deploy.service.name}", reason))


def _pods_of(pods: Iterable[Story], deploys: Iterable[Story]) -> Iterator[Link]:
    sets: dict[tuple[str, str, str], list[Story]] = {}
    for deploy in deploys:
        for part in deploy.parts_of(StoryType.ROLLOUT):
            if part.keys.replica_set:
                subject = part.first.best.subject
                sets.setdefault((subject.cluster, subject.namespace, part.keys.replica_set), []).append(deploy)
    for story in pods:
        subject = story.first.best.subject
        ours = sets.get((subject.cluster, subject.namespace, story.keys.replica_set), ())
        before = [deploy for deploy in ours if deploy.since <= story.since]
        if before:
            reason = f"they are pods of {story.keys.replica_set}"
            yield Link(story.id, before[-1].id, LinkKind.PODS_OF, 40, (reason,))


def _on_node(pods: Iterable[Story], nodes: Sequence[Story]) -> Iterator[Link]:
    gone = [node for node in nodes if goes_away(node)]
    for story in pods if gone else ():
        if Kind(story.manner) not in _OFF_NODE:
            continue
        for node in gone:
            names = {node_of(one) for one in story.at(Step.STARTED)} - {""}
            if names and node.about not in names:
                continue
            since = node.first.best.earliest
            since -= _DRAIN if node.manner == Kind.NODE_DRAINED else timedelta()
            until = (node.over or node.until) + _LOST
            if until < story.since:
                continue
            if any(since <= one.best.at <= until for one in story.at(Step.STARTED)):
                sure = node.about in names
                if not sure and node.manner == Kind.NODE_CHANGED:
                    continue
                reason = f"they ran on {node.about}" if sure else f"it happens while {node.about} is away"
                yield Link(story.id, node.id, LinkKind.ON_NODE, 40 if sure else 15, (reason,))


def _silences(silences: Iterable[Story], alerts: Iterable[Story]) -> Iterator[Link]:
    by_name: dict[str, list[Story]] = {}
    for alert in alerts:
        by_name.setdefault(alert.about, []).append(alert)
    for silence in silences:
        for alert in by_name.get(silence.about, ()):
            yield Link(silence.id, alert.id, LinkKind.SILENCES, 30, (f"alert {alert.about}",))


def _named(notes: Iterable[Story], stories: Iterable[Story]) -> Iterator[Link]:
    words = [(note, set(re.findall(r"[\w.-]+", note.about.lower()))) for note in notes]
    for story in stories if words else ():
        name = story.service.name.lower()
        for note, its_words in words:
            if name and name in its_words and story.type != StoryType.NOTE:
                yield Link(note.id, story.id, LinkKind.NAMES, 10, (f"the note names {story.service.name}",))


def _place(service: Service) -> tuple[str, str, str]:
    return service.cluster, service.namespace, service.name
