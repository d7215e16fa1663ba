"""Rows of a timeline with the time at their end: `- First detected: 2026-04-01 14:05`."""

import re

_ROW = re.compile(
    r"\s*[-*+]\s+(?P<text>[*_]*[A-Za-z][A-Za-z /*_-]{2,40}?)[*_]*[\s:]+(?P<time>(?:[0-9]{4}-[0-9]{2}-[0-9]{2}[T ]+)?"
    r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?\s*(?:Z|[A-Z]{3,4})?)\W*$"
)


def trailing_time(line: str) -> tuple[str, str] | None:
    """The time and the text before it; None if the line is no such row."""
    found = _ROW.match(line)
    return (found["time"], found["text"]) if found else None
