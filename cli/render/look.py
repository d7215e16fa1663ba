"""The reader's choices about how a timeline is shown."""

from enum import StrEnum

from msgspec import Struct


class Show(StrEnum):
    """Where the evidence is shown."""

    COLUMN = "column"
    """In its own column, and as a list below."""
    INLINE = "inline"
    """After the words of each row, and as a list below."""
    LIST = "list"
    """Only in the list below."""
    NONE = "none"


class Look(Struct, frozen=True):
    """The choices; the defaults suit a postmortem."""

    evidence: Show = Show.COLUMN
    coverage: bool = True
    """Whether to show what was asked, what could not be seen, and what was left out."""
    seconds: bool = False
    """Whether times have seconds."""
    stable_labels: bool = False
    """Whether link labels must stay the same when evidence is added, for tables that are updated; else numbers."""
    bundle: str = ""
    """Name of the bundle with the evidence; empty if there is none."""
    roles: bool = False
    """Whether people's names are replaced by roles."""
    plots: bool = False
    """Whether JSON includes the series behind the rows."""
    to_stdout: bool = False
    """Whether the output goes to stdout, where it has the colours and width of the terminal, if there is one."""


PLAIN = Look()
