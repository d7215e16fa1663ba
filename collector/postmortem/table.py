"""Tables of GitHub-flavored Markdown, as people and formatters write them."""

from collections.abc import Sequence

from msgspec import Struct

from collector.lazy_pattern import lazy_pattern

_DELIMITER = lazy_pattern(r"\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$")
_CELL = lazy_pattern(r"((?:\\.|[^\\|]|\\$)*)(?:\||$)")
_ESCAPED = lazy_pattern(r"\\([!-/:-@\[-`{-~])")
_ENDS = lazy_pattern(r"\s*(?:$|>|[-*+]\s|#{1,6}\s|<!--|```|~~~|</?[a-zA-Z])")


class Table(Struct, frozen=True):
    """A table in the lines from index `start` to `end`, which is exclusive."""

    start: int
    end: int
    columns: tuple[str, ...]
    marks: tuple[str, ...]
    """The alignment of each column, from the line below the header: `---`, `:---`, `---:`, `:---:`."""
    rows: tuple[tuple[str, ...], ...]
    """A row may have fewer cells than the table has columns, or more, which no renderer shows."""


def key(cell: str) -> str:
    """A text that is equal for cells that differ only in changes by formatters: escapes and spaces."""
    return " ".join(_ESCAPED.sub(r"\1", cell).split())


def cells(line: str) -> tuple[str, ...]:
    """The cells of a row without surrounding spaces. A pipe within a cell must be escaped, even in code."""
    text = line.strip()
    text = text.removeprefix("|")
    found = _CELL.findall(text)
    # The pattern also matches the empty text after the last pipe or cell.
    parts = [part.strip() for part in found[:-1]] if found and not found[-1] else [part.strip() for part in found]
    return tuple(parts)


def find(lines: Sequence[str], first: int = 0) -> Table | None:
    """The first table in `lines` at or after index `first`."""
    for at in range(max(first, 0) + 1, len(lines)):
        header, delimiter = lines[at - 1], lines[at]
        if "|" not in header or not _DELIMITER.match(delimiter) or "-" not in delimiter:
            continue
        columns, marks = cells(header), cells(delimiter)
        if len(columns) != len(marks):
            continue
        end = at + 1
        while end < len(lines) and not _ENDS.match(lines[end]):
            end += 1
        return Table(at - 1, end, columns, tuple(map(_mark, marks)), tuple(map(cells, lines[at + 1 : end])))
    return None


def _mark(text: str) -> str:
    return f"{':' if text.startswith(':') else ''}---{':' if text.endswith(':') else ''}"


def lines_of(columns: Sequence[str], rows: Sequence[Sequence[str]], marks: Sequence[str] = ()) -> list[str]:
    """The table as lines; without `marks` the columns have the default alignment."""
    return [_line(columns), f"|{'|'.join(marks or ['---'] * len(columns))}|", *map(_line, rows)]


def _line(row: Sequence[str]) -> str:
    return f"| {' | '.join(row)} |"
