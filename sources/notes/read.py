"""Reads notes into Events: the forms of lines one after the other, then the day and the instant of each."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from collector.event import Event
from collector.source import Document, Gap
from collector.window import Window
from collector.written_zones import in_force
from sources.fact import Moment, report
from sources.notes.chat_pastes import in_lines
from sources.notes.columns import in_columns
from sources.notes.dating import dated
from sources.notes.exports import times_may_be_below, with_times_first
from sources.notes.lines import Line, Note, Untimed, notes
from sources.notes.logs import with_log_times_first
from sources.notes.objects import in_objects
from sources.notes.offsets import with_clock_times
from sources.notes.org import with_org_times_first
from sources.notes.prose import in_sentences
from sources.notes.recordings import without_subtitles
from sources.notes.times import place
from sources.notes.zones import in_declared_zone, without_zone_lines
from sources.remark_facts import noted
from sources.text import one_line

_QUOTED = 120
_INVISIBLE = "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
"""Marks for the writing direction, which WhatsApp puts before lines."""
_HINT = "begin it with a time such as 14:12, 14:12:30, 14:12+02:00 or 2026-04-01 14:12"


def read(documents: Iterable[Document], window: Window, source: str) -> Iterator[Event | Gap]:
    """One Event per note, and a Gap for every line without a usable time."""
    for document in documents:
        for found in dated(_notes(document), window):
            origin = f"{document.asked}:{found.line}"
            if isinstance(found, Untimed):
                yield _gap(origin, found)
            else:
                yield from _events(found, origin, f"{document.call}:{found.line}", window, source)


def _events(note: Note, origin: str, native_id: str, window: Window, source: str) -> Iterator[Event | Gap]:
    try:
        moment, *others = place(note.stamp, window)
    except (OverflowError, ValueError):
        yield _gap(origin, Untimed(note.line, note.text, "has a date that is out of range"))
        return
    if not moment.exists:
        why = f"has a time, {note.stamp.clock:%H:%M}, that the clocks skipped on that day"
        yield _gap(origin, Untimed(note.line, note.text, why))
        return
    if not in_force(note.stamp.abbreviation, moment.at):
        why = f"has a time in {note.stamp.abbreviation}, which clocks do not show on that day"
        yield _gap(origin, Untimed(note.line, note.text, why))
        return
    if others:
        day = f"{window.local(moment.at):%Y-%m-%d}"
        reason = f"{origin}: {note.stamp.clock:%H:%M} is in the window {len(others) + 1} times, taken for {day}"
        yield Gap(reason, "write the date before the time")
    if moment.repeated:
        reason = f"{origin}: clocks showed {note.stamp.clock:%H:%M} twice in the window, taken for the first time"
        first, second = (window.local(each) for each in (moment.at, moment.latest))
        yield Gap(reason, f"write the offset, {_with_offset(note, first)} or {_with_offset(note, second)}")
    when = Moment(moment.earliest, moment.latest)
    yield report(noted(note.text), when, source=source, native_id=native_id, at=moment.at, query=origin)


def _notes(document: Document) -> Iterator[Note | Untimed]:
    if document.call == "file":
        # Lines as editors count them; str.splitlines also splits at form feeds.
        lines = document.text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        lines = [line.lstrip(_INVISIBLE) for line in lines]
        if times_may_be_below(lines):
            why = "is in a text in which each time may belong to the text above it or below it"
            yield from (Untimed(at, one_line(line), why) for at, line in enumerate(lines, start=1) if line.strip())
            return
        lines, zone = without_zone_lines(lines)
        plain = without_subtitles(with_org_times_first(with_log_times_first(lines)))
        records = in_objects(_over(plain, in_columns(_strings(plain))))
        every = _over(records, in_lines(with_times_first(_strings(records))))
        yield from in_declared_zone(notes(in_sentences(with_clock_times(every))), zone)
        return
    lines = document.json()
    for number, line in enumerate(lines if isinstance(lines, list) else [lines], start=1):
        # Each line is separate: none continues the one before.
        for found in notes([" ".join(str(line).split("\n"))]):
            yield (
                Note(number, found.stamp, found.text)
                if isinstance(found, Note)
                else Untimed(number, found.text, found.why)
            )


def _strings(lines: Sequence[Line]) -> list[str]:
    """The lines that are not parsed yet; the others as empty ones."""
    return [line if isinstance(line, str) else "" for line in lines]


def _over(before: Sequence[Line], after: Sequence[Line]) -> list[Line]:
    """The lines after another step, except for those that were parsed before it."""
    return [new if isinstance(old, str) else old for old, new in zip(before, after, strict=True)]


def _gap(origin: str, untimed: Untimed) -> Gap:
    text = untimed.text if len(untimed.text) <= _QUOTED else untimed.text[: _QUOTED - 1] + "…"
    return Gap(f"{origin} {untimed.why}" + (f': "{text}"' if text else ""), _HINT)


def _with_offset(note: Note, at: datetime) -> str:
    offset = f"{at:%z}"
    return f"{note.stamp.clock:%H:%M}{offset[:3]}:{offset[3:5]}"
