"""The result: rows with their evidence, the decisions about everything else, and the gaps in coverage."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal, NamedTuple

from msgspec import Struct, field

from collector.coverage import Coverage
from collector.event import Event
from collector.links import Link
from collector.merge import Occurrence
from collector.row import Row
from collector.window import Window

if TYPE_CHECKING:
    import pandas


class Decision(NamedTuple):
    """The decision about an Occurrence."""

    occurrence: Occurrence
    outcome: Literal["row", "folded", "dropped"]
    """`folded`: part of a story that has rows, or mentioned under the table by name or in a count of its kind."""
    rule: str
    """Name of the rule that decided; see collector/significance.py."""
    because: str
    row: str = ""
    """Id of the row."""
    story: str = ""
    """Id of the story."""


class Accounting(Struct, frozen=True):
    """Where all Events went; the counts add up."""

    events: int = 0
    rows: int = 0
    """Events under the rows."""
    folded: int = 0
    dropped: int = 0
    rules: Mapping[str, int] = field(default_factory=dict)
    """Events that have no row, by the rule that decided."""


class Phase(Struct, frozen=True):
    """One of: started, detected, identified, mitigated, resolved."""

    name: str
    at: datetime | None
    """None if it is not known."""
    earliest: datetime | None
    latest: datetime | None
    found_by: str
    """How it was found, or why it is not known; in words."""
    row: str = ""
    """Id of the row that shows it."""
    after: timedelta | None = None
    """Time since the start of the incident."""
    about: str = ""
    """The services of its incident, if the window has several incidents."""


class Skew(Struct, frozen=True):
    """The difference of two sources' clocks, from occurrences that both saw."""

    source: str
    reference: str
    seconds: float
    """Add this to the times of `source` to get those of `reference`."""
    facts: int
    """How many occurrences both saw."""


class Timeline(Struct, frozen=True):
    """The whole result."""

    window: Window
    rows: tuple[Row, ...]
    coverage: tuple[Coverage, ...]
    left_out: tuple[str, ...]
    """Stories that the table leaves out on purpose, and names that are unknown; one line each."""
    events: int
    """How many Events it was made from."""
    unknown: tuple[str, ...] = ()
    """Of these the lines about namespaces, services and ids that were asked for and are unknown."""
    phases: tuple[Phase, ...] = ()
    """The phases of the incident with the highest cost; see `collector.phases.incidents`."""
    other_phases: tuple[tuple[Phase, ...], ...] = ()
    """The phases of each other incident in the window."""
    accounting: Accounting = field(default_factory=Accounting)
    links: tuple[Link, ...] = ()
    """Links between stories that have rows."""
    skews: tuple[Skew, ...] = ()
    """Clocks that differ; nothing was shifted because of them."""
    decisions: Sequence[Decision] = ()
    """The decision about each Occurrence, whether it has a row or not."""
    silent: Sequence[Event] = ()
    """Events without a meaning of their own."""
    elsewhere: Sequence[Event] = ()
    """Events of namespaces that were not asked for."""

    def __eq__(self, other: object) -> bool:
        """Whether both print the same. Events without rows are in the order in which the sources gave them, which does
        not count.
        """
        if not isinstance(other, Timeline):
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in _COMPARED)

    def __repr__(self) -> str:
        """One short line: with all its Events, it would fill a notebook."""
        span = f"{self.window.start:%Y-%m-%d %H:%M:%S} to {self.window.end:%Y-%m-%d %H:%M:%S} UTC"
        return f"<Timeline of {span}: {len(self.rows)} rows from {self.events} events>"

    def to_frame(self) -> "pandas.DataFrame":
        """The rows as a pandas DataFrame; its columns and dtypes are described in `collector.frame`."""
        from collector.frame import to_frame

        return to_frame(self)

    def _repr_html_(self) -> str | None:
        """The HTML that a notebook shows: the picture and the table."""
        from collector.display import as_html

        return as_html(self)


_COMPARED = [name for name in Timeline.__struct_fields__ if name not in ("decisions", "silent", "elsewhere")]
