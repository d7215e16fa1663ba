"""The forms in which people write down what happened when: `14:12 text`, Markdown lists and tables, Slack pastes."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, time, timedelta, tzinfo

from collector.written_zones import UnclearZone, find_header_zone, find_zone
from sources.text import one_line


@dataclass(frozen=True, slots=True)
class Stamp:
    """A time as it was written."""

    day: date | None
    clock: time
    """Naive."""
    width: timedelta
    """How long the last digit given lasts: a minute for `14:12`."""
    zone: tzinfo | None
    """As written; None if it is to be understood."""
    abbreviation: str = ""
    """What was written for it, if it was only in force for a part of the year: `CEST`."""


@dataclass(frozen=True, slots=True)
class Note:
    """A text with its time."""

    line: int
    stamp: Stamp
    text: str


@dataclass(frozen=True, slots=True)
class Untimed:
    """A line that is not part of a note, and why."""

    line: int
    text: str
    why: str


_STRUCTURE = re.compile(r"(?:```|~~~).*|#{1,6}(?:\s.*)?")
_RULE = re.compile(r"(?:-{3,}|\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?)")
_PREFIX = re.compile(r"\A(?:>\s*)*(?:#{1,6}\s+)?(?:(?:[-*+•]|[0-9]{1,3}[.)])\s+)?(?:\[[ xX]\]\s+)?")
_STAMP = re.compile(
    r"(?P<open>[*_`~\[(]*)"
    r"(?:(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})(?P<t>[Tt]|,?\s+))?"
    r"(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:[.,](?P<fraction>[0-9]{1,9}))?)?"
    r"(?P<tail>(?:\s*(?P<half>[AaPp])\.?[Mm]\b\.?)?)"
    r"(?:(?=(?:[Zz]|UTC|GMT)(?!\w))|(?!\w|[:.,]?[0-9]))"
)
_SEPARATOR = re.compile(r"(?:-{1,3}|[–—:|,])|\s+(?:-{1,3}|[–—:|])(?=\s|$)")  # noqa: RUF001 - people type these dashes
_CELL = re.compile(r"(?<!\\)\|")
_CLOSING = str.maketrans("[(", "])")


def notes(lines: Sequence[str]) -> Iterator[Note | Untimed]:
    """The notes in order. A line without a time goes on with the note before it, up to a blank line or a heading."""
    current: Note | None = None
    header = ""
    for number, written in enumerate(lines, start=1):
        line, following = written.strip(), lines[number].strip() if number < len(lines) else ""
        if not line.startswith("|"):
            header = ""
        elif _is_header(following):
            header = _cells(line)[0]
        parsed = _line(number, line, following)
        if isinstance(parsed, Note) and parsed.stamp.zone is None:
            parsed = _in_table(parsed, header)
        if isinstance(parsed, str) and parsed and current is not None:
            current = Note(current.line, current.stamp, f"{current.text} {parsed}".strip())
            continue
        yield from _finished(current)
        current = parsed if isinstance(parsed, Note) else None
        if isinstance(parsed, Untimed):
            yield parsed
        elif isinstance(parsed, str) and parsed:
            yield Untimed(number, one_line(parsed), "has no time and follows no note")
    yield from _finished(current)


def _finished(note: Note | None) -> Iterator[Note | Untimed]:
    if note is None:
        return
    text = one_line(note.text)
    yield Note(note.line, note.stamp, text) if text else Untimed(note.line, "", "has a time and no text")


def _in_table(note: Note, header: str) -> Note | Untimed:
    """The note in the zone that the header of its column has, if it has one: `Time (CEST)`."""
    try:
        zone = find_header_zone(header)
    except UnclearZone as unclear:
        return Untimed(note.line, one_line(note.text), f"is in a table that {unclear}")
    if zone is None:
        return note
    return replace(note, stamp=replace(note.stamp, zone=zone.tz, abbreviation=zone.abbreviation))


def _line(number: int, written: str, following: str) -> Note | Untimed | str:
    """A note that begins here, a line that cannot be read, or a text without a time; empty if there is none."""
    if _is_rule(written):
        return ""
    is_row = written.startswith("|")
    if is_row:
        cells = _cells(written)
        head, others = cells[0], [cell for cell in cells[1:] if cell]
    else:
        head, others = _PREFIX.sub("", written, count=1), []
    found = _STAMP.match(head)
    if found is None:
        if _STRUCTURE.fullmatch(written) or (is_row and _is_header(following)):
            return ""
        return Untimed(number, one_line(written), "is a row without a time") if is_row else written
    try:
        stamp, end = _stamp(found, head)
    except UnclearZone as unclear:
        return Untimed(number, one_line(written), str(unclear))
    except ValueError:
        return Untimed(number, one_line(written), "begins with a time that does not exist")
    text = _after(head[end:], found["open"])
    return Note(number, stamp, " | ".join(filter(None, (text, *others))))


def _cells(row: str) -> list[str]:
    return [cell.replace(r"\|", "|").strip() for cell in _CELL.split(row)[1:]]


def _is_header(following: str) -> bool:
    """Whether the row before this line is the header of its table."""
    return "|" in following and _is_rule(following)


def _is_rule(written: str) -> bool:
    return ("|" in written or written.startswith("---")) and _RULE.fullmatch(written) is not None


def _stamp(found: re.Match[str], head: str) -> tuple[Stamp, int]:
    """The time, and where it ends in `head`. Raises UnclearZone, or another ValueError if there is no such time."""
    hour, end = int(found["hour"]), found.end()
    if found["half"] and 1 <= hour <= 12:
        hour = hour % 12 + (12 if found["half"] in "Pp" else 0)
    elif found["half"]:
        # `14:12 am Server`: a word that follows.
        end = found.start("tail")
    fraction = found["fraction"] or ""
    width = timedelta(seconds=10.0 ** -min(len(fraction), 6)) if found["second"] else timedelta(minutes=1)
    clock = time(hour, int(found["minute"]), int(found["second"] or 0), int(fraction[:6].ljust(6, "0")))
    day = date.fromisoformat(found["day"]) if found["day"] else None
    exact = day is not None and (found["t"] in "Tt" or found["second"] is not None)
    zone = find_zone(head, end, clock, exact=exact)
    if zone is None:
        return Stamp(day, clock, width, None), end
    return Stamp(day, clock, width, zone.tz, zone.abbreviation), zone.end


def _after(rest: str, opening: str) -> str:
    """The text after a time, without the separator and the marks (`**`, `[`) that were put round the time."""
    if opening:
        closing = re.escape(opening[::-1].translate(_CLOSING))
        closed = re.match(rf"({_SEPARATOR.pattern})?\s*{closing}", rest)
        if closed is not None:
            opening, rest = "", rest[closed.end() :]
            if closed[1]:
                return rest.strip()
    separator = _SEPARATOR.match(rest)
    # Marks that do not close right after the time are round the text as well: `**14:12 text**`.
    return opening + rest[separator.end() if separator else 0 :].strip()
