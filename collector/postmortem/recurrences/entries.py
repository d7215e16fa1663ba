"""The rows of a timeline in any form: a table, a list, or headings and paragraphs that begin with a time."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone

from msgspec import Struct

from collector.postmortem.lines import without_spans
from collector.postmortem.page import Page, column
from collector.postmortem.recurrences.dates import AmbiguousDay, first_day
from collector.postmortem.recurrences.sections import about
from collector.postmortem.table import key
from collector.postmortem.trailing_times import trailing_time

_CLOCK = re.compile(
    r"(?<![\d:])(?P<hour>[0-9]{1,2})(?::|(?<=[0-9]{2})h)(?P<minute>[0-5][0-9])(?::(?P<second>[0-5][0-9]))?(?:\.[0-9]+)?"
    r"\s*(?P<half>[AaPp]\.?[Mm]\b\.?)?\s*(?P<zone>Z\b|(?:UTC|GMT)?[+-][0-9]{2}:?[0-9]{2}\b|[A-Z]{2,5}T?\b)?"
)
_BEGINS = re.compile(
    r"\s*(?:>\s*)?(?:(?:[-*+]|[0-9]{1,9}[.)])\s+)?(?:#{1,6}\s+)?[*_`\[(~]*(?:ca\.?\s*|approx\.?\s*|at\s+)?"
    r"(?:\S+\s+){0,4}?[*_`\[(~]*[0-9]{1,2}:[0-9]{2}"
)
_ZONES = frozenset({"UTC", "GMT", "Z", "BST", "CET", "CEST", "EET", "EEST", "PST", "PDT", "PT", "MST", "MDT", "CST",
                    "CDT", "EST", "EDT", "ET", "IST", "JST", "AEST", "AEDT", "SGT", "WET", "WEST"})  # fmt: skip
_HALF_DAY, _DAY = timedelta(hours=12), timedelta(days=1)
_LONGEST = 2000
"""Maximum number of characters kept of a row; a longer row contains a log."""
_NO_DAY = date(2000, 1, 1)


class Entry(Struct, frozen=True):
    """A row of a timeline."""

    line: int
    """Line number, from 1."""
    at: datetime
    """Time on the clock of the postmortem; only comparable with other rows of the same postmortem."""
    text: str
    zone: str = ""


def clock(text: str, day: date | None, after: datetime | None = None) -> tuple[datetime, str, int] | None:
    """The first time in `text`, its zone, and the position after it; None if there is none.

    Without a date before it, the time is on `day`, or on the next day if it would be over 12 h before `after`. Raises
    AmbiguousDay.
    """
    found = _CLOCK.search(without_spans(text))
    if found is None:
        return None
    hour, half = int(found["hour"]), (found["half"] or "")[:1].casefold()
    if hour > 23:
        return None
    # Some people write 17:14pm.
    if half and hour <= 12:
        hour = hour % 12 + (12 if half == "p" else 0)
    zone = found["zone"] or ""
    ahead = re.search(r"([+-])(\d{2}):?(\d{2})$", zone)
    if not ahead and zone not in _ZONES:
        zone = ""
    named = first_day(text[: found.start()])
    on = named or day or _NO_DAY
    try:
        at = datetime(on.year, on.month, on.day, hour, int(found["minute"]), int(found["second"] or 0), tzinfo=UTC)
        if ahead:
            offset = timedelta(hours=int(ahead[2]), minutes=int(ahead[3]))
            at = at.replace(tzinfo=timezone(offset if ahead[1] == "+" else -offset)).astimezone(UTC)
        if after is not None and named is None and after - at > _HALF_DAY:
            at += _DAY
    except (ValueError, OverflowError):
        return None
    return at, "UTC" if ahead or zone in ("Z", "GMT") else zone, found.end()


def entries(read: Page, day: date | None) -> tuple[list[Entry], list[tuple[int, str]]]:
    """The rows in the order of the page, and the unreadable ones as line and reason. `day` is that of the incident."""
    found: list[Entry] = []
    unread: list[tuple[int, str]] = []
    for line, cell, text in _rows(read, unread):
        try:
            made = clock(cell, found[-1].at.date() if found else day, found[-1].at if found else None)
        except AmbiguousDay as ambiguous:
            unread.append((line, f"the day {ambiguous} can be read in two ways"))
            continue
        if made is None:
            if text.strip() or cell.strip():
                unread.append((line, f"a row of the timeline has no time that is understood: {_short(cell or text)!r}"))
            continue
        at, zone, _ = made
        found.append(Entry(line, at, text[:_LONGEST], zone))
    if not found and not unread:
        unread += [
            (section.heading + 1, "the timeline has neither a table nor lines that begin with a time")
            for section in about(read, "timeline")[:1]
        ]
    return found, unread


def _rows(read: Page, unread: list[tuple[int, str]]) -> Iterator[tuple[int, str, str]]:
    """The line number, the part with the time, and the text of each row, in order."""
    found: list[tuple[int, str, str]] = []
    days: list[tuple[int, str]] = []
    for section in about(read, "timeline"):
        inside: set[int] = set()
        if section.level and section.start:
            title = key(section.title)
            if _BEGINS.match(title) and _CLOCK.search(title):
                body = " ".join(filter(None, (key(read.lines[at]) for at in range(section.start, section.end))))
                found.append((section.heading + 1, title, f"{title} {body}"))
                continue
            days.append((section.heading + 1, title))
        for table in read.tables(section):
            inside |= set(range(table.start, table.end))
            time = column(table, "time", "when", "utc", "clock", "timestamp")
            day = column(table, "date", "day")
            if time is None and day is None:
                unread.append((table.start + 1, "a table in the timeline has no column for the time"))
                continue
            where = [at for at in (day, time) if at is not None]
            for line, row in enumerate(table.rows, table.start + 3):
                cells = " ".join(row[at] for at in dict.fromkeys(where) if at < len(row))
                rest = " ".join(key(cell) for at, cell in enumerate(row) if at not in where)
                found.append((line, key(cells), rest))
        inside |= read.generated
        outside = [at for at in range(section.start, section.end) if at not in inside]
        begun = [at for at in outside if _BEGINS.match(read.lines[at])]
        found += [(at + 1, key(read.lines[at]), key(read.lines[at])) for at in begun]
        ended = ((at, trailing_time(read.lines[at])) for at in sorted({*outside} - {*begun}))
        found += [(at + 1, row[0], key(row[1])) for at, row in ended if row]
    yield from _dated(sorted(found), days)


def _dated(rows: list[tuple[int, str, str]], days: list[tuple[int, str]]) -> Iterator[tuple[int, str, str]]:
    """The rows, with the date of a heading added to the first row below it."""
    left = sorted(days)
    for line, cell, text in rows:
        heading = ""
        while left and left[0][0] < line:
            heading = left.pop(0)[1]
        try:
            named = first_day(heading)
        except AmbiguousDay:
            named = None
        found = _CLOCK.search(cell)
        own = found and re.search(r"\d{4}", cell[: found.start()])
        yield line, f"{named.isoformat()} {cell}" if named and not own else cell, text


def _short(text: str) -> str:
    text = key(text)
    return text if len(text) <= 40 else f"{text[:39]}\N{HORIZONTAL ELLIPSIS}"
