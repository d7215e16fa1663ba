"""Tables without outer bars: cells separated by tabs, as copied from web pages, by commas, semicolons or bars."""

import csv
from collections.abc import Sequence

from collector.lazy_pattern import lazy_pattern
from sources.notes.lines import Line, Untimed, has_time, note_of_row
from sources.notes.stamps import STAMP
from sources.notes.tables import is_rule, is_time_header
from sources.text import one_line

_MARKS = ("\t", ";", "|", ",")
_LONGEST = 30
"""Characters of the header of a column."""
_NAME = lazy_pattern(r"(?!.*[0-9]:[0-9])[\w @./()\[\]+:#*_-]*")
_WORD = lazy_pattern(r"\S*(?:\s?[(\[][^()\[\]]*[)\]])?")


def in_columns(lines: Sequence[str]) -> list[Line]:
    """The same number of lines; the rows of tables as Notes, and their headers as empty lines.

    A table is a line of names of columns, one of them for times, and the rows with as many cells below it.
    """
    found: list[Line] = list(lines)
    at = 0
    while at < len(lines):
        end = at
        for mark in _MARKS:
            if mark in lines[at] and (header := _header(lines, at, mark)):
                end = _read(lines, at, mark, header, found)
                break
        at = max(end, at + 1)
    return found


def _header(lines: Sequence[str], at: int, mark: str) -> list[str]:
    """The names of the columns, if the line is the header of a table."""
    cells = _cells(lines[at], mark)
    if lines[at].lstrip().startswith("|") or len(cells) < 2 or not any(is_time_header(cell) for cell in cells):
        return []
    if mark == "," and ", " in lines[at] and not all(_WORD.fullmatch(cell) for cell in cells):
        return []  # `Last time, it came back` is a sentence.
    if not all(len(cell) <= _LONGEST and _NAME.fullmatch(cell) and not has_time(cell) for cell in cells):
        return []
    first = at + 1
    if first < len(lines) and mark == "|" and is_rule(lines[first].strip()):
        first += 1
    row = _cells(lines[first], mark) if first < len(lines) else []
    if len(row) < len(cells) or not any(STAMP.match(cell) for cell in row):
        return []
    return cells


def _read(lines: Sequence[str], at: int, mark: str, header: Sequence[str], found: list[Line]) -> int:
    """Put the rows below the header into `found`; return the index of the line after the table."""
    found[at] = ""
    at += 1
    while at < len(lines) and lines[at].strip():
        line = lines[at].rstrip("\r\n")
        cells = _cells(line, mark)
        if len(header) == 2 < len(cells) and STAMP.match(cells[0]):
            cells = [cells[0], line.strip().partition(mark)[2].strip()]  # `14:12,it is, I think, the deploy`
        if mark == "|" and is_rule(line.strip()):
            found[at] = ""
        elif len(cells) > len(header):
            found[at] = Untimed(at + 1, one_line(line), "has more cells than the header of its table")
        # A line with one cell continues the row above it.
        elif len(cells) > 1:
            found[at] = note_of_row(at + 1, cells, header)
        at += 1
    return at


def _cells(line: str, mark: str) -> list[str]:
    """The cells of a row; quotation marks around a cell are no part of it."""
    text = line.strip("\r\n ") if mark == "\t" else line.strip()
    try:
        cells = next(csv.reader([text], delimiter=mark, strict=True), [])
    except csv.Error:
        cells = text.split(mark)
    return [cell.strip() for cell in cells]
