"""Times that are offsets from a start that the notes declare: `T0 = 14:03 UTC`, then `T+4 rollback started`."""

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from msgspec.structs import replace

from collector.lazy_pattern import lazy_pattern
from collector.written_zones import UnclearZone
from sources.notes.days import UnclearDay
from sources.notes.lines import Line, Note, Untimed, after_time, without_marks
from sources.notes.stamps import STAMP, Stamp, read_stamp
from sources.notes.tables import cells_of
from sources.text import one_line

_ZERO = r"\bT\s?(?:[-+]\s?0+(?!:[0-9])|[-_]?(?:0|zero)|=\s?0)\b"
_START = lazy_pattern(rf"{_ZERO}\)?\s*(?:(?:=|:|\(|(?:is|was|at)\b)\s*)+", re.I)
_START_FIRST = lazy_pattern(rf"[*_`\[(]*{_ZERO}[*_`\])]*\s*(?:(?:=|:|\(|(?:is|was|at)\b)\s*)*", re.I)
_START_AFTER = lazy_pattern(rf"\W{{0,4}}{_ZERO}", re.I)
_ALL = lazy_pattern(r"(?:all |the )?(?:times?|time ?stamps|minutes|offsets|start|beginn(?:ing)?)\b[^.]{0,40}", re.I)
"""The words before the start in a line that does nothing but declare it: `Minutes since T0 = 14:03.`"""
_MINUTES, _SECONDS = r"(?:m|mins?|minutes?)", r"s(?:ecs?|econds?)?"
_OFFSET = lazy_pattern(
    r"(?P<open>[*_`\[(]*)T\s?(?:0|(?P<sign>[-+\u2212])\s?(?:"
    r"(?P<clock>[0-9]{1,2}:[0-9]{2}:[0-9]{2})|"
    rf"(?P<hours>[0-9]{{1,2}})\s?h(?:ours?|rs?)?(?:\s?(?P<more>[0-9]{{1,2}})(?:\s?{_MINUTES})?)?|"
    rf"(?P<minutes>[0-9]{{1,4}})(?:\s?{_MINUTES}(?:\s?(?P<rest>[0-9]{{1,2}})\s?{_SECONDS})?|')?|"
    rf"(?P<seconds>[0-9]{{1,5}})\s?{_SECONDS}))(?!\w|[:.,][0-9])",
    re.I,
)
"""`T+4`, `T+4 min`, `T-2m30s`, `T+1h05`. `T+1:05` may be hours or minutes, so it is none."""
_FROM_T = r"[|\s*_`\[(-]*T\s?[-+\u2212]\s?[0-9]"
_WITH_T = lazy_pattern(_FROM_T)
_DISTANCE = lazy_pattern(rf"{_FROM_T}|[|\s*_`\[(-]*\+\s?[0-9]{{1,3}}\s?(?:h|hours?|m|mins?|minutes?|s|secs?)\b")
_UNCLEAR = "has a distance from the start that may be hours or minutes"
_WITHOUT_T = "has a distance that does not show from what it counts: write `T+4`"
_NO_START = "has a distance from a start that no line declares, such as `T0 = 14:03 UTC`"
_ANY_DAY = date(2000, 1, 15)


def with_clock_times(lines: Sequence[Line]) -> list[Line]:
    """The same number of lines; those with an offset from the declared start become Notes.

    A line that only declares the start becomes empty; one with a text after the start becomes a Note. A line with an
    offset is Untimed if the offset cannot be read, or if not exactly one start is declared.
    """
    starts = [_start(line) if isinstance(line, str) else None for line in lines]
    declared = {(start[0].written, start[0].clock, start[0].zone) for start in starts if start is not None}
    if len(declared) != 1:
        why = "has a distance from a start, and several are declared" if declared else _NO_START
        return [_refused(number, line, why) for number, line in enumerate(lines, start=1)]
    stamp = next(start[0] for start in starts if start is not None)
    found: list[Line] = []
    for number, (line, start) in enumerate(zip(lines, starts, strict=True), start=1):
        if not isinstance(line, str) or STAMP.match(without_marks(line.strip())):
            found.append(line)
        elif start is not None and start[1] is not None:
            found.append(Note(number, start[0], start[1]) if start[1].strip(" .") else "")
        else:
            counts = _WITH_T.match(line) or _WITH_T.match(without_marks(line.strip()))
            found.append(_after(stamp, number, line) or _refused(number, line, _UNCLEAR if counts else _WITHOUT_T))
    return found


def _refused(number: int, line: Line, why: str) -> Line:
    """A line with an offset as Untimed, so that it does not continue the note before it; other lines as they are."""
    if not isinstance(line, str) or not (_DISTANCE.match(line) or _DISTANCE.match(without_marks(line.strip()))):
        return line
    return Untimed(number, one_line(line), why)


def _start(line: str) -> tuple[Stamp, str | None] | None:
    """The declared start, and the text after it; None for the text if the line begins with other words."""
    cells = cells_of(line) if line.strip().startswith("|") else [without_marks(line.strip())]
    head = " ".join(cells)
    first = _START_FIRST.match(head)
    found = first or _START.search(head)
    try:
        if found is not None:
            written = STAMP.match(head, found.end())
            if written is None:
                return None
            stamp, end = read_stamp(written, head)
            text = after_time(head[end:].lstrip(") "), written["open"])
            return stamp, text if first or (not text.strip(" .") and _ALL.fullmatch(head[: found.start()])) else None
        written = STAMP.match(head)
        if written is None:
            return None
        stamp, end = read_stamp(written, head)
        return (stamp, None) if _START_AFTER.match(head, end) else None
    except (UnclearZone, UnclearDay, ValueError):
        return None


def _after(start: Stamp, number: int, line: str) -> Note | None:
    written = line.strip()
    cells = cells_of(written) if written.startswith("|") else [without_marks(written)]
    found = _OFFSET.match(cells[0])
    if found is None:
        return None
    known = {name: int(found[name] or 0) for name in ("hours", "more", "minutes", "rest", "seconds")}
    hours, minutes, seconds = map(int, (found["clock"] or "0:0:0").split(":"))
    minutes += known["more"] + known["minutes"]
    distance = timedelta(
        hours=hours + known["hours"], minutes=minutes, seconds=seconds + known["rest"] + known["seconds"]
    )
    at = datetime.combine(_ANY_DAY, start.clock) + (distance if found["sign"] in ("+", None) else -distance)
    days = (at.date() - _ANY_DAY).days
    day = start.written.after(days) if start.written is not None and days else start.written
    exact = timedelta(seconds=1) if known["rest"] or known["seconds"] or found["clock"] else timedelta(minutes=1)
    stamp = replace(start, clock=at.time(), width=max(exact, start.width), written=day)
    text = after_time(cells[0][found.end() :], found["open"])
    return Note(number, stamp, " | ".join(filter(None, (text, *cells[1:]))))
