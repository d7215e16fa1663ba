"""Finds the generated columns in a table, although people renamed, moved or removed some."""

from collections.abc import Mapping, Sequence

from collector.postmortem.table import Table, key


def places(table: Table, columns: Sequence[str], known: Sequence[Mapping[str, str]]) -> dict[str, int]:
    """The index of each generated column, found by its name, else by its cells. Removed columns are missing.

    `known` are the rows as last generated. The result is empty if no column is for the event: the table is another one.
    """
    headers = [key(header).casefold() for header in table.columns]
    found = {name: headers.index(name.casefold()) for name in columns if name.casefold() in headers}
    for name in columns:
        if name not in found:
            at = _by_cells(table, {key(row[name]) for row in known if row.get(name)}, set(found.values()))
            if at is not None:
                found[name] = at
    return found if "Event" in found else {}


def _by_cells(table: Table, cells: set[str], taken: set[int]) -> int | None:
    """The column with the most cells that are as generated, if they are at least half of its cells."""
    counts = {
        at: sum(key(row[at]) in cells for row in table.rows if at < len(row))
        for at in range(len(table.columns))
        if at not in taken
    }
    best = max(counts, key=lambda at: counts[at], default=None)
    return best if best is not None and counts[best] * 2 >= max(len(table.rows), 1) else None
