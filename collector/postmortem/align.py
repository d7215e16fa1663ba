"""Matches the rows of a table in a document to the generated rows, although people edited them."""

import re
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher

from collector.postmortem.table import key

_LABEL = re.compile(r"\]\[(e[0-9a-f]{8})\]")
_ALIKE, _ALIKE_AT_ONE_TIME = 0.6, 0.3
"""Least similarity, from 0 to 1, of a generated row's words and an edited row's: in general, and at the same time."""

Cells = Mapping[str, str]
"""The cells of a row by generated column name. Columns that people removed are missing."""


def align(
    rows: Sequence[Cells], theirs: Mapping[str, Cells], known: Mapping[str, Cells], fresh: Mapping[str, Cells]
) -> dict[int, str]:
    """The id of each row that was generated, by the row's index. Rows that people added are missing.

    The other arguments are rows by id: `known` as last generated, `theirs` as people had changed them by then, and
    `fresh` as generated now.
    """
    keys = [{name: key(cell) for name, cell in row.items()} for row in rows]
    found: dict[int, str] = {}
    # In the order of the document, so that each of several equal rows keeps its id.
    last = {id_: theirs.get(id_, cells) for id_, cells in known.items()}
    for every in (last, known, fresh):
        _pair_equal(keys, every, found)
    owners = {label: id_ for id_, cells in known.items() for cell in cells.values() for label in labels(cell)}
    owned = [[owners[label] for cell in row.values() for label in sorted(labels(cell) & owners.keys())] for row in rows]
    _pair_labels(rows, owned, known, found)
    # An unmatched row that has a label of a generated row is a copy of that row.
    free = [at for at in range(len(rows)) if at not in found and not owned[at]]
    for every in (last, known):
        _pair_alike(keys, free, every, found)
    return found


def labels(text: str) -> set[str]:
    """The labels of the generated links in `text`."""
    return set(_LABEL.findall(text))


def _pair_equal(keys: Sequence[Cells], every: Mapping[str, Cells], found: dict[int, str]) -> None:
    free: dict[tuple[tuple[str, str], ...], list[str]] = {}
    taken = set(found.values())
    names = keys[0].keys() if keys else ()
    for id_, cells in every.items():
        if id_ not in taken:
            free.setdefault(tuple((name, key(cells.get(name, ""))) for name in names), []).append(id_)
    for at, row in enumerate(keys):
        ids = free.get(tuple(row.items()), [])
        if at not in found and ids:
            found[at] = ids.pop(0)


def _pair_labels(
    rows: Sequence[Cells], owned: Sequence[Sequence[str]], known: Mapping[str, Cells], found: dict[int, str]
) -> None:
    """Match rows by their links to evidence, which are unique to each row. Of several copies, the most similar wins."""
    taken = set(found.values())
    wanted: dict[str, list[int]] = {}
    for at, ids in enumerate(owned):
        if at not in found and ids and ids[0] not in taken:
            wanted.setdefault(ids[0], []).append(at)
    for id_, candidates in wanted.items():
        found[max(candidates, key=lambda at: (_score(rows[at], known[id_]), -at))] = id_


def _pair_alike(keys: Sequence[Cells], free: Sequence[int], known: Mapping[str, Cells], found: dict[int, str]) -> None:
    taken = set(found.values())
    scores = [
        (score, at, id_)
        for at in free
        if at not in found
        for id_, cells in known.items()
        if id_ not in taken and (score := _score(keys[at], cells)) > 0
    ]
    for _, at, id_ in sorted(scores, key=lambda each: (-each[0], each[1], each[2])):
        if at not in found and id_ not in taken:
            found[at] = id_
            taken.add(id_)


def _score(row: Cells, known: Cells) -> float:
    """How similar `row` is to the generated row `known`; 0 if they have too little in common."""
    event, other = key(row.get("Event", "")), key(known.get("Event", ""))
    alike = SequenceMatcher(None, event.split(), other.split(), autojunk=False).ratio()
    at_one_time = key(row.get("Time", "")).startswith(key(known.get("Time", "")) or "\0")
    if alike < (_ALIKE_AT_ONE_TIME if at_one_time else _ALIKE):
        return 0
    return alike + at_one_time
