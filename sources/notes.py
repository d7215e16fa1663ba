"""Notes: what people wrote down, in a file or on the command line."""

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from msgspec.structs import replace
from pydantic import Field

from collector.event import Event
from collector.source import BadAnswer, Deadline, Denied, Document, Gap
from collector.window import Window
from collector.written_zones import in_force
from collector.zones import parse_zone
from sources import named_pipe
from sources.chat_pastes import in_lines
from sources.configured import Configured
from sources.fact import Moment, report
from sources.note_columns import in_columns
from sources.note_dating import dated
from sources.note_exports import times_may_be_below, with_times_first
from sources.note_lines import Line, Note, Untimed, notes
from sources.note_logs import with_log_times_first
from sources.note_objects import in_objects
from sources.note_offsets import with_clock_times
from sources.note_org import with_org_times_first
from sources.note_prose import in_sentences
from sources.note_recordings import without_subtitles
from sources.note_times import place
from sources.note_zones import in_declared_zone, without_zone_lines
from sources.remark_facts import noted
from sources.settings import Settings
from sources.text import one_line

LARGEST = 1024 * 1024
"""Maximum bytes of a file with notes."""
_COMMAND_LINE = "--note"
_STDIN = Path("-")
_QUOTED = 120
_INVISIBLE = "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
"""Marks for the writing direction, which WhatsApp puts before lines."""
_HINT = "begin it with a time such as 14:12, 14:12:30, 14:12+02:00 or 2026-04-01 14:12"


class NotesSettings(Settings):
    """A file, lines, or both."""

    file: Path | None = Field(default=None, strict=False)
    """Text or Markdown in UTF-8; the README lists the forms."""
    lines: list[str] = Field(default_factory=list)
    """One note each: `14:12 text`."""
    tz: str = ""
    """The zone of times without one; default: the timeline's. A bundle keeps it for replays in other zones."""


class NotesSource(Configured[NotesSettings]):
    """Notes that people wrote; see `collector.source.Source`."""

    Settings = NotesSettings
    type = "notes"

    # Notes are at hand, so neither window nor deadline matters.
    def fetch(self, window: Window, deadline: Deadline) -> Iterator[Document | Gap]:  # noqa: ARG002
        """The lines, then the file."""
        if self.settings.lines:
            yield Document("lines", _COMMAND_LINE, datetime.now(UTC), json.dumps(self.settings.lines))
        if self.settings.file is not None:
            origin = "stdin" if self.settings.file == _STDIN else str(self.settings.file)
            yield Document("file", origin, datetime.now(UTC), _text(self.settings.file))

    def read(self, documents: Iterable[Document], window: Window) -> Iterator[Event | Gap]:
        """One Event per note, and a Gap for every line without a usable time."""
        if self.settings.tz:
            window = replace(window, tz=parse_zone(self.settings.tz, "tz"))
        for document in documents:
            for found in dated(_notes(document), window):
                origin = f"{document.asked}:{found.line}"
                if isinstance(found, Untimed):
                    yield _gap(origin, found)
                else:
                    yield from self._events(found, origin, f"{document.call}:{found.line}", window)

    def _events(self, note: Note, origin: str, native_id: str, window: Window) -> Iterator[Event | Gap]:
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
        yield report(noted(note.text), when, source=self.name, native_id=native_id, at=moment.at, query=origin)


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


def _bytes(file: Path) -> bytes:
    if file.is_fifo():
        return named_pipe.read(file, LARGEST + 1)
    with file.open("rb") as opened:
        return opened.read(LARGEST + 1)


def _text(file: Path) -> str:
    try:
        data = sys.stdin.buffer.read(LARGEST + 1) if file == _STDIN else _bytes(file.expanduser())
    except named_pipe.NobodyWrites:
        raise BadAnswer(f"notes file {file} is a pipe that nobody writes to", "give a file, or - for stdin") from None
    except PermissionError:
        raise Denied(f"notes file {file} may not be read", "give yourself the right to read it") from None
    except AttributeError:
        raise BadAnswer("stdin, from which the notes are to be read, is closed", "give a file with --notes") from None
    except (OSError, ValueError, RuntimeError) as error:
        # RuntimeError: there is no home folder for `~`; ValueError: a null character.
        raise BadAnswer(f"notes file {file} cannot be read ({type(error).__name__})", "is the path right?") from None
    if len(data) > LARGEST:
        raise BadAnswer(f"notes file {file} is larger than {LARGEST // 1024} KiB", "give only the notes themselves")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadAnswer(f"notes file {file} is not UTF-8 (byte {error.start})", "save it as UTF-8 text") from None
    if "\0" in text:
        raise BadAnswer(f"notes file {file} is not text (it holds null bytes)", "save it as UTF-8 text")
    return text
