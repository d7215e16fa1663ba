"""The records of a file in JSON Lines, JSON or CSV, and the malformed lines."""

import csv
import json
import re
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path
from typing import Any, NamedTuple

from collector.json_text import TooLarge, decode
from sources.events.files import lines
from sources.events.settings import EventsSettings

LARGEST_DOCUMENT = 2**26
"""Maximum characters of a JSON document other than JSON Lines, which has to fit into memory at once."""
Line = tuple[int, str | None]
_FILLED = re.compile(r"\S")
_DECODER = json.JSONDecoder()


class Record(NamedTuple):
    """One record."""

    number: int
    """Number of its line, or its position in the list of a document, from 1."""
    content: dict[str, Any]


class Bad(NamedTuple):
    """A line or list item that is no record."""

    number: int
    why: str
    """Words to follow `line 4 `."""


def records(path: Path, settings: EventsSettings) -> Iterator[Record | Bad]:
    """All records of the file, in file order. Raises SourceError."""
    separated = settings.format == "csv" or (settings.format == "auto" and path.suffix.lower() in (".csv", ".tsv"))
    yield from _csv(lines(path)) if separated else _json(lines(path), settings.items)


def look_up(content: Any, path: str) -> Any:
    """The value at that key of the record, else at that dotted path; None if there is neither."""
    if isinstance(content, dict) and path in content:
        return content[path]
    for key in path.split("."):
        if isinstance(content, dict):
            content = content.get(key)
        elif isinstance(content, list) and key.isdecimal() and len(key) < 6 and int(key) < len(content):
            content = content[int(key)]
        else:
            return None
    return content


def _csv(found: Iterator[Line]) -> Iterator[Record | Bad]:
    header = next((text for _, text in found if text is None or text.strip()), "")
    if not header:
        return
    delimiter = max(",;\t|", key=lambda each: (header.count(each), each == ","))
    names = next(csv.reader([header], delimiter=delimiter), [])
    number = [1]
    too_long: list[int] = []

    def texts() -> Iterator[str]:
        for at, text in found:
            number[0] = at
            if text is None:
                too_long.append(at)
            yield "\n" if text is None else f"{text}\n"

    reader = csv.reader(texts(), delimiter=delimiter)
    while True:
        try:
            row = next(reader, None)
        except csv.Error:
            yield Bad(number[0], "is no CSV: a quote without its end?")
            reader = csv.reader(texts(), delimiter=delimiter)
            continue
        while too_long:
            yield Bad(too_long.pop(0), "is too long")
        if row is None:
            return
        if any(row):
            yield Record(number[0], {name.strip(): value for name, value in zip(names, row, strict=False)})


def _json(found: Iterator[Line], items: str) -> Iterator[Record | Bad]:
    # A generator, so that no line is inspected twice.
    filled = ((number, text) for number, text in found if text is None or text.strip())
    begin = list(islice(filled, 2))
    first = (begin[0][1] or "") if begin else ""
    every = chain(begin, filled)
    if (items or len(begin) == 1 or _object(first) is None) and first.lstrip()[:1] in ("[", "{"):
        yield from _document(every, items)
    else:
        yield from _one_a_line(every)


def _one_a_line(found: Iterator[Line]) -> Iterator[Record | Bad]:
    for number, text in found:
        if text is None:
            yield Bad(number, "is too long")
        else:
            content = _object(text)
            yield Bad(number, "is no JSON object") if content is None else Record(number, content)


def _document(found: Iterator[Line], items: str) -> Iterator[Record | Bad]:
    kept: list[Line] = []
    size = 0
    for number, text in found:
        kept.append((number, text))
        size += len(text or "")
        if size > LARGEST_DOCUMENT or text is None:
            # Too large for one document, so each line may be a record.
            yield from _one_a_line(chain(kept, found))
            return
    every = _documents("\n".join(text or "" for _, text in kept))
    if not every:
        yield from _one_a_line(iter(kept))
        return
    listed = [_listed(whole, items) for whole in every]
    if None in listed:
        yield Bad(1, f"begins a document without a list `{items}`")
    for number, content in enumerate(chain.from_iterable(filter(None, listed)), start=1):
        yield Record(number, content) if isinstance(content, dict) else Bad(number, "of the list is no JSON object")


def _documents(text: str) -> list[Any]:
    """The document, or those one after the other that tools write which ask for pages; none if it is no JSON."""
    try:
        return [decode(text)]
    except (TooLarge, RecursionError):
        return []
    except ValueError:
        found: list[Any] = []
    at = 0
    while begin := _FILLED.search(text, at):
        try:
            value, at = _DECODER.raw_decode(text, begin.start())
        except (ValueError, RecursionError):
            return []
        found.append(value)
    return found if all(isinstance(value, (dict, list)) for value in found) else []


def _listed(whole: Any, items: str) -> list[Any] | None:
    if items:
        whole = look_up(whole, items)
        return whole if isinstance(whole, list) else None
    if isinstance(whole, list):
        return whole
    lists = [each for each in whole.values() if isinstance(each, list) and each and isinstance(each[0], dict)]
    return lists[0] if len(lists) == 1 and "context" not in whole and "specversion" not in whole else [whole]


def _object(text: str) -> dict[str, Any] | None:
    try:
        content = decode(text)
    except (ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) else None
