"""Notes as objects: JSON, one in a line or over several, and items of YAML lists."""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from collector.lazy_pattern import lazy_pattern
from sources.notes.lines import Line, Note, Untimed, note_of_row
from sources.text import one_line

_TIMES = frozenset(
    [
        "time",
        "timestamp",
        "ts",
        "@timestamp",
        "at",
        "date",
        "datetime",
        "date_time",
        "when",
        "created",
        "created_at",
        "createdat",
        "occurred_at",
        "sent_at",
    ]
)
_TEXTS = (
    "text",
    "message",
    "msg",
    "what",
    "note",
    "event",
    "action",
    "title",
    "summary",
    "description",
    "body",
    "content",
)
_WHO = frozenset(["who", "user", "username", "by", "author", "from", "sender", "name", "actor", "owner"])
_MOST_LINES = 60
"""Of an object over several lines."""
_EPOCH = lazy_pattern(r"(?P<seconds>1[0-9]{9})(?:\.[0-9]{1,9}|(?P<millis>[0-9]{3}))?")
_ITEM = lazy_pattern(r"(?P<indent>\s*)-\s+(?P<key>@?\w+):(?:\s+(?P<value>.*))?")
_ENTRY = lazy_pattern(r"(?P<indent>\s+)(?P<key>@?\w+):(?:\s+(?P<value>.*))?")
_BRACKETS = lazy_pattern(r"\s*[\[\]],?\s*")


def in_objects(lines: Sequence[Line]) -> list[Line]:
    """The same number of lines; each object with a time as a Note at its first line, the rest of it as empty lines."""
    found = list(lines)
    at = 0
    while at < len(lines):
        read = _json(lines, at) or _yaml(lines, at)
        if read is None:
            at += 1
            continue
        fields, end = read
        found[at:end] = [_note(at + 1, lines[at:end], fields), *[""] * (end - at - 1)]
        at = end
    if any(isinstance(one, Note) and isinstance(line, str) for one, line in zip(found, lines, strict=True)):
        found = ["" if isinstance(line, str) and _BRACKETS.fullmatch(line) else line for line in found]
    return found


def _note(number: int, written: Sequence[Line], fields: Mapping[str, Any]) -> Note | Untimed:
    when = next(key for key in fields if key.lower() in _TIMES)
    who = next((key for key in fields if key.lower() in _WHO and isinstance(fields[key], str)), "")
    texts = [key for key in _TEXTS if key in fields]
    names = [when, *filter(None, [who]), *texts]
    others = [key for key in fields if key not in names and fields[key] not in (None, "")]
    cells = [_time(fields[when]), *(_cell(fields[name]) for name in names[1:])]
    cells += [f"{key}: {_cell(fields[key])}" for key in others]
    row = note_of_row(number, cells, ["time", *(["who"] if who else []), *texts, *others])
    if isinstance(row, Note):
        return row
    return Untimed(number, one_line(" ".join(str(line) for line in written)), row.why)


def _json(lines: Sequence[Line], at: int) -> tuple[dict[str, Any], int] | None:
    """The object that begins on this line, and the index of the line after it."""
    first = lines[at]
    if (
        not isinstance(first, str)
        or not first.lstrip(" \t[").startswith("{")
        or '"' not in "".join(map(str, lines[at : at + 2]))
    ):
        return None
    for end in range(at + 1, min(at + _MOST_LINES, len(lines)) + 1):
        if not isinstance(lines[end - 1], str):
            return None
        text = "\n".join(str(line) for line in lines[at:end]).strip()
        if not text.rstrip(",]").endswith("}"):
            continue
        text = text if text.startswith("{") or text.endswith("]") else text.lstrip("[ \t")
        for candidate in (text.rstrip(","), text.rstrip("], \n")):
            try:
                value = json.loads(candidate)
            except (ValueError, RecursionError):
                continue
            if isinstance(value, list) and len(value) == 1:
                (value,) = value
            return (value, end) if isinstance(value, dict) and _has_time(value) else None
    return None


def _yaml(lines: Sequence[Line], at: int) -> tuple[dict[str, Any], int] | None:
    """The fields of the list item that begins on this line, and the index of the line after it."""
    first = lines[at]
    match = _ITEM.fullmatch(first) if isinstance(first, str) else None
    if match is None:
        return None
    fields = {match["key"]: _scalar(match["value"])}
    end = at + 1
    while end < len(lines) and isinstance(line := lines[end], str) and (entry := _ENTRY.fullmatch(line)) is not None:
        if len(entry["indent"]) <= len(match["indent"]) or entry["key"] in fields:
            break
        fields[entry["key"]] = _scalar(entry["value"])
        end += 1
    return (fields, end) if end > at + 1 and _has_time(fields) and any(key in fields for key in _TEXTS) else None


def _has_time(fields: Mapping[str, Any]) -> bool:
    return any(key.lower() in _TIMES and isinstance(value, str | int | float) for key, value in fields.items())


def _time(value: object) -> str:
    """The time as text; seconds and milliseconds since 1970 as RFC 3339."""
    text = str(value).strip()
    epoch = _EPOCH.fullmatch(text)
    if epoch is None:
        return text
    seconds = float(text) / (1000 if epoch["millis"] else 1)
    return f"{datetime.fromtimestamp(int(seconds), UTC):%Y-%m-%dT%H:%M:%SZ}"


def _cell(value: object) -> str:
    return one_line(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def _scalar(value: str | None) -> str:
    text = (value or "").strip()
    quoted = re.fullmatch(r"([\"'])(.*)\1", text)
    return quoted[2] if quoted else text
