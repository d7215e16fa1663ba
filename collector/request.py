"""The request for a timeline, and the names of its arguments in messages."""

from collections.abc import Mapping
from datetime import datetime, tzinfo
from pathlib import Path

from msgspec import Struct, field


class Arguments(Struct, frozen=True):
    """The names of the arguments in error messages, as the user wrote them."""

    start: str = "start"
    end: str = "end"
    tz: str = "tz"
    sources: str = "sources"
    notes: str = "notes"
    capture: str = "capture"
    replay: str = "bundle"
    clock_offsets: str = "clock_offsets"


LIBRARY = Arguments()
"""The parameters of `pm_timeline.timeline` and `pm_timeline.replay`."""


class Request(Struct, frozen=True, kw_only=True):
    """The request for a timeline. Empty tuples and None mean: no restriction, or the default."""

    start: str | datetime | None = None
    """Text is read by `collector.parse_window`; a naive datetime is in `tz`."""
    end: str | datetime | None = None
    tz: str | tzinfo | None = None
    """The zone of the table, and of times without a zone."""
    services: tuple[str, ...] = ()
    namespaces: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    """Names of configured sources."""
    notes: tuple[Path, ...] = ()
    """Files; `-` is stdin."""
    note: tuple[str, ...] = ()
    """Single lines such as `14:12 text`."""
    full: bool = False
    """Whether to also show every event that has no row of its own."""
    pins: tuple[str, ...] = ()
    """Ids of rows or stories that must have rows; `drops`: those that must have none."""
    drops: tuple[str, ...] = ()
    clock_offsets: tuple[str, ...] = ()
    """`SOURCE=+3s`: an offset to add to the times of a source."""
    aliases: Mapping[str, str] = field(default_factory=dict)
    """Maps other names, or repositories, to the name of the service; in addition to those that are configured."""
    capture: Path | None = None
    """Where to write an evidence bundle."""
    force: bool = False
    """Whether an existing bundle may be replaced."""
    arguments: Arguments = LIBRARY
