"""Tables of GitHub's Markdown, as people and formatters write them."""

from collections.abc import Sequence

from msgspec import Struct

from collector.lazy_pattern import lazy_pattern

_DELIMITER = lazy_pattern(r"\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$")
_CELL = lazy_pattern(r"((?:\\.|[^\\|]|\\$)*)(?:\||$)")
_ESCAPED = lazy_pattern(r"\\([!-/:-@\[-`{-~])")
_ENDS = lazy_pattern(r"\s*(?:$|>|[-*+]\s|#{1,6}\s|<!--|```|~~~|</?[a-zA-Z])")


class Table(Struct, frozen=True):
    """A table in the lines from `start` up to and without `end`."""

    start: int
    end: int
    columns: tuple[str, ...]
    marks: tuple[str, ...]
    """How each column is aligned, as in the line below the header: `---`, `:---`, `---:`, `:---:`."""
    rows: tuple[tuple[str, ...], ...]
    """May have more cells than there are columns, which no renderer shows, or fewer."""


def key(cell: str) -> str:
    """The same for cells that differ only in what formatters change: escapes and spaces."""
    return " ".join(_ESCAPED.sub(r"\1", cell).split())


def cells(line: str) -> tuple[str, ...]:
    """The cells of a row, without the spaces around them; a pipe in a cell is escaped, also in code."""
    text = line.strip()
    text = text.removeprefix("|")
    found = _CELL.findall(text)
    # The pattern also matches the nothing after the last pipe, or after the last cell.
    parts = [part.strip() for part in found[:-1]] if found and not found[-1] else [part.strip() for part in found]
    return tuple(parts)


def find(lines: Sequence[str], first: int = 0) -> Table | None:
    """The first table in `lines`, from the index `first` on."""
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
    """The table as lines; with no `marks` the columns are aligned by default."""
    return [_line(columns), f"|{'|'.join(marks or ['---'] * len(columns))}|", *map(_line, rows)]


def _line(row: Sequence[str]) -> str:
    return f"| {' | '.join(row)} |"
