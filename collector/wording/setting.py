"""What the words of a row depend on besides its story."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo

from collector.context import Context
from collector.services.service import Service
from collector.stories.story import Story
from collector.window import Window
from collector.wording import sentence
from collector.wording.sentence import Words


@dataclass(frozen=True, slots=True)
class Setting:
    """Window and zone, which names are ambiguous, and the other stories."""

    context: Context
    apart: Mapping[str, Sequence[str]]
    """Of each name that several services have, the fields in which these differ: `cluster`, `namespace`."""

    chosen: Sequence[Story] = ()
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
        return sentence.service(one, apart=self.apart.get(one.name, ()))
