"""The rows of a timeline as a pandas DataFrame."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas

    from collector.result import Timeline
    from collector.row import Evidence

TEXT = "string"
INSTANT = "datetime64[us, UTC]"
DTYPES = {
    "id": TEXT,
    "time": INSTANT,
    "end": INSTANT,
    "text": TEXT,
    "kind": TEXT,
    "service": TEXT,
    "sources": "object",
    "evidence": "object",
    "events": "int64",
}
"""The columns, in order, and their dtypes; they are the same if there are no rows."""


def to_frame(timeline: "Timeline") -> "pandas.DataFrame":
    """One line per row, in the order of the table, with the columns of `DTYPES`; the index counts from 0.

    `end` is NaT and `service` is empty where the row has none. `sources` are tuples of names, `evidence` tuples of
    addresses to open, or the query where there is no page; `events` is how many Events the row rests on.
    """
    import pandas

    rows = timeline.rows
    columns = {
        "id": [row.id for row in rows],
        "time": [row.at for row in rows],
        "end": [row.end for row in rows],
        "text": [row.text for row in rows],
        "kind": [row.kind.value for row in rows],
        "service": [row.service for row in rows],
        "sources": [row.sources for row in rows],
        "evidence": [tuple(map(_place, row.evidence)) for row in rows],
        "events": [len(row.events) for row in rows],
    }
    return pandas.DataFrame({name: pandas.Series(columns[name], dtype=DTYPES[name]) for name in DTYPES})


def _place(evidence: "Evidence") -> str:
    return evidence.url or evidence.query
