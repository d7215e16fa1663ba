"""Reads the files line by line and makes documents of the records in and before the window."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import islice
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct, field

from collector.source import Deadline, Document, Gap, SourceError
from collector.window import Window
from sources.events import cdevents
from sources.events.files import files
from sources.events.items import extracted, located
from sources.events.records import Bad, Record, records
from sources.events.settings import EventsSettings
from sources.events.times import NoTime, read_time

LEAD = timedelta(hours=72)
"""How long before the window a deploy may have been requested, or the running version deployed."""
TAIL = timedelta(hours=1)
MOST_KEPT = 100_000
"""Maximum records of one file."""
_SHOWN = 5
"""Maximum number of malformed lines that are named."""
_PER_DOCUMENT = 5000
_BETWEEN_CHECKS = 1000
_MARGIN = 0.05
"""The share of its time that the source keeps for handing over what it has read."""


class _File(Struct):
    """The state of reading one file."""

    path: str
    bad: list[list[Any]] = field(default_factory=list)
    """The first malformed lines: number and reason."""
    bad_count: int = 0
    found: int = 0
    """Records and what is none, of whatever time."""
    naive: int = 0
    cut: int = 0
    """The line at which the time ran out; 0 if it did not."""

    def summary(self, zone: str) -> dict[str, Any]:
        """A summary for `read`."""
        return {"file": self.path, "bad": self.bad, "bad_count": self.bad_count, "naive": self.naive, "zone": zone}

    def add(self, bad: Bad) -> None:
        """Count a malformed line."""
        self.bad_count += 1
        if len(self.bad) < _SHOWN:
            self.bad.append([bad.number, bad.why])


def fetch(settings: EventsSettings, window: Window, deadline: Deadline) -> Iterator[Document | Gap]:
    """A file that cannot be read is a Gap if another one can. Raises SourceError if none can."""
    errors: list[SourceError] = []
    answered = False
    for path in files(settings.path):
        try:
            for given in _file(path, settings, window, deadline):
                answered = True
                yield given
        except SourceError as error:
            errors.append(error)
    yield from (Gap(error.reason, error.hint) for error in (errors if answered else errors[1:]))
    if not answered and errors:
        raise errors[0]


def _file(path: Path, settings: EventsSettings, window: Window, deadline: Deadline) -> Iterator[Document | Gap]:
    zone = ZoneInfo(settings.tz) if settings.tz else window.tz
    seen = _File(str(path))
    kept = _kept(seen, path, settings, window, zone, deadline)
    number = 0
    while batch := list(islice(kept, _PER_DOCUMENT)):
        number += len(batch)
        yield _document("records", path, {"file": str(path), "records": batch})
        if number >= MOST_KEPT:
            yield Gap(f"{path}: cut off after {MOST_KEPT:,} records of this time", "ask for a shorter window")
            break
    if seen.cut:
        yield Gap(f"{path}: not read from line {seen.cut} on, the time was up", "raise `deadline`, or name fewer files")
    if not seen.found and not seen.cut:
        yield Gap(f"{path} has no events in it", "did the export work?")
    yield _document("file", path, seen.summary(str(zone)))


def _kept(
    seen: _File, path: Path, settings: EventsSettings, window: Window, zone: tzinfo, deadline: Deadline
) -> Iterator[dict[str, Any]]:
    wide = window.widened(lead=LEAD, tail=TAIL)
    for count, found in enumerate(records(path, settings)):
        if count % _BETWEEN_CHECKS == 0 and deadline.remaining() <= _MARGIN * deadline.seconds:
            # The records read so far are kept.
            seen.cut = found.number
            return
        seen.found += 1
        if isinstance(found, Bad):
            seen.add(found)
            continue
        event = cdevents.unwrapped(found.content)
        try:
            reading = read_time(_time(found, event, settings), zone, settings.time_unit, settings.time_format)
        except NoTime as error:
            seen.add(Bad(found.number, str(error)))
            continue
        when = reading.when
        if wide.overlaps(when.earliest, when.latest):
            # If the user has declared a zone, times without one are no problem.
            seen.naive += reading.naive and settings.tz is None
            content = {"cdevent": cdevents.reduced(event)} if event else {"fields": extracted(found.content, settings)}
            yield {"line": found.number, "at": when.earliest.isoformat(), "latest": when.latest.isoformat(), **content}


def _time(found: Record, event: dict[str, Any] | None, settings: EventsSettings) -> Any:
    if event is not None:
        return cdevents.time_of(event, found.content)
    return located(found.content, "time", settings)


def _document(call: str, path: Path, content: dict[str, Any]) -> Document:
    return Document(call, str(path), datetime.now(UTC), json.dumps(content, ensure_ascii=True))
