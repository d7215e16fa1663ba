"""The text between the markers: separates generated text from people's own, and puts both together again."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from collector.postmortem import record as records
from collector.postmortem.align import labels
from collector.postmortem.columns import places
from collector.postmortem.generated import Generated
from collector.postmortem.lines import prose
from collector.postmortem.merge_rows import merge_rows
from collector.postmortem.record import Record
from collector.postmortem.table import Table, find, key, lines_of
from collector.window import Window

DEFINITION = re.compile(r" {0,3}\[(e[0-9a-f]{8})\]:\s*<?([^\s>]+)>?\s*$")
_ITEM = re.compile(r"\s*(?:[0-9]{1,9}[.)]|[-*+])\s+")
_VANISHED = "No longer in the evidence:"


class CurrentBlock(Struct, frozen=True):
    """The present text between the markers, as lines without line ends.

    `table` is the generated table, and `places` has the index of each of its generated columns. `before` and `after`
    are the lines that people wrote above and below it.
    """

    lines: tuple[str, ...]
    table: Table | None
    places: dict[str, int]
    before: tuple[str, ...]
    after: tuple[str, ...]
    pieces: frozenset[str]
    """The single generated lines that are still there: `caption`, `phases`, `nothing`."""


def parse_block(lines: Sequence[str], record: Record, columns: Sequence[str]) -> CurrentBlock:
    """Separate the lines between the markers. `record` has the text that was last generated."""
    text = dict(prose(lines))
    visible = [text.get(at, "") for at in range(len(lines))]
    table, where = _ours(visible, record, columns)
    single = {key(getattr(record, name)): name for name in ("caption", "phases", "nothing") if getattr(record, name)}
    left = Counter(record.below)
    pieces: set[str] = set()
    theirs: list[int] = []
    single_at: dict[str, int] = {}
    # From the end: people may have written lines that also occur in the generated part there, such as `<details>`.
    for at in range(len(lines) - 1, -1, -1):
        if table and table.start <= at < table.end:
            continue
        name = single.get(key(visible[at]))
        mark = digest(visible[at])
        if name and name not in pieces:
            pieces.add(name)
            single_at[name] = at
        elif left[mark] > 0:
            left[mark] -= 1
        elif not DEFINITION.match(visible[at]):
            theirs.append(at)
    theirs.reverse()
    # Without a table, the generated line in its place separates the lines above from those below.
    stands = (table.start if table else None, single_at.get("nothing"), single_at.get("phases"), len(lines))
    split = next(at for at in stands if at is not None)
    before, after = ([lines[at] for at in theirs if (at < split) is side] for side in (True, False))
    return CurrentBlock(tuple(lines), table, where, _trimmed(before), _trimmed(after), frozenset(pieces))


def render_block(
    present: CurrentBlock, record: Record, made: Generated, window: Window, definitions: dict[str, str]
) -> list[str]:
    """The new lines between the markers, then the record. `definitions` are the document's link targets by label."""
    table = present.table or Table(0, 0, made.columns, (), ())
    where = present.places or {name: at for at, name in enumerate(made.columns)}
    known, theirs = (
        {id_: dict(zip(record.columns or made.columns, cells, strict=False)) for id_, cells in each.items()}
        for each in (record.rows, record.theirs)
    )
    merged = merge_rows(table.rows, where, len(table.columns), (known, theirs), made.rows, made.columns, window)
    # A header that people changed is kept even if the table has no rows.
    generated = {key(name) for name in (*record.columns, *made.columns)}
    kept_head = bool(present.table) and any(key(name) not in generated for name in table.columns)
    rows = lines_of(table.columns, merged.rows, table.marks) if merged.rows or kept_head else []
    nothing = [] if rows or made.rows else [made.nothing]
    # A generated line that people changed or removed is not generated again.
    kept_out = {name for name in ("caption", "phases") if getattr(record, name) and name not in present.pieces}
    caption, phases = (
        [text] if text and name not in kept_out else []
        for name, text in (("caption", made.caption), ("phases", made.phases))
    )
    body = _parts(caption, present.before, rows or nothing, phases, present.after)
    used = set().union(*map(labels, body))
    gone = sorted(used - made.references.keys())
    below = _with_vanished(made.below, present.lines, gone)
    kept = {label: definitions[label] for label in gone if label in definitions}
    links = [f"[{label}]: {target}" for label, target in (dict(made.references) | kept).items()]
    new = Record(
        made.columns,
        merged.known,
        merged.theirs,
        caption=record.caption if "caption" in kept_out else made.caption,
        phases=record.phases if "phases" in kept_out else made.phases,
        nothing=made.nothing if nothing else "",
        below=tuple(digest(line) for line in below if digest(line)),
    )
    return ["", *_parts(body, below, links), "", *records.written(new)]


