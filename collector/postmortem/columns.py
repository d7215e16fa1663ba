"""Which column of a table in a document is which generated one, although people renamed, moved and removed some."""

from collections.abc import Mapping, Sequence

from collector.postmortem.table import Table, key


def places(table: Table, columns: Sequence[str], known: Sequence[Mapping[str, str]]) -> dict[str, int]:
    """Where each generated column stands: by its name, else by its cells; columns that people removed are missing.

    `known` are the rows as they were last generated. Without a column for the event the table is another one.
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
    """The column of which at least half of the cells are as they were generated."""
    counts = {
        at: sum(key(row[at]) in cells for row in table.rows if at < len(row))
        for at in range(len(table.columns))
        if at not in taken
    }
    best = max(counts, key=lambda at: counts[at], default=None)
    return best if best is not None and counts[best] * 2 >= max(len(table.rows), 1) else None
