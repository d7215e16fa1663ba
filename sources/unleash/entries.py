"""Entries of Unleash's event log; any field may be missing or of another type."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from sources.fact import Moment
from sources.flag_facts import Author
from sources.text import one_line

_MILLISECOND = timedelta(milliseconds=1)
_OF_ALL_FLAGS = ("project-environment-removed", "project-environment-added")
"""A project has no flags in an environment that is none of its own."""
_SYSTEM = {-1337: "Unleash", -42: "an admin token"}
"""Names of system users, by `createdByUserId`."""
_SYSTEM_NAMES = {
    **dict.fromkeys(("unleash_system_user", "systemuser@getunleash.io", "migration", "init-api-tokens"), "Unleash"),
    "unleash_admin_token": "an admin token",
}
"""Older versions have no ids for them: these are the names that Unleash uses for itself and for admin tokens."""
_NOBODY = frozenset({"unknown", "anonymous"})
"""The names of users without a login."""


class Entry(NamedTuple):
    """One event."""

    id: int
    when: Moment
    type: str
    """`feature-environment-enabled`."""
    flag: str
    """`segment NAME` for a segment, `project NAME` where all flags of a project are meant."""
    project: str
    environment: str
    tags: tuple[str, ...]
    rollout: tuple[str, str]
    """The percentage of users that a strategy applies to, before and after; empty if unknown."""
    by: Author


def when(item: Any) -> Moment | None:
    """When it happened, to the millisecond: an RFC 3339 time, or in old versions milliseconds since 1970."""
    value = item.get("createdAt") if isinstance(item, dict) else None
    try:
        if isinstance(value, str):
            at = datetime.fromisoformat(value)
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            at = datetime.fromtimestamp(value / 1000, UTC)
        else:
            return None
        at = at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return Moment(at, at + _MILLISECOND) if 2000 <= at.year < 2200 else None


def entry(item: Any) -> Iterator[Entry]:
    """Parse an event; nothing if it is about no flags or segments. Raises what `collector.source.each` counts."""
    at, type_ = when(item), item["type"]
    if at is None or not isinstance(type_, str) or not isinstance(item["id"], int):
        raise ValueError("an event has an id, a type and a time")
    data, before = item.get("data"), item.get("preData")
    flag = _text(item, "featureName")
    if type_.startswith("segment-"):
        name = _text(data, "name") or _text(before, "name")
        flag = f"segment {name}" if name else ""
    elif type_ in _OF_ALL_FLAGS and not flag:
        flag = f"project {_text(item, 'project')}" if _text(item, "project") else ""
    if not flag:
        return
    tags = item.get("tags")
    named = [_text(tag, "value") for tag in (tags if isinstance(tags, list) else ())]
    yield Entry(
        id=item["id"],
        when=at,
        type=one_line(type_),
        flag=flag,
        project=_text(item, "project"),
        environment=_text(item, "environment"),
        tags=tuple(sorted(filter(None, named))),
        rollout=(_rollout(before), _rollout(data)),
        by=_hand(item),
    )


def _hand(item: Any) -> Author:
    user, name = item.get("createdByUserId"), _text(item, "createdBy")
    system = _SYSTEM.get(user, "") if isinstance(user, int) else ""
    system = system or _SYSTEM_NAMES.get(name, "")
    return Author(system, automated=True) if system else Author("" if name in _NOBODY else name)


def _rollout(data: Any) -> str:
    parameters = data.get("parameters") if isinstance(data, dict) else None
    value = parameters.get("rollout") if isinstance(parameters, dict) else None
    text = one_line(str(value)) if isinstance(value, (str, int)) and not isinstance(value, bool) else ""
    return text if text.isascii() and text.isdecimal() and len(text) <= 3 else ""


def _text(item: Any, key: str) -> str:
    value = item.get(key) if isinstance(item, dict) else None
    return one_line(value) if isinstance(value, str) else ""
