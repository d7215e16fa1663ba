"""Transcripts of recordings, whose times count from a start that is not written: they are quoted."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from itertools import pairwise

from collector.lazy_pattern import lazy_pattern
from collector.window import Window
from sources.notes.lines import Line, Note, Untimed
from sources.notes.times import place
from sources.text import one_line

_CLOCK = r"(?:[0-9]{1,2}:)?[0-9]{1,2}:[0-9]{2}[.,][0-9]{3}"
_CUE = lazy_pattern(rf"\s*{_CLOCK}\s*(?:-->|,)\s*{_CLOCK}\b.*")
"""`00:12:05.000 --> 00:12:08.000` of subtitles."""
_WHY = "is in a recording's subtitles, whose times count from its start"
_MAY_COUNT = "has a time that may count from the start of a recording: no time near it is in the window"
_NEAR = timedelta(hours=1)
_EXACT = timedelta(seconds=1)


def without_subtitles(lines: Sequence[str]) -> list[Line]:
    """The same number of lines; those of subtitles, up to the next empty line, as Untimed."""
    found: list[Line] = list(lines)
    inside = False
    for at, line in enumerate(lines):
        if _CUE.fullmatch(line):
            inside = True
            if at and lines[at - 1].strip().isdecimal():
                found[at - 1] = Untimed(at, lines[at - 1].strip(), _WHY)
        inside = inside and bool(line.strip())
        if inside or line.strip() == "WEBVTT":
            found[at] = Untimed(at + 1, one_line(line), _WHY)
    return found


def without_recordings(found: Iterable[Note | Untimed], window: Window) -> Iterator[Note | Untimed]:
    """The notes; those whose times may count from the start of a recording as Untimed."""
    every = list(found)
    bare = [note for note in every if isinstance(note, Note) and note.stamp.written is None and note.stamp.zone is None]
    refused: list[Note] = []
    if bare and bare[0].stamp.clock.hour == 0 and not _is_near(bare[0], window):
        chat = [note for note in bare if note.stamp.form]
        exact = all(note.stamp.width <= _EXACT for note in bare)
        forward = all(one.stamp.clock <= other.stamp.clock for one, other in pairwise(bare))
        if bare[0].stamp.form and bare[0].stamp.may_be_minutes:
            refused = chat
        elif exact and forward and not any(_is_near(note, window) for note in bare):
            refused = bare
    lines = {note.line for note in refused}
    for note in every:
        yield Untimed(note.line, note.text, _MAY_COUNT) if isinstance(note, Note) and note.line in lines else note


def _is_near(note: Note, window: Window) -> bool:
    try:
        at = place(note.stamp, window)[0].at
    except (OverflowError, ValueError):
        return False
    return window.start - _NEAR <= at <= window.end + _NEAR
