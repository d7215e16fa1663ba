"""What comes out: rows with their evidence, and what could not be seen."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from collector.event import Event, Kind
from collector.source import Gap, Seen
from collector.window import Window

if TYPE_CHECKING:
    import pandas


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where a reader can check a row."""

    source: str
    """Name of the source."""
    url: str
    """Page to open; empty if the system has none."""
    query: str
    """Query or API path that gave the evidence; may be empty."""
    label: str
    """Short name to print for it."""


@dataclass(frozen=True, slots=True)
class Plot:
    """A series to draw beside a row."""

    source: str
    """Name of the source."""
    measure: str
    """What its values are: `5xx ratio` (a fraction of 1), `requests/s`."""
    points: tuple[tuple[float, float], ...]
    """Unix seconds and value, in order, down-sampled."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: a fact, in words, and the Events it rests on."""

    id: str
    """Stable: the same evidence gives the same id."""
    at: datetime
    """The time to print, in UTC."""
    end: datetime | None
    """When it ended, for rows about something that lasted; in UTC."""
    text: str
    """One plain line, not yet escaped for any format."""
    kind: Kind
    service: str
    """Empty if the row belongs to no service."""
    events: tuple[Event, ...]

    @property
    def sources(self) -> tuple[str, ...]:
        """Names of the sources that saw it, sorted."""
        return tuple(sorted({event.source for event in self.events}))

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """Where to check it, each place once, pages before queries, in the order of the Events."""
        found = dict.fromkeys(
            Evidence(event.source, event.url, event.query, _label(event)) for event in self.events if event.url
        )
        found |= dict.fromkeys(
            Evidence(event.source, "", event.query, _label(event))
            for event in self.events
            if not event.url and event.query
        )
        return tuple(found)

    @property
    def plots(self) -> tuple[Plot, ...]:
        """The series that show it, each once."""
        drawn = (Plot(event.source, event.keys.measure, event.plot) for event in self.events if event.plot)
        return tuple(dict.fromkeys(drawn))


def row_id(kind: Kind, events: tuple[Event, ...]) -> str:
    """An id that depends only on what kind of row it is and which native events it rests on."""
    natives = sorted(f"{event.source}\0{event.kind}\0{event.native_id}" for event in events)
    return hashlib.sha256("\0\0".join([kind, *natives]).encode("utf-8", "replace")).hexdigest()[:12]


def _label(event: Event) -> str:
    if event.keys.run_number and event.url:
        return f"{event.source} run {event.keys.run_number}"
    return event.source


@dataclass(frozen=True, slots=True)
class Coverage:
    """What one source was asked, what it gave, and what it could not see."""

    source: str
    type: str
    asked: tuple[str, ...]
    """The questions, each once, with the number of pages: `events (3 pages)`."""
    events: int
    """How many Events it gave."""
    gaps: tuple[Gap, ...]
    failed: bool
    """It gave nothing because it could not be asked."""
    seen: tuple[Seen, ...] = ()
    """Which part of the time it could see, where it can tell."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """The whole result."""

    window: Window
    rows: tuple[Row, ...]
    coverage: tuple[Coverage, ...]
    left_out: tuple[str, ...]
    """What the sources saw and the table leaves out on purpose, each one line."""
    events: int
    """How many Events it was made from."""

    def to_frame(self) -> "pandas.DataFrame":
        """The rows as a pandas DataFrame; its columns and dtypes are described in `collector.frame`."""
        from collector.frame import to_frame

        return to_frame(self)
