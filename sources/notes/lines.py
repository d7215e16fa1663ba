"""The forms in which people write timed notes: `14:12 text`, Markdown lists and tables, chat messages in lines."""

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from collector.lazy_pattern import lazy_pattern
from collector.written_zones import UnclearZone, find_header_zone
from sources.notes.day_names import WEEKDAY
from sources.notes.days import DAY, UnclearDay, WrittenDay, read_day
from sources.notes.spans import read_span
from sources.notes.stamps import STAMP, Stamp, read_stamp
from sources.notes.tables import DAY_ALONE, cells_after_time, cells_of, is_header, is_rule, time_first
from sources.text import one_line


class Note(Struct, frozen=True):
    """A text with its time."""

    line: int
    stamp: Stamp
    text: str


class Untimed(Struct, frozen=True):
    """A line that is not part of a note, and the reason."""

    line: int
    text: str
    why: str


class Several(Struct, frozen=True):
    """The notes and the unreadable sentences of a paragraph."""

    parts: tuple[Note | Untimed, ...]


Line = str | Note | Untimed | Several
"""A line as written, or as already parsed."""

_STRUCTURE = lazy_pattern(r"(?:```|~~~).*|#{1,6}(?:\s.*)?")
_PREFIX = lazy_pattern(
    r"\A(?:>\s*)*(?:#{1,6}\s+)?(?:(?:[-+•]|\*{1,3}|[0-9]{1,3}[.)]|\([0-9]{1,3}\))\s+)?(?:\[[ xX]\]\s+)?(?:@(?=\w))?"
)
_SEPARATOR = lazy_pattern(r"(?:-{1,3}|[–—:|,])|\s+(?:-{1,3}|[–—:|])(?=\s|$)")  # noqa: RUF001 - people type these dashes
_ABOUT = lazy_pattern(
    r"\A(?:at\s)?(?:~|\u2248|(?:ca|circa|approx|approximately|around|about|at|between|from|by|um|gegen|etwa|vers|à|alle|om)\b\.?)\s*(?=[0-9])",
    re.I,
)
"""Words before the time in a list item, or in a line that is only a time."""
_HOUR = lazy_pattern(r"[0-9]{1,2}\s?[ap]\.?m\b", re.I)
"""`2pm Maria: it is the deploy`, which is too inexact for a time and does not continue the note before."""
_ON = lazy_pattern(r"(?:at|on|am|le|el)\s+(?P<when>\S.{5,60})", re.I)
_SPOKEN = lazy_pattern(
    r"\A(?:<[@+%&~ ]?(?P<nick>[^\s<>]{1,40})>(?:\s+|\Z)"
    r"|(?-i:From)\s+(?P<name>[^:]{1,60}?)(?:\s+to\s+(?:(?:everyone|me|you|all|hosts and panelists|alle)\b[^:]{0,30}"
    r"|[^:]{1,60}?\(direct message\)\s*)(?::|\Z)|\s:)\s*)",
    re.I,
)
"""`<maria> text` of IRC, `From Maria to Everyone: text` of Zoom."""
_CLOSING = str.maketrans("[(", "])")
_MARKS = "-–—=*_#: \t"  # noqa: RUF001 - as above
_LONGEST_DAY = 60
"""Characters; most notes have more, and so do not need the pattern, which takes long to compile."""
_DAY_LINE = lazy_pattern(
    rf"(?:[-–—=*_#]+\s*)?(?:(?i:day changed(?: to)?|(?:day|tag|jour|día) [0-9]{{1,2}})\b[\s:,–—-]{{1,3}})?"  # noqa: RUF001 - as above
    rf"(?P<day>{DAY})(?:[\s,(–—-]{{1,3}}(?i:{WEEKDAY}|day [0-9]{{1,2}})\)?)?\s*[-–—=*_:]*"  # noqa: RUF001 - as above
)
"""A line that is only a date: `Wednesday, April 1st`, `--- Day changed Wed Apr 01 2026`, `Day 2 - 2026-04-01`."""
_LOG = lazy_pattern(
    r"--- Log (?:opened|closed) [A-Z][a-z]{2} (?P<month>[A-Z][a-z]{2}) (?P<number>[0-9]{2}) [0-9:]{8} "
    r"(?P<year>[0-9]{4})"
)
"""The first and the last line of a log of irssi."""


