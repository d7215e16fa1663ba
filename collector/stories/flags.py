"""Feature flags: each change of one is a story; which changes stand beside an effect, and which undo another."""

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
"""How near to the begin or end of an effect the change of a flag stands that belongs to no known service."""


def flags(occurrences: Iterable[Occurrence], directory: Directory) -> list[Story]:
    """One story for each change; `manner` is `on` or `off` where the flag is switched, else empty."""
    return [_story(one, directory.resolve(one.best.subject).service) for one in occurrences if _is_flag(one)]


def undone(changes: Iterable[Story]) -> list[tuple[Story, Story]]:
    """Each switch of a flag that takes back the one before it in the same environment, and that one."""
    last: dict[tuple[str, str], Story] = {}
    found = []
    for change in sorted(changes, key=lambda change: (change.since, change.id)):
        if not change.manner:
            continue
        # The service that it belongs to may be known by its namespace, without the environment.
        key = (change.keys.flag, change.first.best.subject.environment)
        if key in last and last[key].manner != change.manner:
            found.append((change, last[key]))
        last[key] = change
    return found


def is_shared(story: Story) -> bool:
    """Whether it is a change of configuration that several services use."""
    return story.type == StoryType.CONFIG and story.first.best.numbers.get("users", 0) > 1


def beside(changes: Iterable[Story], effects: Sequence[Story]) -> frozenset[str]:
    """The changes (their ids) of no known service, shortly after which an effect begins or ends.

    Only an effect counts that is of the same environment, as far as both are known; of configuration that several
    services use, one in its namespace.
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
    """Where the effect is; metrics need not know the cluster."""
    return effect.service.cluster or change.service.cluster, effect.service.namespace


def _follows(change: Story, earliest: datetime, latest: datetime) -> bool:
    """Whether what happened between these times may have come at most BESIDE after the change."""
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
