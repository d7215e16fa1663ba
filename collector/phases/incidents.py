"""Splits the effects of a window into incidents: effects on other services, long after the first ended, are another."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from collector.stories.story import Story, StoryType

_APART = timedelta(minutes=10)
"""An effect that begins sooner after the end of the earlier ones may still belong to them."""
_FELT = (StoryType.SYMPTOM, StoryType.ALERT)


def incidents(effects: Sequence[Story]) -> list[list[Story]]:
    """The effects of each incident, the first incident first.

    In each incident alerts fired or requests suffered, and all of it was seen to end before the next began. Effects
    that nobody felt belong to the incident before them, else to the one after them.
    """
    found: list[list[Story]] = []
    until: datetime | None = None
    """When all effects of the last group were over; None if one may still go on."""
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
    """When it was over; None if it may still go on. All but alerts, symptoms and nodes end when they were last seen."""
    return story.over or (None if story.type in (*_FELT, StoryType.NODE) else story.until)


def _felt(group: Sequence[Story]) -> bool:
    return any(story.type in _FELT for story in group)


def _share_services(groups: Sequence[Sequence[Story]]) -> bool:
    """Whether two groups share a service, or an alert of no known service: that is one incident that recurs."""
    seen: set[object] = set()
    for group in groups:
        names = {story.service.name or story.about for story in group}
        if names & seen:
            return True
        seen |= names
    return False
