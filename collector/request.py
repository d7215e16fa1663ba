"""What a timeline is asked for, and how whoever asks names the arguments."""

from collections.abc import Mapping
from datetime import datetime, tzinfo
from pathlib import Path

from msgspec import Struct, field


class Arguments(Struct, frozen=True):
    """What error messages call the arguments, so that they name what the user wrote."""

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
    """What to draft a timeline of. Empty tuples and None mean: no restriction, or the default."""

    start: str | datetime | None = None
    """Text is read by `collector.parse_window`; a naive datetime is in `tz`."""
    end: str | datetime | None = None
    tz: str | tzinfo | None = None
    """The zone of times without one, and of the table."""
    services: tuple[str, ...] = ()
    namespaces: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    """Names of configured sources."""
    notes: tuple[Path, ...] = ()
    """Files; `-` is stdin."""
    note: tuple[str, ...] = ()
    """Single lines such as `14:12 text`."""
    full: bool = False
    """Also every event that has no row of its own."""
    pins: tuple[str, ...] = ()
    """Ids of rows or stories that shall have rows, and `drops` of those that shall have none."""
    drops: tuple[str, ...] = ()
    clock_offsets: tuple[str, ...] = ()
    """`SOURCE=+3s`: what to add to the times of a source."""
    aliases: Mapping[str, str] = field(default_factory=dict)
    """Another name of a service, or a repository, and the service that it is; besides those that are configured."""
    capture: Path | None = None
    """Where to write an evidence bundle."""
    force: bool = False
    """Whether a bundle that is there already may be replaced."""
    arguments: Arguments = LIBRARY
