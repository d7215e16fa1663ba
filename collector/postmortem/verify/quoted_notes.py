"""Parts of notes that a draft quotes."""

import re
from collections.abc import Iterable

from collector.event import Kind
from collector.postmortem.verify.statement import Statement
from collector.row import Row

_AROUND = 24
"""Characters before and after a value that the note must have as well."""
_LEAST = 10
"""A match of fewer characters around the value may be a coincidence."""
_CUT_BEFORE = re.compile(r"\A\S*\s")
_CUT_AFTER = re.compile(r"\s\S*\Z")
"""A word that the limit cuts in two."""


def quoted_note(statement: Statement, start: int, end: int, rows: Iterable[Row]) -> str:
    """The text of the note that has the value at this place of a statement, and the words around it; else empty."""
    low, high = max(0, start - _AROUND), end + _AROUND
    before, after = statement.text[low:start], statement.text[end:high]
    if low:
        before = _CUT_BEFORE.sub("", before, count=1)
    if high < len(statement.text):
        after = _CUT_AFTER.sub("", after, count=1)
    # A row's cells are apart; the note is in one of them.
    before, after = before.rpartition("|")[2], after.partition("|")[0]
    quoted = " ".join(f"{before}{statement.text[start:end]}{after}".split())
    if len(quoted) - (end - start) < _LEAST:
        return ""
    return next((row.text for row in rows if row.kind == Kind.NOTE and quoted in " ".join(row.text.split())), "")