def comparable(lines: Sequence[str], definitions: dict[str, str]) -> object:
    """A value that is equal for lines that differ only in changes by formatters."""
    text = dict(prose(lines))
    table = find([text.get(at, "") for at in range(len(lines))])
    cells: object = table and [tuple(map(key, row)) for row in (table.columns, *table.rows)]
    outside = [line for at, line in enumerate(lines) if not (table and table.start <= at < table.end)]
    words = [_plain(line) for line in outside if not DEFINITION.match(line) and _plain(line)]
    used = sorted(set().union(*map(labels, lines))) if lines else []
    return cells, words, [definitions.get(label) for label in used]


def defined(lines: Iterable[str]) -> dict[str, str]:
    """The link targets that these lines define, by label. If a label is repeated, the first wins, as in Markdown."""
    found: dict[str, str] = {}
    for line in lines:
        if match := DEFINITION.match(line.rstrip("\r\n")):
            found.setdefault(match[1], match[2])
    return found


def digest(line: str) -> str:
    """A hash that is equal for lines that differ only in changes by formatters; empty for lines without a word."""
    text = _plain(line)
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:8] if text else ""


def _plain(line: str) -> str:
    return "".join(char for char in _ITEM.sub("", line, count=1) if char.isalnum())


def _ours(visible: Sequence[str], record: Record, columns: Sequence[str]) -> tuple[Table | None, dict[str, int]]:
    """The generated table, distinguished from tables that people added, and the index of each generated column."""
    every = [*record.rows.values(), *record.theirs.values()]
    known = [dict(zip(record.columns, cells, strict=False)) for cells in every]
    table = find(visible)
    while table is not None:
        if where := places(table, record.columns or columns, known):
            return table, where
        table = find(visible, table.end)
    return None, {}


def _with_vanished(below: Sequence[str], lines: Sequence[str], gone: Sequence[str]) -> list[str]:
    """The generated lines plus the old lines about evidence that is gone but still linked: labels in `gone`."""
    kept = [
        f"- {_ITEM.sub('', line, count=1)}"
        for line in lines
        if _ITEM.match(line) and any(f'id="{label}"' in line or f"][{label}]" in line for label in gone)
    ]
    if not kept:
        return list(below)
    if not below:
        return [_VANISHED, "", *kept]
    return [*below[:-1], _VANISHED, "", *kept, "", below[-1]]


def _parts(*parts: Sequence[str]) -> list[str]:
    """The lines of all non-empty parts, with an empty line between parts."""
    return [line for part in parts if part for line in ("", *part)][1:]


def _trimmed(lines: Sequence[str]) -> tuple[str, ...]:
    return tuple(_squeezed("\n".join(lines).strip("\n").split("\n"))) if any(map(str.strip, lines)) else ()


def _squeezed(lines: Sequence[str]) -> Iterator[str]:
    """The lines with each run of empty lines reduced to one; removed generated lines leave such runs."""
    for at, line in enumerate(lines):
        if line.strip() or (at and lines[at - 1].strip()):
            yield line
