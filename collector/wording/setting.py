"""What the words of a row depend on besides its story."""

from dataclasses import dataclass
from datetime import tzinfo

from collector.context import Context
from collector.services.service import Service
from collector.window import Window
from collector.wording import sentence
from collector.wording.sentence import Words


@dataclass(frozen=True, slots=True)
class Setting:
    """Window and zone, which names are ambiguous, and the other stories."""

    context: Context
    ambiguous: frozenset[str]
    """Names that two services in the table have."""

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
        return sentence.service(one, ambiguous=one.name in self.ambiguous)
