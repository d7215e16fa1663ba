"""Changes by people and tools, and the last change of each service before the first effect on it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from collector.manner import Manner
from collector.services.service import Service, without_environment
from collector.stories.story import Step, Story, StoryType

PRELUDE = timedelta(hours=12)
"""How long before the first effect on a service its last change may still explain it."""
CHANGES = frozenset(
    {StoryType.REPLACED, StoryType.DEPLOY, StoryType.SCALING, StoryType.CONFIG, StoryType.HOLD, StoryType.DELETION}
    | {StoryType.FLAG}
)
_ROUTINE = ("autoscaler", Manner.RECONCILE)
_NO_CAUSES = frozenset({StoryType.HOLD, StoryType.REPLACED})


def begun(effects: Iterable[Story]) -> dict[Service, datetime]:
    """When the first effect on each service began."""
    found: dict[Service, datetime] = {}
    for story in effects:
        if story.type != StoryType.DEPLOY and story.service.name:
            service = without_environment(story.service)
            found[service] = min(found.get(service, story.since), story.since)
    return found


def last_changes(stories: Sequence[Story], began: Mapping[Service, datetime]) -> frozenset[str]:
    """The id of each service's last change, routine excepted, at most PRELUDE before its time in `began`."""
    found: dict[Service, Story] = {}
    for story in stories if began else ():
        service = without_environment(story.service)
        if story.type in CHANGES - _NO_CAUSES and service in began:
            recent = began[service] - PRELUDE <= story.since <= began[service]
            routine = story.manner in _ROUTINE or not story.at(Step.STARTED)
            if recent and not routine and (service not in found or story.since >= found[service].since):
                found[service] = story
    return frozenset(story.id for story in found.values())


def infrastructure(stories: Iterable[Story], effects: Sequence[Story], until: datetime) -> frozenset[str]:
    """Ids of infrastructure changes that may have begun before the first effect, and of later ones in the same place.

    Later ones count until the end of the effects (`until`), because they may be the remedy.
    """
    ours = [one for one in stories if one.type == StoryType.DEPLOY and one.manner == Manner.INFRASTRUCTURE]
    if not ours or not effects:
        return frozenset()
    began = min(max(story.first.best.at, story.first.best.latest) for story in effects)
    places = {without_environment(one.service) for one in ours if one.first.best.earliest <= began}
    found = (one for one in ours if without_environment(one.service) in places and one.first.best.earliest <= until)
    return frozenset(one.id for one in found)
