"""The setting of a row: all that its words depend on besides its story."""

from collections.abc import Mapping, Sequence
from datetime import tzinfo

from msgspec import Struct

from collector.context import Context
from collector.services.service import Service, is_lower
from collector.stories.story import Story, StoryType
from collector.stories.strength import environment
from collector.window import Window
from collector.wording import sentence
from collector.wording.sentence import Words


class Setting(Struct, frozen=True):
    """Window and zone, the ambiguous names, and the other stories."""

    context: Context
    distinguished_by: Mapping[str, Sequence[str]]
    """For each name, the fields in which the services of that name differ: `cluster`, `namespace`."""
    several: frozenset[str] = frozenset()
    """The names of services that are deployed to several environments that serve users."""

    with_rows: Sequence[Story] = ()
    """The stories that have rows."""

    @property
    def window(self) -> Window:
        """The window that was asked for."""
        return self.context.window

    @property
    def tz(self) -> tzinfo:
        """The zone to print times in."""
        return self.context.window.tz

    def service(self, one: Service) -> Words:
        """The service as the table names it."""
        return sentence.service(one, distinguished_by=self.distinguished_by.get(one.name, ()))

    def place(self, one: Service) -> Words:
        """The place that the table adds to the name of the service."""
        return sentence.place(one, distinguished_by=self.distinguished_by.get(one.name, ()))


def deployed_to_several(context: Context) -> frozenset[str]:
    """The names of services with known deploys to several environments that serve users."""
    places: dict[str, set[str]] = {}
    for story in context.stories.values():
        for run in story.parts_of(StoryType.PIPELINE) if story.type == StoryType.DEPLOY else ():
            named = environment(run)
            if named and not is_lower(named):
                places.setdefault(story.service.name, set()).add(named.lower())
    return frozenset(name for name, found in places.items() if len(found) > 1)
