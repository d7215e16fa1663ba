"""Pins: finds the stories of the row ids that the user gave."""

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
"""The steps that have rows; the id of a row is made from its story and step."""


def with_stories(scope: Scope, stories: Sequence[Story]) -> Scope:
    """The same, with the story of every pinned row also pinned; a row's id follows from its story and step."""
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
