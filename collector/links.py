"""Links: why two stories belong together. A link never claims that one caused the other."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from operator import attrgetter

from collector.cleared import without_cleared
from collector.firing import explained
from collector.link import Link as Link
from collector.link import LinkKind as LinkKind
from collector.nearest import Nearest
from collector.node_links import fails_on, on_node
from collector.services.service import Service, without_environment
from collector.stories.flags import undone
from collector.stories.story import Step, Story, StoryType

_ENDS_WITHIN = timedelta(minutes=3)
"""Largest distance of a symptom's end from the completion, or the abort, of the deploy that it ends with."""
_OF_POD = re.compile(r"-(?:[0-9]{1,3}|[0-9a-z]{6,10}-[bcdfghjklmnpqrstvwxz2-9]{5})$")
"""The end of a pod's name, after the name of its StatefulSet or Deployment."""
_ORDER = attrgetter("one", "other", "kind", "strength", "reasons")


def link(stories: Sequence[Story]) -> list[Link]:
    """All links between these stories, in a stable order."""
    by_type: dict[StoryType, list[Story]] = {}
    for story in stories:
        by_type.setdefault(story.type, []).append(story)
    deploys = by_type.get(StoryType.DEPLOY, [])
    found = [
        *_parts(deploys),
        *_rolled_back(deploys),
        *_switched_back(by_type.get(StoryType.FLAG, [])),
        *_about(by_type.get(StoryType.ALERT, []), by_type.get(StoryType.SYMPTOM, [])),
        *_ends_with(by_type.get(StoryType.SYMPTOM, []), deploys, by_type.get(StoryType.FLAG, [])),
        *_pods_of(by_type.get(StoryType.PODS, []), deploys),
        *on_node(by_type.get(StoryType.PODS, []), by_type.get(StoryType.NODE, [])),
        *fails_on(by_type.get(StoryType.PODS, []), by_type.get(StoryType.NODE, [])),
        *_silences(by_type.get(StoryType.SILENCE, []), by_type.get(StoryType.ALERT, [])),
        *_named(by_type.get(StoryType.NOTE, []), stories),
    ]
    return sorted(found, key=_ORDER)


def _parts(deploys: Iterable[Story]) -> Iterator[Link]:
    for deploy in deploys:
        for part in deploy.parts:
            if part.reasons:
                yield Link(part.id, deploy.id, LinkKind.PART_OF, part.strength, part.reasons)


def _rolled_back(deploys: Iterable[Story]) -> Iterator[Link]:
    latest: dict[Service, Story] = {}
    of_version: dict[tuple[Service, str], Story] = {}
    for deploy in deploys:
        service = without_environment(deploy.service)
        before = latest.get(service)
        if deploy.rolls_back and before:
            came_from = of_version.get((service, deploy.keys.replaces)) if deploy.keys.replaces else None
            taken_back = came_from or before
            reason = f"version {deploy.keys.replaces} ran before it" if came_from else "the deploy before it"
            yield Link(deploy.id, taken_back.id, LinkKind.ROLLS_BACK, 40 if came_from else 20, (reason,))
        latest[service] = of_version[service, deploy.keys.version] = deploy


def _switched_back(changes: Sequence[Story]) -> Iterator[Link]:
    for change, before in undone(changes):
        reason = f"flag {change.keys.flag} was turned {before.manner} before it"
        yield Link(change.id, before.id, LinkKind.ROLLS_BACK, 30, (reason,))


def _about(alerts: Sequence[Story], symptoms: Iterable[Story]) -> Iterator[Link]:
    """Link each symptom to the first alert that fires because of it, preferably one that is named after it.

    Errors come before latency and traffic.
    """
    for about, symptom in explained(alerts, symptoms):
        same = f"service {about.service.name}" if about.service.name else f"namespace {about.service.namespace}"
        yield Link(about.id, symptom.id, LinkKind.ABOUT, 30, (same, "it fires while they last"))


