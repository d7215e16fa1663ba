"""Feature flags: each change is a story. Finds changes beside an effect, and changes that undo another."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from collector.event import Kind
from collector.merge import Occurrence
from collector.services.resolve import Directory
from collector.services.service import Service, is_lower
from collector.stories.story import Step, Story, StoryType

ON = "on"
OFF = "off"
BESIDE = timedelta(minutes=10)
"""Longest time from a change of no known service to the start or end of an effect beside it."""


def flags(occurrences: Iterable[Occurrence], directory: Directory) -> list[Story]:
    """One story for each change; `manner` is `on` or `off` if the flag is switched, else empty."""
    return [_story(one, directory.resolve(one.best.subject).service) for one in occurrences if _is_flag(one)]


def undone(changes: Iterable[Story]) -> list[tuple[Story, Story]]:
    """Pairs of a switch of a flag and the one before it, in the same environment, that it takes back."""
    last: dict[tuple[str, str], Story] = {}
    found = []
    for change in sorted(changes, key=lambda change: (change.since, change.id)):
        if not change.manner:
            continue
        # Not the environment of the service, which may be known only by its namespace.
        key = (change.keys.flag, change.first.best.subject.environment)
        if key in last and last[key].manner != change.manner:
            found.append((change, last[key]))
        last[key] = change
    return found


def is_shared(story: Story) -> bool:
    """Whether it is a change of configuration that several services use."""
    return story.type == StoryType.CONFIG and story.first.best.numbers.get("users", 0) > 1


def beside(changes: Iterable[Story], effects: Sequence[Story]) -> frozenset[str]:
    """The ids of changes of no known service with an effect that begins or ends at most BESIDE after them.

    Both must be in environments that serve users, or both in others, if both environments are known. For configuration
    that several services use, the effect must be in the same namespace.
    """
    return frozenset(
        change.id
        for change in changes
        if not change.service.name and any(_is_beside(change, effect) for effect in effects)
    )


def _is_beside(change: Story, effect: Story) -> bool:
    first = effect.first.best
    begins = _follows(change, first.earliest, max(first.at, first.latest))
    ends = effect.over is not None and _follows(change, effect.over, effect.over)
    if is_shared(change) and (change.service.cluster, change.service.namespace) != _place(change, effect):
        return False
    return (begins or ends) and _may_be_one_environment(change.service, effect.service)


def _place(change: Story, effect: Story) -> tuple[str, str]:
    """Cluster and namespace of the effect; the cluster of the change if metrics do not know it."""
    return effect.service.cluster or change.service.cluster, effect.service.namespace


def _follows(change: Story, earliest: datetime, latest: datetime) -> bool:
    """Whether something between these times may have happened at most BESIDE after the change."""
    best = change.first.best
    return best.earliest <= latest and earliest <= best.latest + BESIDE


def _may_be_one_environment(one: Service, other: Service) -> bool:
    unknown = not one.environment or not other.environment
    return unknown or is_lower(one.environment) == is_lower(other.environment)


def _is_flag(one: Occurrence) -> bool:
    return one.kind == Kind.FLAG_CHANGED


def _story(one: Occurrence, service: Service) -> Story:
    best = one.best
    switched = best.numbers.get("on")
    manner = "" if switched is None else ON if switched else OFF
    return Story(
        StoryType.FLAG, service, best.keys.flag or best.summary, {Step.STARTED: (one,)}, (), manner, keys=best.keys
    )