def notes(lines: Sequence[Line]) -> Iterator[Note | Untimed]:
    """The notes in order. A line without a time continues the note before it, up to a blank line or a heading.

    A line that is only a date applies to the times without a date that follow.
    """
    current: Note | None = None
    texts: list[str] = []
    """Texts of the lines that continue the current note."""
    header: list[str] = []
    day: WrittenDay | UnclearDay | None = None
    for number, written in enumerate(lines, start=1):
        if isinstance(written, Several):
            yield from _finished(current, texts)
            current, texts = None, []
            yield from (
                _on(part, day) if isinstance(part, Note) and not part.stamp.written else part for part in written.parts
            )
            continue
        if not isinstance(written, str):
            parsed: Note | Untimed | str = written
        elif (above := _day_line(lines, number)) is not None:
            parsed, day = "", above
        else:
            line, following = written.strip(), _text(lines, number)
            if not line.startswith("|"):
                header = []
            elif is_header(following):
                header = cells_of(line)
            parsed = _line(number, line, following, header)
            if isinstance(parsed, Note) and header:
                parsed = _in_table(parsed, cells_of(line), header)
        if isinstance(parsed, Note) and parsed.stamp.written is None:
            parsed = _on(parsed, day)
        if isinstance(parsed, str) and parsed and current is not None:
            # The empty lines of quoted texts
            texts.extend([parsed] if parsed.strip("> ") else [])
            continue
        yield from _finished(current, texts)
        current, texts = (parsed, []) if isinstance(parsed, Note) else (None, [])
        if isinstance(parsed, Untimed):
            yield parsed
        elif isinstance(parsed, str) and parsed:
            yield Untimed(number, one_line(parsed), "has no time and follows no note")
    yield from _finished(current, texts)


def without_marks(line: str) -> str:
    """The line without leading marks of quotes, headings, lists and tasks."""
    return _PREFIX.sub("", line, count=1)


def has_time(line: str) -> bool:
    """Whether the line begins with a time."""
    return STAMP.match(line) is not None or STAMP.match(without_marks(line)) is not None


def is_day(line: str) -> bool:
    """Whether the line is only a date."""
    return _day_alone(line) is not None


def _day_alone(line: str) -> re.Match[str] | None:
    return _DAY_LINE.fullmatch(line) if len(line.strip(_MARKS)) <= _LONGEST_DAY else None


def _finished(note: Note | None, texts: list[str]) -> Iterator[Note | Untimed]:
    if note is None:
        return
    text = one_line(" ".join([note.text, *texts]))
    yield Note(note.line, note.stamp, text) if text else Untimed(note.line, "", "has a time and no text")


def _text(lines: Sequence[Line], at: int) -> str:
    line = lines[at] if at < len(lines) else ""
    return line.strip() if isinstance(line, str) else ""


def _day_line(lines: Sequence[Line], number: int) -> WrittenDay | UnclearDay | None:
    """The date, if the line is only a date and is either a heading or followed by a time."""
    line = _text(lines, number - 1)
    if line.startswith("--- Log") and (log := _LOG.fullmatch(line)) is not None:
        return read_day(f"{log['month']} {log['number']}, {log['year']}")
    found = _day_alone(line) if line else None
    if found is None:
        return None
    after = number
    while after < len(lines) and not lines[after]:
        after += 1
    next_line = lines[after] if after < len(lines) else ""
    if isinstance(next_line, str) and not line.startswith("#"):
        next_line = next_line.strip()
        if not has_time(next_line) and not is_day(next_line) and not next_line.startswith("--- Log"):
            return None
    try:
        return read_day(found["day"])
    except UnclearDay:
        return UnclearDay(f"is below a date that does not exist, {found['day']}")


def _on(note: Note, day: WrittenDay | UnclearDay | None) -> Note | Untimed:
    if isinstance(day, UnclearDay):
        return Untimed(note.line, one_line(note.text), str(day))
    return replace(note, stamp=replace(note.stamp, written=day))


