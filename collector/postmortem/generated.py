"""The text generated for a document: pieces of Markdown, already escaped."""

from collections.abc import Mapping

from msgspec import Struct, field


class GeneratedRow(Struct, frozen=True):
    """One row of the table."""

    id: str
    cells: tuple[str, ...]
    """A cell for each column; the first is the time."""


class Generated(Struct, frozen=True):
    """A timeline as pieces of Markdown, from which its text is assembled."""

    caption: str
    columns: tuple[str, ...]
    """The first is for the time, the second for the event."""
    rows: tuple[GeneratedRow, ...]
    nothing: str
    """The sentence in place of a table without rows."""
    phases: str = ""
    """When the incident started, was detected and so on, in one line; may be empty."""
    below: tuple[str, ...] = ()
    """The lines with the evidence and the coverage."""
    references: Mapping[str, str] = field(default_factory=dict)
    """The targets of the links, by their labels."""
