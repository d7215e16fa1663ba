"""Pins and drops: which stories the ids mean that the user gave."""

from collections.abc import Sequence

from msgspec.structs import replace

from collector.scope import Scope
from collector.stories.story import Story
from collector.wording.sentence import row_id

_NUMBERED = ("aborted", "stuck")
_STEPS = (
    *("started", "pods ready", "complete", "waiting", "paused", "failed", "fires", "resolved", "ended", "befalls"),
    *("befall many", "stopped", "scaled", "replaced", "away", "many"),
    *(f"{step} {number}" for step in _NUMBERED for number in range(10)),
)
"""The steps that rows are made for, by which their ids are made."""


def with_stories(scope: Scope, stories: Sequence[Story]) -> Scope:
    """The same, with the story of every row that is pinned; the row of a story is known by its id and step."""
    pins = scope.pins - {story.id for story in stories}
    if not pins:
        return scope
    found = {
        story.id
        for story in stories
        for step in (*_STEPS, *(f"{one.kind} {number}" for number in range(3) for one in story.occurrences()))
        if row_id(story, step) in pins
    }
    return replace(scope, pins=scope.pins | found)
