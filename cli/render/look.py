"""What the reader wants to see of a timeline, in the formats for people."""

from enum import StrEnum

from msgspec import Struct


class Show(StrEnum):
    """Where the evidence stands."""

    COLUMN = "column"
    """In a column of its own, and as a list below."""
    INLINE = "inline"
    """Behind the words of each row, and as a list below."""
    LIST = "list"
    """In the list alone."""
    NONE = "none"


class Look(Struct, frozen=True):
    """The choices; the defaults are what belongs in a postmortem."""

    evidence: Show = Show.COLUMN
    coverage: bool = True
    """Whether it says what was asked, what could not be seen, and what was left out."""
    seconds: bool = False
    """Whether times have seconds."""
    lasting_labels: bool = False
    """Whether labels of links stay the same when there is more evidence, for a table that is updated; else numbers."""
    bundle: str = ""
    """Name of the file that keeps the evidence; empty if none does."""
    roles: bool = False
    """Whether roles stand for people."""
    plots: bool = False
    """Whether JSON has the series behind the rows."""
    screen: bool = False
    """Whether it is printed on the terminal, if there is one, with its colours and width."""


PLAIN = Look()
