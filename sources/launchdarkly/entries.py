"""Entries of LaunchDarkly's audit log; any field may be missing or of another type."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from sources.fact import Moment
from sources.flag_facts import Author
from sources.text import one_line

_RESOURCE = re.compile(
    r"proj/(?P<project>[^:;]+)(?:;(?P<project_tags>[^:]*))?(?::env/(?P<environment>[^:;]+)(?:;[^:]*)?)?"
    r":(?P<kind>flag|segment|aiconfig)/(?P<key>[^:;]+)(?:;(?P<tags>[^:]*))?"
)
"""Without an environment if an AI Config was changed for all environments."""
_MILLISECOND = timedelta(milliseconds=1)
_YEARS = (946684800000, 7258118400000)
"""From 2000 to 2200, in milliseconds: no flag was changed outside these years."""


class Entry(NamedTuple):
    """One entry, for one flag, segment or AI Config that it is about."""

    id: str
    when: Moment
    kind: str
    """`flag`, `segment` or `aiconfig`."""
    key: str
    project: str
    environment: str
    """Empty if it is about several environments."""
    tags: tuple[str, ...]
    actions: frozenset[str]
    """Actions as named in the policies of roles: `updateOn`."""
    verb: str
    """LaunchDarkly's own words: `turned on the flag`."""
    description: str
    comment: str
    by: Author
    site: str
    """Path of its web page."""


def when(item: Any) -> Moment | None:
    """When the entry was made, to the millisecond; None if it has no valid time."""
    value = item.get("date") if isinstance(item, dict) else None
    if not isinstance(value, int) or isinstance(value, bool) or not _YEARS[0] <= value < _YEARS[1]:
        return None
    at = datetime.fromtimestamp(value // 1000, UTC) + timedelta(milliseconds=value % 1000)
    return Moment(at, at + _MILLISECOND)


def entries(item: Any) -> Iterator[Entry]:
    """The flags, segments and AI Configs that one entry is about. Raises what `collector.source.each` counts."""
    at = when(item)
    if at is None:
        raise ValueError("an entry has a date")
    accesses: dict[tuple[str, str, str], list[tuple[re.Match[str], str]]] = {}
    for access in item["accesses"]:
        found = _RESOURCE.fullmatch(access["resource"])
        if found:
            accesses.setdefault((found["project"], found["kind"], found["key"]), []).append((found, access["action"]))
    for (project, kind, key), ours in sorted(accesses.items()):
        places = {found["environment"] or "*" for found, _ in ours}
        tags = {tag for found, _ in ours for tag in (found["tags"] or "").split(",") if tag}
        yield Entry(
            id=one_line(item["_id"]),
            when=at,
            kind=kind,
            key=one_line(key),
            project=project,
            environment=one_line(min(places)) if len(places) == 1 and "*" not in places else "",
            tags=tuple(sorted(tags)),
            actions=frozenset(one_line(action) for _, action in ours),
            verb=_text(item, "titleVerb"),
            description=_text(item, "description"),
            comment=_text(item, "comment"),
            by=_hand(item),
            site=_text(item, "_links", "site", "href"),
        )


def _hand(item: Any) -> Author:
    """A member by address or name; else the token or application, which may act without a person."""
    member = _text(item, "member", "email") or " ".join(
        filter(None, (_text(item, "member", "firstName"), _text(item, "member", "lastName")))
    )
    token, app = _text(item, "token", "name"), _text(item, "app", "name")
    means = f"token {token}" if token else app
    service_token = isinstance(item.get("token"), dict) and item["token"].get("serviceToken") is True
    if not member or service_token:
        return Author(means, automated=True)
    return Author(f"{member} with {means}" if means else member)


def _text(item: Any, *path: str) -> str:
    for key in path:
        item = item.get(key) if isinstance(item, dict) else None
    return one_line(item) if isinstance(item, str) else ""
