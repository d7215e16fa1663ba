"""The rows of a table after new evidence: people's edits stay, generated cells are generated again."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from collector.postmortem.align import align
from collector.postmortem.generated import GeneratedRow
from collector.postmortem.table import key
from collector.postmortem.times import BY_HAND, instant
from collector.window import Window

VANISHED = " (no longer in the evidence)"
"""Marks a row that is no longer in the evidence."""


Line = tuple[datetime | None, str, list[str]]
"""The time of a row, its id (empty for a row that a person added), and its cells."""


class Merged(Struct, frozen=True):
    """The rows to write, and the rows to remember."""

    rows: tuple[tuple[str, ...], ...]
    known: Mapping[str, tuple[str, ...]]
    """All rows that were ever generated, by id: as last generated, and deleted ones as they were at that time."""
    theirs: Mapping[str, tuple[str, ...]]
    """The rows that people changed, by id, with people's cells."""


def merge_rows(
    present: Sequence[Sequence[str]],
    places: Mapping[str, int],
    width: int,
    remembered: tuple[Mapping[str, Mapping[str, str]], Mapping[str, Mapping[str, str]]],
    fresh: Sequence[GeneratedRow],
    columns: Sequence[str],
    window: Window,
) -> Merged:
    """Merge the `present` rows of a document's table with the `fresh` ones, which are generated now.

    `places` has the index of each generated column in the document's table, except columns that people removed; that
    table has `width` columns. `remembered` holds the rows as last generated, and the rows that people changed, both by
    id and column.
    """
    known, theirs = remembered
    now = {row.id: dict(zip(columns, row.cells, strict=True)) for row in fresh}
    plain = [[_unmarked(cell, at, places) for at, cell in enumerate(row)] for row in present]
    ours = [{name: row[at] if at < len(row) else "" for name, at in places.items()} for row in plain]
    ids = align(ours, *(_only(each, places) for each in (theirs, known, now)))
    lines: list[Line] = []
    changed: dict[str, tuple[str, ...]] = {}
    for at, row in enumerate(present):
        id_ = ids.get(at, "")
        if not id_:
            time = row[places["Time"]] if places.get("Time", len(row)) < len(row) else ""
            lines.append((instant(time, window), "", list(row)))
            continue
        before, after = known.get(id_) or now[id_], now.get(id_) or known[id_]
        cells = _merged(plain[at], before, after, places, width)
        if any(key(cells[place]) != key(after.get(name, "")) for name, place in places.items()):
            changed[id_] = tuple(cells[places[name]] if name in places else "" for name in columns)
        time = cells[places["Time"]] if "Time" in places else ""
        _mark(cells, after, places, vanished=id_ not in now)
        lines.append((instant(time, window) or instant(after.get("Time", ""), window), id_, cells))
    lines = _sorted(lines)
    used = set(ids.values())
    for id_, each in now.items():
        if id_ not in known and id_ not in used:
            cells = [""] * width
            for name, place in places.items():
                cells[place] = each[name]
            _insert(lines, (instant(each["Time"], window), id_, cells), list(now))
    shown = [id_ for _, id_, _ in lines if id_]
    every = {id_: now.get(id_) or known[id_] for id_ in shown} | {
        id_: cells for id_, cells in known.items() if id_ not in shown
    }
    return Merged(
        tuple(tuple(cells) for _, _, cells in lines),
        {id_: tuple(cells.get(name, "") for name in columns) for id_, cells in every.items()},
        changed,
    )


def _only(rows: Mapping[str, Mapping[str, str]], places: Mapping[str, int]) -> dict[str, dict[str, str]]:
    return {id_: {name: cells.get(name, "") for name in places} for id_, cells in rows.items()}


def _unmarked(cell: str, at: int, places: Mapping[str, int]) -> str:
    """The cell without the mark that `_mark` added to it."""
    mark = {places.get("Time"): BY_HAND, places["Event"]: VANISHED}.get(at, "")
    return f" {cell}".removesuffix(mark).strip()


def _merged(
    row: Sequence[str], before: Mapping[str, str], after: Mapping[str, str], places: Mapping[str, int], width: int
) -> list[str]:
    """The cells of a generated row: people's edits, and the new text for cells that nobody changed."""
    cells = [*row, *[""] * (width - len(row))]
    for name, at in places.items():
        if key(cells[at]) in (key(before.get(name, "")), key(after.get(name, ""))):
            cells[at] = after.get(name, "")
    return cells


def _mark(cells: list[str], after: Mapping[str, str], places: Mapping[str, int], *, vanished: bool) -> None:
    """Mark a time that a person corrected, and a row that is no longer in the evidence."""
    at = places.get("Time")
    if at is not None and cells[at] and key(cells[at]) != key(after.get("Time", "")):
        cells[at] += BY_HAND
    if vanished:
        cells[places["Event"]] = f"{cells[places['Event']]}{VANISHED}".strip()


def _sorted(lines: Sequence[Line]) -> list[Line]:
    """The lines in order of time. A row without a time stays after the row before it."""
    groups: list[list[Line]] = []
    for line in lines:
        if line[0] is None and groups:
            groups[-1].append(line)
        else:
            groups.append([line])
    # Only the first group can begin with a row without a time.
    first = groups[:1] if groups and groups[0][0][0] is None else []
    rest = sorted(groups[len(first) :], key=lambda group: group[0][0].timestamp() if group[0][0] else 0)
    return [line for group in (*first, *rest) for line in group]


def _insert(lines: list[Line], new: Line, order: Sequence[str]) -> None:
    """Insert a new row after all rows that are not later; rows of the same time are in the order of the evidence."""
    rank = {id_: number for number, id_ in enumerate(order)}
    place = 0
    for at, (moment, id_, _) in enumerate(lines):
        if new[0] is None or moment is None:
            # Compared with a row without a time, only the order of the evidence is known.
            later = id_ in rank and rank[id_] > rank[new[1]] if new[0] is None else place != at
        else:
            later = moment > new[0] or (moment == new[0] and rank.get(id_, -1) > rank[new[1]])
        if not later:
            place = at + 1
        elif moment is not None and new[0] is not None and moment > new[0]:
            break
    lines.insert(place, new)
