"""Reads the API server's JSON: fields that may be missing or have another type, times, and single-line texts."""

import functools
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from collector.event import SECOND
from sources.fact import Moment

_STAMP = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_BROKEN = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_MOST = 2**31 - 1
"""The API's counters are int32; a larger number is not a counter."""


def moment(value: object) -> Moment | None:
    """The instant of an RFC 3339 stamp; None if there is none.

    `metav1.Time` is cut to whole seconds, so 14:00:05 means [14:00:05, 14:00:06]; a `MicroTime` has a fraction and is
    exact. Go's zero time (year 1) and the epoch mean "unknown".
    """
    return _moment(value) if isinstance(value, str) else None


# Most stamps are cut to seconds, so the same stamp comes up many times.
@functools.lru_cache(maxsize=10_000)
def _moment(stamp: str) -> Moment | None:
    match = _STAMP.fullmatch(stamp)
    if match is None:
        return None
    try:
        parsed = datetime.fromisoformat(stamp.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    if not 2000 <= parsed.year < 2200:
        return None
    return Moment(parsed, parsed if match[1] else parsed + SECOND)


def get(value: Any, *path: str) -> Any:
    """The field at the end of `path`; None if any step of it is missing."""
    for key in path:
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value


def text(value: Any, *path: str) -> str:
    """A string field on one line, empty if missing."""
    for key in path:
        if not isinstance(value, dict):
            return ""
        value = value.get(key)
    return line(value) if isinstance(value, str) else ""


def line(found: str) -> str:
    """A text from outside on one line: line ends and control characters become spaces, nothing else changes."""
    # A printable text has no control characters, and no white space other than spaces.
    if found.isprintable() and "  " not in found:
        return found.strip()
    return _SURROGATE.sub("\ufffd", _BROKEN.sub(" ", found)).strip()


def count(value: Any, *path: str) -> int | None:
    """A counter, None if missing."""
    found = get(value, *path)
    return found if isinstance(found, int) and not isinstance(found, bool) and 0 <= found <= _MOST else None


def seconds(value: Any, *path: str, default: int) -> timedelta:
    """A duration given in whole seconds, at most a day."""
    found = count(value, *path)
    return timedelta(seconds=default if found is None else min(found, 86400))


def objects(value: Any, *path: str) -> list[dict[str, Any]]:
    """The objects of a list field; items of other types are skipped."""
    found = get(value, *path)
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def strings(value: Any, *path: str) -> Mapping[str, str]:
    """The labels or annotations at the end of `path`, each on one line."""
    found = get(value, *path)
    if not isinstance(found, dict):
        return {}
    return {line(key): line(each) for key, each in found.items() if isinstance(each, str)}


def integer(digits: str) -> int | None:
    """A counter that an annotation holds as text. Old controllers compared these as strings; nobody else should."""
    short = digits.isascii() and digits.isdecimal() and len(digits) <= 10
    return int(digits) if short and int(digits) <= _MOST else None


def controller(value: Any) -> tuple[str, str]:
    """Kind and name of the object that controls this one; two empty strings if none does."""
    for owner in objects(value, "metadata", "ownerReferences"):
        if owner.get("controller") is True:
            return text(owner, "kind"), text(owner, "name")
    return "", ""


def condition(value: Any, kind: str) -> dict[str, Any]:
    """The status condition of this type; empty if there is none."""
    for found in objects(value, "status", "conditions"):
        if found.get("type") == kind:
            return found
    return {}


def service_of(labels: Mapping[str, str], name: str) -> str:
    """The name under which people know a workload: the recommended label, the older common label, else its own name."""
    return labels.get("app.kubernetes.io/name") or labels.get("app") or name