def _ends_with(symptoms: Iterable[Story], deploys: Iterable[Story], flags: Sequence[Story]) -> Iterator[Link]:
    """Link each symptom to the deploy that is complete when it ends, unless a flag was switched right before that."""
    done: dict[tuple[str, str, str], list[tuple[datetime, Story]]] = {}
    for deploy in deploys:
        given_up = min((one.best.at for one in deploy.at(Step.ABORTED)), default=None)
        if over := deploy.complete_at or given_up:
            done.setdefault(_place(deploy.service), []).append((over, deploy))
    for ours in done.values():
        ours.sort(key=_when)
    for symptom in symptoms:
        over, ours = symptom.over, done.get(_place(symptom.service), [])
        if over is None or any(_may_end(flag, symptom, over) for flag in flags):
            continue
        low, high = (
            bisect_left(ours, over - _ENDS_WITHIN, key=_when),
            bisect_right(ours, over + _ENDS_WITHIN, key=_when),
        )
        near = [(abs(at - over), not deploy.rolls_back, deploy) for at, deploy in ours[low:high]]
        if near:
            apart, _, deploy = min(near, key=lambda one: (one[0], one[1], one[2].since))
            reason = (
                f"it ends {int(apart.total_seconds())} s from its {'completion' if deploy.complete_at else 'abort'}"
            )
            yield Link(symptom.id, deploy.id, LinkKind.ENDS_WITH, 20, (f"service {deploy.service.name}", reason))


def _may_end(flag: Story, symptom: Story, over: datetime) -> bool:
    """Whether a flag of the same service, or of no known one, was switched in the minutes before the symptom ended."""
    ours = not flag.service.name or without_environment(flag.service).name == symptom.service.name
    return bool(flag.manner) and ours and over - _ENDS_WITHIN <= flag.since <= over


def _pods_of(pods: Iterable[Story], deploys: Iterable[Story]) -> Iterator[Link]:
    sets: dict[tuple[str, str, str], list[Story]] = {}
    for deploy in deploys:
        for part in deploy.parts_of(StoryType.ROLLOUT):
            if part.keys.replica_set:
                subject = part.first.best.subject
                sets.setdefault((subject.cluster, subject.namespace, part.keys.replica_set), []).append(deploy)
    for those in sets.values():
        those.sort(key=_since)
    for story in pods:
        subject = story.first.best.subject
        ours = sets.get((subject.cluster, subject.namespace, story.keys.replica_set), ())
        before = bisect_right(ours, story.since, key=_since)
        if before:
            reason = f"they are pods of {story.keys.replica_set}"
            yield Link(story.id, ours[before - 1].id, LinkKind.PODS_OF, 40, (reason,))


def _silences(silences: Iterable[Story], alerts: Iterable[Story]) -> Iterator[Link]:
    by_name = Nearest((alert.about, alert) for alert in alerts)
    for silence in silences:
        for alert in by_name.of(silence.about, silence.since):
            yield Link(silence.id, alert.id, LinkKind.SILENCES, 30, (f"alert {alert.about}",))


def _named(notes: Sequence[Story], stories: Iterable[Story]) -> Iterator[Link]:
    named = ((one.service.name.lower(), one) for one in stories if one.service.name and one.type != StoryType.NOTE)
    by_name = Nearest(named if notes else ())
    for note in notes:
        for word in sorted(set(re.findall(r"[\w.-]+", without_cleared(note.about).lower()))):
            for story in by_name.of(word, note.since) or by_name.of(_OF_POD.sub("", word), note.since):
                yield Link(note.id, story.id, LinkKind.NAMES, 10, (f"the note names {story.service.name}",))


def _since(story: Story) -> datetime:
    return story.since


def _when(done: tuple[datetime, Story]) -> datetime:
    return done[0]


def _place(service: Service) -> tuple[str, str, str]:
    return service.cluster, service.namespace, service.name
