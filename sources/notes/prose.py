"""Prose with times in its sentences: `At 14:12 Maria found the cause. At 14:18 Sam started the rollback.`"""

import re
from collections.abc import Iterator, Sequence
from datetime import tzinfo

from msgspec.structs import replace

from collector.lazy_pattern import lazy_pattern
from collector.written_zones import UnclearZone
from sources.notes.days import UnclearDay
from sources.notes.lines import Line, Note, Several, Untimed, has_time, without_marks
from sources.notes.stamps import STAMP, Stamp, read_stamp
from sources.text import one_line

_AT = r"(?:at|around|about|approximately|um|gegen)\s(?:about\s|around\s|approximately\s|etwa\s|ca\.\s)?"
_BEGINS = lazy_pattern(rf"{_AT}(?=[0-9]{{1,2}}[:.hH]?[0-9]{{0,2}})", re.IGNORECASE)
_INSIDE = lazy_pattern(rf"\b{_AT}(?=[0-9])", re.IGNORECASE)
_CLOCK = lazy_pattern(r"(?<![\w:.,])[0-9]{1,2}(?::[0-9]{2}|\s?[AaPp]\.?[Mm]\b)")
_STOP = lazy_pattern(r"(?<=[.!?])(?<!\b[aApP]\.[mM]\.)(?<!\bca\.)(?<!\bapprox\.)\s+(?=[A-ZÄÖÜ])")
_NO_EVENT = lazy_pattern(
    r"\b(?:will|would|should|if|unless|until|till|by|since|before|after|between|from|bis|seit|vor|nach|zwischen|von)\b",
    re.I,
)
"""Words with which the only time in a sentence may not be when it happened."""
_ANOTHER = lazy_pattern(rf"(?:[,;]|\band|\bthen|\bund|\bdann)\s(?:then\s|dann\s)?{_AT}[0-9]", re.IGNORECASE)
"""Begins a clause about another time."""
_NO_PROSE = ("|", "#", "-", "*", "+", "•", ">", "`", "[")


def in_sentences(lines: Sequence[Line]) -> list[Line]:
    """The same number of lines; a paragraph with a sentence that begins with a time becomes notes, at its first line.

    Only paragraphs of prose are read. Lines that continue a note or a message are not.
    """
    found: list[Line] = list(lines)
    at = 0
    while at < len(lines):
        end = _paragraph(lines, at)
        if end > at and any(_BEGINS.match(text) for _, text in _sentences(lines, at, end)):
            found[at:end] = [Several(tuple(_read(lines, at, end))), *[""] * (end - at - 1)]
        at = max(end, at + 1)
    return found


def _paragraph(lines: Sequence[Line], at: int) -> int:
    """The end of the paragraph of prose that begins here; `at` if none does."""
    if at and lines[at - 1] != "" and not (isinstance(lines[at - 1], str) and str(lines[at - 1]).startswith("#")):
        return at
    end = at
    while end < len(lines):
        line = lines[end]
        if not isinstance(line, str) or not line.strip() or line.lstrip().startswith(_NO_PROSE):
            break
        if has_time(line.strip()) or without_marks(line.strip()) != line.strip():
            # `14:12 text` begins a note, so the lines above it are no prose.
            return at
        end += 1
    return end


def _sentences(lines: Sequence[Line], start: int, end: int) -> Iterator[tuple[int, str]]:
    """Each sentence, with the number of the line, from 1, on which it begins."""
    begins: list[tuple[int, int]] = []
    text = ""
    for at in range(start, end):
        line = str(lines[at]).strip()
        if text and line[:1].isupper() and _BEGINS.match(line):
            # People may leave out the full stop at the end of a line.
            yield from _split(text, begins)
            begins, text = [], ""
        begins.append((len(text), at + 1))
        text += f"{line} "
    yield from _split(text, begins)


def _split(text: str, begins: Sequence[tuple[int, int]]) -> Iterator[tuple[int, str]]:
    at = 0
    for piece in _STOP.split(text.strip()):
        at = text.index(piece, at)
        yield max(number for begin, number in begins if begin <= at), piece
        at += len(piece)


def _read(lines: Sequence[Line], start: int, end: int) -> Iterator[Note | Untimed]:
    current: Note | Untimed | None = None
    zone: tzinfo | None = None
    abbreviation = ""
    for line, text in _sentences(lines, start, end):
        parsed = _sentence(line, text)
        if isinstance(parsed, Note):
            # `At 16:02 CEST it began. At 16:06 it was worse.`
            zone, abbreviation = (
                parsed.stamp.zone or zone,
                parsed.stamp.abbreviation if parsed.stamp.zone else abbreviation,
            )
            parsed = Note(line, replace(parsed.stamp, zone=zone, abbreviation=abbreviation), parsed.text)
        if parsed is None and isinstance(current, Note):
            current = Note(current.line, current.stamp, f"{current.text} {text}")
            continue
        if current is not None:
            yield current
        current = parsed or Untimed(line, one_line(text), "has no time and follows no note")
    if current is not None:
        yield current


def _sentence(line: int, text: str) -> Note | Untimed | None:
    """The note or the unreadable time of a sentence; None if it has no time."""
    begins = _BEGINS.match(text)
    try:
        if begins:
            read = _time(text[begins.end() :])
            if read and _ANOTHER.search(read[1]):
                return Untimed(line, one_line(text), "has several times")
            if read:
                stamp, rest = read
                return Note(line, stamp, one_line(rest.lstrip(" ,:-")))
        clocks = list(_CLOCK.finditer(text))
        inside = _INSIDE.search(text)
        if not clocks:
            return None
        if inside and len(clocks) == 1 and not _NO_EVENT.search(text):
            read = _time(text[inside.end() :])
            if read:
                return Note(line, read[0], one_line(text))
    except (UnclearZone, UnclearDay) as unclear:
        return Untimed(line, one_line(text), str(unclear))
    except ValueError:
        return Untimed(line, one_line(text), "has a time that does not exist")
    return Untimed(line, one_line(text), "has a time that may not be that of what it reports")


def _time(text: str) -> tuple[Stamp, str] | None:
    """The time at the beginning of a text, and the rest."""
    found = STAMP.match(text)
    if found is None:
        return None
    stamp, end = read_stamp(found, text)
    return stamp, text[end:]
