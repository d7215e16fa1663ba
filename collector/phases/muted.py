"""Alerts that began to fire while a silence kept them from notifying anybody."""

from collections.abc import Sequence
from datetime import datetime

from collector.event import Event, Kind
from collector.merge import Occurrence
from collector.stories.story import Story, StoryType


def muted(stories: Sequence[Story]) -> list[Occurrence]:
    """The firings that a silence covered: it mutes all that they are about, and had begun and not ended by then."""
    silences = [story for story in stories if story.type == StoryType.SILENCE]
    begun = [one.best for story in silences for one in story.occurrences() if one.kind == Kind.SILENCE_STARTED]
    ends: dict[str, datetime] = {
        one.best.keys.episode: one.best.earliest
        for story in silences
        for one in story.occurrences()
        if one.kind == Kind.SILENCE_ENDED
    }
    alerts = [story for story in stories if story.type == StoryType.ALERT] if begun else []
    fired = [one for story in alerts for one in story.occurrences() if one.kind == Kind.ALERT_FIRING]
    return [one for one in fired if any(_mutes(each, ends.get(each.keys.episode), one.best) for each in begun)]


def _mutes(silence: Event, until: datetime | None, alert: Event) -> bool:
    if not silence.numbers.get("whole") or not silence.latest <= alert.earliest:
        return False
    if until is not None and until <= alert.latest:
        return False
    own, other = silence.subject, alert.subject
    pairs = (
        (silence.keys.alert, alert.keys.alert),
        (own.service, other.service),
        (own.namespace, other.namespace),
        (own.cluster, other.cluster),
    )
    return all(mine in ("", theirs) for mine, theirs in pairs)
