"""Rows of Markdown tables as notes: which cell is the time, and which the speaker."""

import re
from collections.abc import Sequence

from collector.lazy_pattern import lazy_pattern
from sources.notes.days import DAY
from sources.notes.stamps import STAMP

DAY_ALONE = lazy_pattern(DAY)
_RULE = lazy_pattern(r"(?:-{3,}|\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?)")
_CELL = lazy_pattern(r"(?<!\\)\|")
_WHO = lazy_pattern(
    r"\W*(?:who|by|by whom|from|sender|person|people|name|author|actor|owner|speaker|user|user ?name|responder|"
    r"engineer|reporter|reported by|wer|von|person|autor(?:in)?|verantwortlich\w*)\W*",
    re.I,
)
_TIME = lazy_pattern(
    r"\b(?:time|time ?stamp|date ?time|date|ts|at|(?:created|sent|posted|occurred)[ _]?at|when|utc|clock|zeit|"
    r"zeitstempel|uhrzeit|datum|wann|hora|fecha|heure|ora|orario|tijd)\b",
    re.I,
)
_NUMBER = lazy_pattern(r"#|n[or]\.?|number", re.I)


def time_first(cells: list[str], header: Sequence[str]) -> tuple[list[str], Sequence[str]]:
    """The cells of a row and the headers of their columns, with the date and then the time first."""
    if not cells or not header or STAMP.match(cells[0]):
        return cells, header
    dates = [at for at, cell in enumerate(cells) if DAY_ALONE.fullmatch(cell)][:1]
    times = [at for at, cell in enumerate(cells) if STAMP.match(cell)]
    named = [at for at in times if at < len(header) and _TIME.search(header[at])]
    order = [*dates, *(named or times)[:1]]
    # A time in a text is not the time of the row.
    if not named and not all(STAMP.fullmatch(cells[at]) for at in order[-1:]):
        return cells, header
    numbers = [at for at in range(min(len(cells), len(header))) if _NUMBER.fullmatch(header[at])]
    order += [at for at in range(len(cells)) if at not in (*order, *numbers)]
    order += numbers
    return [cells[at] for at in order], [header[at] if at < len(header) else "" for at in order]


def is_time_header(header: str) -> bool:
    """Whether a column with this header holds times."""
    return _TIME.search(header) is not None


def cells_after_time(cells: Sequence[str], header: Sequence[str], first: int) -> list[str]:
    """The cells after the time, with the cell of a speaker column put before the first other: `Ida: it is down`."""
    others = [cell for cell in cells[first:] if cell]
    speaker = next((place for place, name in enumerate(header) if place >= first and _WHO.fullmatch(name)), None)
    who = cells[speaker] if speaker is not None and speaker < len(cells) else ""
    if not re.search(r"\w", who) or len(others) < 2 or ":" in who:
        return others
    others.remove(who)
    return [f"{who}: {others[0]}", *others[1:]]


def cells_of(row: str) -> list[str]:
    """The cells of a row, without the bars between them."""
    return [cell.replace(r"\|", "|").strip() for cell in _CELL.split(row)[1:]]


def is_header(following: str) -> bool:
    """Whether the row before this line is the header of its table."""
    return "|" in following and is_rule(following)


def is_rule(written: str) -> bool:
    """Whether the line is the rule below the header of a table, or a horizontal rule."""
    return ("|" in written or written.startswith("---")) and _RULE.fullmatch(written) is not None
