"""Fields of JSON objects from outside; each may be missing or of another type."""

import re
from datetime import UTC, datetime

from sources.text import one_line

_SHA = re.compile(r"[0-9a-f]{7,64}", re.IGNORECASE)
_URL = re.compile(r"https?://[^\s\x00-\x1f\x7f-\x9f\ud800-\udfff]+")


def line(value: object) -> str:
    """A text on one line; empty if the value is not a text."""
    return one_line(value) if isinstance(value, str) else ""


def moment(value: object) -> datetime:
    """A time with its zone, in UTC. Raises TypeError or ValueError if the value is not one."""
    if not isinstance(value, str):
        raise TypeError("a time is a string")
    parsed = datetime.fromisoformat(value)
    # Leaves room for arithmetic; no deploy happened outside these years.
    if parsed.tzinfo is None or not 1990 <= parsed.year <= 2200:
        raise ValueError("a time without zone, or of another age")
    return parsed.astimezone(UTC)


def sha(value: object) -> str:
    """A git sha in lower case; empty if the value is not one."""
    return value.lower() if isinstance(value, str) and _SHA.fullmatch(value) else ""


def url(value: object) -> str:
    """The address of a page; empty if it is not an http or https address."""
    return value if isinstance(value, str) and _URL.fullmatch(value) else ""
