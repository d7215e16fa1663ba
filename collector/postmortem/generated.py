"""What was generated for a document: pieces of Markdown, each already escaped."""

from collections.abc import Mapping

from msgspec import Struct, field


class GeneratedRow(Struct, frozen=True):
    """One row of the table."""

    id: str
    cells: tuple[str, ...]
    """One for each column; the first is the time."""


class Generated(Struct, frozen=True):
    """A timeline as Markdown, in the pieces that it is put together of."""

    caption: str
    columns: tuple[str, ...]
    """The first is for the time, the second for the event."""
    rows: tuple[GeneratedRow, ...]
    nothing: str
    """What stands in place of a table without rows."""
    phases: str = ""
    """When it started, was detected and so on, in one line; may be empty."""
    below: tuple[str, ...] = ()
    """The lines with the evidence and the coverage."""
    references: Mapping[str, str] = field(default_factory=dict)
    """The targets of the links, by their labels."""
