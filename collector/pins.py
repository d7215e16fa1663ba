"""Pins: finds the stories of the row ids that the user gave."""

from collections.abc import Iterable, Iterator, Sequence, Set

from msgspec.structs import replace

from collector.row import Row
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
    found = {story.id for story in stories for step in _steps(story) if row_id(story, step) in pins}
    return replace(scope, pins=scope.pins | found)


def unknown_ids(asked: Set[str], stories: Sequence[Story], rows: Iterable[Row]) -> Iterator[str]:
    """A line for each id that no story and no row has, in order. `rows` are all, also those that were dropped."""
    left = asked - {story.id for story in stories} - {row.id for row in rows}
    if left:
        left -= {row_id(story, step) for story in stories for step in _steps(story)}
    yield from (f"no row or story has the id {one}; pm-timeline explain lists the ids" for one in sorted(left))


def _steps(story: Story) -> Iterator[str]:
    yield from _STEPS
    yield from (f"{one.kind} {number}" for number in range(3) for one in story.occurrences())
