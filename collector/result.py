"""What comes out: rows with their evidence, what became of everything else, and what could not be seen."""

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
    """What became of an Occurrence."""

    occurrence: Occurrence
    outcome: Literal["row", "folded", "dropped"]
    """`folded`: it stands under the table, named or counted among its kind."""
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
    """By what it was found, or why it is not known; in words."""
    row: str = ""
    """Id of the row that shows it."""
    after: timedelta | None = None
    """So long after the start."""
    about: str = ""
    """The services of its incident, where the window has several incidents."""


class Skew(Struct, frozen=True):
    """How far the clocks of two sources are apart, by what both saw."""

    source: str
    reference: str
    seconds: float
    """What to add to the times of `source` to get those of `reference`."""
    facts: int
    """How many things both saw."""


class Timeline(Struct, frozen=True):
    """The whole result."""

    window: Window
    rows: tuple[Row, ...]
    coverage: tuple[Coverage, ...]
    left_out: tuple[str, ...]
    """What the sources saw and the table leaves out on purpose, each one line."""
    events: int
    """How many Events it was made from."""
    unknown: tuple[str, ...] = ()
    """Of these the lines about namespaces, services and ids that were asked for and are unknown."""
    phases: tuple[Phase, ...] = ()
    """Of the incident that cost most; see `collector.incidents`."""
    other_phases: tuple[tuple[Phase, ...], ...] = ()
    """Those of each other incident of the window."""
    accounting: Accounting = field(default_factory=Accounting)
    links: tuple[Link, ...] = ()
    """Those between stories that have rows."""
    skews: tuple[Skew, ...] = ()
    """Clocks that are apart; nothing was shifted because of them."""
    decisions: Sequence[Decision] = ()
    """What became of each Occurrence, whether it has a row or not."""
    silent: Sequence[Event] = ()
    """Events without a meaning of their own."""
    elsewhere: Sequence[Event] = ()
    """Events of namespaces that were not asked for."""

    def __repr__(self) -> str:
        """What it is of, in a line: with all its Events it would fill a notebook."""
        span = f"{self.window.start:%Y-%m-%d %H:%M:%S} to {self.window.end:%Y-%m-%d %H:%M:%S} UTC"
        return f"<Timeline of {span}: {len(self.rows)} rows from {self.events} events>"

    def to_frame(self) -> "pandas.DataFrame":
        """The rows as a pandas DataFrame; its columns and dtypes are described in `collector.frame`."""
        from collector.frame import to_frame

        return to_frame(self)

    def _repr_html_(self) -> str | None:
        """What a notebook shows: the picture and the table."""
        from collector.display import as_html

        return as_html(self)