def note_of_row(number: int, cells: Sequence[str], header: Sequence[str]) -> Note | Untimed:
    """The row of a table as a note, given the headers of its columns."""
    escaped = [cell.replace("|", r"\|") for cell in cells]
    parsed = _line(number, f"| {' | '.join(escaped)} |", "", header)
    if isinstance(parsed, Note):
        return _in_table(parsed, cells, header)
    return (
        parsed if isinstance(parsed, Untimed) else Untimed(number, one_line(" ".join(cells)), "is a row without a time")
    )


def _in_table(note: Note, cells: Sequence[str], header: Sequence[str]) -> Note | Untimed:
    """The note in the zone that its column header names, if any: `Time (CEST)`."""
    if note.stamp.zone is not None:
        return note
    first, columns = time_first(list(cells), header)
    try:
        zone = find_header_zone(columns[1] if DAY_ALONE.fullmatch(first[0]) else columns[0])
    except UnclearZone as unclear:
        return Untimed(note.line, one_line(note.text), f"is in a table that {unclear}")
    if zone is None:
        return note
    return replace(note, stamp=replace(note.stamp, zone=zone.tz, abbreviation=zone.abbreviation))


def _line(number: int, written: str, following: str, header: Sequence[str]) -> Note | Untimed | str:
    """A note that begins here, a line that cannot be read, or a text without a time; empty if there is none."""
    if is_rule(written):
        return ""
    is_row = written.startswith("|")
    heads: tuple[str, ...] = (written, without_marks(written))
    others: list[str] = []
    if is_row:
        cells, header = time_first(cells_of(written), header)
        # The date may have a column of its own.
        dated = len(cells) > 1 and DAY_ALONE.fullmatch(cells[0]) is not None
        heads = (f"{cells[0]} {cells[1]}" if dated else cells[0],)
        others = cells_after_time(cells, header, 1 + dated)
    # The line as written comes first: `1. April 14:12` is no list item.
    head, found = next(((head, match) for head in heads if (match := STAMP.match(head))), ("", None))
    if found is None:
        head = _ABOUT.sub("", heads[-1], count=1)
        about = STAMP.match(head) if head != heads[-1] else None
        if head == heads[-1] and (on_day := _ON.fullmatch(head)) is not None:
            # `on Apr 1, 2026 at 2:12 PM` of PagerDuty
            head = on_day["when"]
            about = STAMP.match(head)
            about = about if about and about["day"] and not head[about.end() :].strip() else None
        # In other lines, `at 14:12` may continue a sentence.
        found = about if about and (heads[-1] != written or not head[about.end() :].strip()) else None
    if found is None:
        if _STRUCTURE.fullmatch(written) or (is_row and is_header(following)):
            return ""
        if is_row:
            return Untimed(number, one_line(written), "is a row without a time")
        return Untimed(number, one_line(written), "begins with an hour only") if _HOUR.match(heads[-1]) else written
    try:
        stamp, end = read_stamp(found, head)
    except (UnclearZone, UnclearDay) as unclear:
        return Untimed(number, one_line(written), str(unclear))
    except ValueError:
        return Untimed(number, one_line(written), "begins with a time that does not exist")
    span = read_span(found, stamp, head, end)
    stamp, end = (span.stamp, span.end) if span else (stamp, end)
    text = _SPOKEN.sub(r"\g<nick>\g<name>: ", after_time(head[end:], found["open"]), count=1).strip()
    text = " | ".join(filter(None, (text, *others)))
    return Note(number, stamp, f"{text} (until {span.until})" if span and text else text)


def after_time(rest: str, opening: str) -> str:
    """The text after a time, without the separator and the marks (`**`, `[`) that were put round the time."""
    opening = "" if opening == "~" else opening
    if opening:
        closing = re.escape(opening[::-1].translate(_CLOSING))
        closed = re.match(rf"({_SEPARATOR.pattern})?\s*{closing}", rest)
        if closed is not None:
            opening, rest = "", rest[closed.end() :]
            if closed[1]:
                return rest.strip()
    separator = _SEPARATOR.match(rest)
    # Marks that do not close right after the time also enclose the text: `**14:12 text**`.
    return opening + rest[separator.end() if separator else 0 :].strip()
