"""The lines in Loki's answers: their times, and the records in them."""

import json
import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from msgspec import Struct

from collector.source import BadAnswer, Document, Gap, each

# Only `msg` is quoted, as Go's %q does it. A key begins at the beginning of a word; else a long word would be scanned
# again from each of its letters.
_PAIR = re.compile(r'(?<![\w.])([A-Za-z_][\w.]*)=(?:"((?:[^"\\]|\\.)*)"|(\S*))')
_ESCAPE = re.compile(r"\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8})|(.))", re.DOTALL)
_SHORT = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}


class Entry(Struct, frozen=True):
    """One line."""

    nanoseconds: int
    """Unix time."""
    labels: Mapping[str, str]
    line: str

    def record(self) -> dict[str, Any]:
        """Its content, parsed as JSON or logfmt, with its labels under `stream`."""
        text = self.line.strip()
        fields = json.loads(text) if text.startswith("{") else logfmt(text)
        return {**fields, "stream": dict(self.labels)}


def entries(document: Document) -> Iterator[Entry | Gap]:
    """All lines of one answer."""
    try:
        body = document.json()
    except BadAnswer as error:
        yield Gap(error.reason)
        return
    data = body.get("data") if isinstance(body, dict) else None
    for lines in each(data.get("result") if isinstance(data, dict) else None, _lines, f"{document.call} of Loki"):
        if isinstance(lines, Gap):
            yield lines
        else:
            yield from each(lines[1], partial(_entry, labels=lines[0]), f"{document.call} of Loki")
    yield from warnings(body)


def warnings(body: Any) -> Iterator[Gap]:
    """Gaps for Loki's warnings in an answer."""
    found = body.get("warnings") if isinstance(body, dict) else None
    if isinstance(found, list):
        yield from (Gap(f"Loki warns: {' '.join(text.split())[:300]}") for text in found if isinstance(text, str))


def _lines(stream: Mapping[str, Any]) -> Iterator[tuple[dict[str, str], list[Any]]]:
    yield _strings(stream["stream"]), list(stream["values"])


def _entry(value: Any, labels: dict[str, str]) -> Iterator[Entry]:
    nanoseconds, line, *more = value
    # Structured metadata, which may replace labels.
    own = _strings(more[0]) if more and isinstance(more[0], dict) else {}
    yield Entry(int(nanoseconds), labels | own, str(line))


def _strings(labels: Mapping[str, Any]) -> dict[str, str]:
    return {name: text for name, text in labels.items() if isinstance(text, str)}


def logfmt(line: str) -> dict[str, str]:
    """The pairs in a line such as `name=checkout reason=Killing msg="Stopping container"`."""
    return {
        key: plain if quoted is None else _unquoted(quoted)
        for key, quoted, plain in (match.groups() for match in _PAIR.finditer(line))
    }


def _unquoted(text: str) -> str:
    def character(match: re.Match[str]) -> str:
        number = match[1] or match[2] or match[3]
        if number is None:
            return _SHORT.get(match[4], match[4])
        code = int(number, 16)
        return chr(code) if code < 0x110000 else "\ufffd"

    return _ESCAPE.sub(character, text)
