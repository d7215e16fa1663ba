"""The comment after a table that keeps the text as last generated, so that people's changes can be detected.

It has one JSON value per line: an array for each row (its id, then its cells), and an object for everything else. It is
a comment because formatters do not change comments.
"""

import json
from collections.abc import Mapping, Sequence

from msgspec import Struct, field

from collector.errors import UsageError

_OPENING = "<!-- /pm-timeline: the rows as they were generated, by which it knows what people changed; leave it here"
_CLOSING = "-->"
_UNSAFE = {"<": "\\u003c", ">": "\\u003e", "--": "-\\u002d"}


class Record(Struct, frozen=True):
    """The text as last generated, and people's changes known by then."""

    columns: tuple[str, ...] = ()
    rows: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The cells of each row by its id, including rows that people deleted."""
    theirs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The cells, without marks, of the rows that people changed, by id."""
    caption: str = ""
    phases: str = ""
    nothing: str = ""
    below: tuple[str, ...] = ()
    """The digests of all other generated lines."""


def written(record: Record) -> list[str]:
    """The comment, line by line."""
    rest = {
        "columns": list(record.columns),
        "caption": record.caption,
        "phases": record.phases,
        "nothing": record.nothing,
        "below": " ".join(record.below),
    }
    rows = [_json([id_, *cells]) for id_, cells in record.rows.items()]
    theirs = [_json({"changed": [id_, *cells]}) for id_, cells in record.theirs.items()]
    return [_OPENING, *rows, *theirs, _json(rest), _CLOSING]


def parsed(lines: Sequence[str], number: int) -> Record:
    """The record in these lines; `number` is the line number of the first. Raises UsageError if it is damaged."""
    rows: dict[str, tuple[str, ...]] = {}
    theirs: dict[str, tuple[str, ...]] = {}
    rest = Record()
    for at, line in enumerate(lines[1:], number + 1):
        text = line.strip().removesuffix(_CLOSING).strip()
        if not text:
            continue
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            raise _damaged(at) from None
        row = value.get("changed") if isinstance(value, dict) and "changed" in value else value
        if isinstance(row, list) and len(row) > 1 and all(isinstance(each, str) for each in row):
            (rows if row is value else theirs)[row[0]] = tuple(row[1:])
        elif isinstance(value, dict):
            rest = _rest(value, at)
        else:
            raise _damaged(at)
    return Record(rest.columns, rows, theirs, rest.caption, rest.phases, rest.nothing, rest.below)


def _rest(value: Mapping[str, object], at: int) -> Record:
    columns = value.get("columns")
    texts = [value.get(name) for name in ("caption", "phases", "nothing", "below")]
    if not isinstance(columns, list) or not all(isinstance(each, str) for each in (*columns, *texts)):
        raise _damaged(at)
    caption, phases, nothing, below = map(str, texts)
    return Record(tuple(map(str, columns)), {}, {}, caption, phases, nothing, tuple(below.split()))


def _json(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    for unsafe, safe in _UNSAFE.items():
        # Twice, because in `---` two pairs of dashes overlap.
        text = text.replace(unsafe, safe).replace(unsafe, safe)
    return text


def _damaged(number: int) -> UsageError:
    return UsageError(
        f"line {number}: the record at the end of the table is damaged; restore it from an earlier version of the file,"
        " or leave only <!-- /pm-timeline --> there: then all rows in the table count as written by people"
    )
