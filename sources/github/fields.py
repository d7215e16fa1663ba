"""Fields that only GitHub's objects have; each may be missing or of another type."""

import json

from sources.json_fields import line
from sources.refs import version_of

_DELETED = "ghost"
"""The account that GitHub names for what deleted accounts did."""


def payload_version(payload: object) -> str:
    """The version in a payload, which the deploying tool fills freely: an object, or a string that may contain one."""
    if isinstance(payload, str):
        try:
            payload = json.loads(payload)
        except (ValueError, RecursionError):
            return ""
    given = line(payload.get("version")) if isinstance(payload, dict) else ""
    return version_of(given) or given


def id_of(value: object) -> str:
    """An id as text. Raises TypeError if the value is not an id."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**63:
        raise TypeError("an id is a number")
    return str(value)


def login_of(value: object) -> str:
    """The login name of a user; empty if unknown, or if the account was deleted."""
    login = line(value.get("login")) if isinstance(value, dict) else ""
    return "" if login == _DELETED else login
