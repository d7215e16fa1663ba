"""What the reader wants to see of a timeline, in the formats for people."""

from dataclasses import dataclass
from enum import StrEnum


class Show(StrEnum):
    """Where the evidence stands."""

    COLUMN = "column"
    """In a column of its own, and as a list below."""
    INLINE = "inline"
    """Behind the words of each row, and as a list below."""
    LIST = "list"
    """In the list alone."""
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Look:
    """The choices; the defaults are what belongs in a postmortem."""

    evidence: Show = Show.COLUMN
    coverage: bool = True
    """Whether it says what was asked, what could not be seen, and what was left out."""
    seconds: bool = False
    """Whether times have seconds."""
    bundle: str = ""
    """Name of the file that keeps the evidence; empty if none does."""
    roles: bool = False
    """Whether roles stand for people."""
    plots: bool = False
    """Whether JSON has the series behind the rows."""
    screen: bool = False
    """Whether it is printed on the terminal, if there is one, with its colours and width."""


PLAIN = Look()
