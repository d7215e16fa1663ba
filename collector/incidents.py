"""Which effects of a window are one incident: those of other services, long after the first are over, are another."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from collector.stories.story import Story, StoryType

_APART = timedelta(minutes=10)
"""What begins sooner after the end of what went before may still belong to it."""
_FELT = (StoryType.SYMPTOM, StoryType.ALERT)


def incidents(effects: Sequence[Story]) -> list[list[Story]]:
    """The effects of each incident, the first incident first.

    An incident is one where alerts fired or requests suffered, all of which was seen to end. What nobody felt belongs
    to the incident before it, else to the one after it.
    """
    found: list[list[Story]] = []
    until: datetime | None = None
    """When all of the last group was over; None if some of it may still go on."""
    for story in sorted(effects, key=lambda one: (one.first.best.earliest, one.id)):
        end = _end(story)
        if found and (until is None or story.first.best.earliest <= until + _APART):
            found[-1].append(story)
            until = max(until, end) if until and end else None
        else:
            found.append([story])
            until = end
    joined: list[list[Story]] = []
    for group in found:
        if joined and not (_felt(joined[-1]) and _felt(group)):
            joined[-1] += group
        else:
            joined.append(group)
    several = len(joined) > 1 and not _share_services(joined)
    return joined if several else [[story for group in joined for story in group]]


def _end(story: Story) -> datetime | None:
    """When it was over; None if it may still go on. What is no state ends with the last that was seen of it."""
    return story.over or (None if story.type in (*_FELT, StoryType.NODE) else story.until)


def _felt(group: Sequence[Story]) -> bool:
    return any(story.type in _FELT for story in group)


def _share_services(groups: Sequence[Sequence[Story]]) -> bool:
    """Whether a service, or an alert of no known service, is in two of them: that is one that comes back."""
    seen: set[object] = set()
    for group in groups:
        names = {story.service.name or story.about for story in group}
        if names & seen:
            return True
        seen |= names
    return False
