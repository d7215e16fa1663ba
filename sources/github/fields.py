"""The fields of GitHub's objects, out of answers in which anything may be missing or of another type."""

import json
import re
from datetime import UTC, datetime

from sources.text import one_line

_SHA = re.compile(r"[0-9a-f]{7,64}", re.IGNORECASE)
_TAG = re.compile(
    # `v1.5.0`, `checkout-1.5.0`, `checkout/v1.5.0`, `@acme/checkout@1.5.0`; not `dependabot/npm/lodash-4.17.21`.
    r"(?:refs/tags/)?(?:(?:@[\w.-]+/)?[\w.-]+?[-/@])?v?(?P<version>\d+\.\d+\.\d+(?:[-+.][\w.+-]+)?)",
    re.ASCII,
)
_LONGEST_REF = 255


def line(value: object) -> str:
    """A text from outside on one line; empty if it is none."""
    return one_line(value) if isinstance(value, str) else ""


def version_of(ref: str) -> str:
    """The version that a tag names, without prefix: `1.5.0` for `v1.5.0`; empty for anything else."""
    tag = _TAG.fullmatch(ref[:_LONGEST_REF])
    return tag["version"] if tag else ""


def payload_version(payload: object) -> str:
    """The payload is whatever the deploying tool put there: an object, or a string that may hold one."""
    if isinstance(payload, str):
        try:
            payload = json.loads(payload)
        except (ValueError, RecursionError):
            return ""
    given = line(payload.get("version")) if isinstance(payload, dict) else ""
    return version_of(given) or given


def moment_of(value: object) -> datetime:
    """An instant; raises TypeError or ValueError."""
    if not isinstance(value, str):
        raise TypeError("a time is a string")
    moment = datetime.fromisoformat(value)
    # Room for arithmetic; nothing on GitHub happened outside these years.
    if moment.tzinfo is None or not 1990 <= moment.year <= 2200:
        raise ValueError("no time of GitHub's")
    return moment.astimezone(UTC)


def id_of(value: object) -> str:
    """An id as text; raises TypeError."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**63:
        raise TypeError("an id is a number")
    return str(value)


def sha_of(value: object) -> str:
    """A commit; empty if it is none."""
    return value.lower() if isinstance(value, str) and _SHA.fullmatch(value) else ""


def url_of(value: object) -> str:
    """An address; empty if it is none."""
    return (
        value
        if isinstance(value, str) and re.fullmatch(r"https?://[^\s\x00-\x1f\x7f-\x9f\ud800-\udfff]+", value)
        else ""
    )


def login_of(value: object) -> str:
    """Who somebody is; empty if nobody knows."""
    return line(value.get("login")) if isinstance(value, dict) else ""
