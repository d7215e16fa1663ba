"""The three systems of flags, as servers that answer as theirs do, and their entries in short."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from collector.event import Event, Kind
from collector.secrets import Scrubber
from collector.source import Deadline, Document, Gap, SourceError
from sources.registry import build
from tests.collector.build import WINDOW, at

RECORDED = Path(__file__).parents[1] / "recorded"
TOKEN = "canary-flags-0123456789"
Body = tuple[int, Any]


def ms(clock: str) -> int:
    return int(at(clock).timestamp() * 1000)


def fetched(type_: str, url: str, **settings: Any) -> tuple[list[Document], list[Gap], SourceError | None]:
    """What the source fetches of the server at this URL; it never sleeps."""
    source: Any = build("mine", type_, {"url": url, "token_env": "TEST_TOKEN", **settings}, Scrubber())
    source._sleep = lambda _: None
    documents: list[Document] = []
    gaps: list[Gap] = []
    try:
        for given in source.fetch(WINDOW, Deadline(30)):
            (documents if isinstance(given, Document) else gaps).append(given)
    except SourceError as error:
        return documents, gaps, error
    return documents, gaps, None


def read(type_: str, documents: Sequence[Document], **settings: Any) -> tuple[list[Event], list[Gap]]:
    given = list(
        build("mine", type_, {"url": "https://flags.example.com", **settings}, Scrubber()).read(documents, WINDOW)
    )
    return [one for one in given if isinstance(one, Event)], [one for one in given if isinstance(one, Gap)]


def document(call: str, body: Any) -> Document:
    return Document(
        call, f"GET https://flags.example.com/{call}", datetime(2026, 4, 1, 15, tzinfo=UTC), json.dumps(body)
    )


def told(events: Sequence[Event]) -> list[str]:
    """The changes of flags, as `14:02:00 Flag ...`."""
    return [f"{one.at:%H:%M:%S} {one.summary}" for one in events if one.kind == Kind.FLAG_CHANGED]


def ld(id_: str, clock: str, actions: Sequence[str], verb: str = "updated the flag", **known: Any) -> dict[str, Any]:
    """An entry of LaunchDarkly's audit log."""
    place = f"proj/shop:env/{known.pop('environment', 'production')}:{known.pop('what', 'flag/new-checkout')}"
    return {
        "_id": id_,
        "_links": {"site": {"href": "/shop/production/features/new-checkout", "type": "text/html"}},
        "date": ms(clock),
        "accesses": [{"action": action, "resource": place} for action in actions],
        "kind": "flag",
        "name": "New checkout",
        "description": "",
        "titleVerb": verb,
        "member": {"email": "dana@acme.example", "firstName": "Dana", "lastName": "Reyes"},
        **known,
    }


def unleash(id_: int, clock: str, type_: str, **known: Any) -> dict[str, Any]:
    """An event of Unleash's log."""
    return {
        "id": id_,
        "type": type_,
        "createdBy": "dana@acme.example",
        "createdByUserId": 7,
        "createdAt": f"2026-04-01T{clock}.000Z",
        "environment": "production",
        "project": "shop",
        "featureName": "new-checkout",
        "data": None,
        "preData": None,
        "tags": [{"type": "simple", "value": "payments"}],
        **known,
    }


def flagsmith(id_: int, clock: str, log: str, type_: str = "FEATURE_STATE", **known: Any) -> dict[str, Any]:
    """An entry of Flagsmith's audit log."""
    return {
        "id": id_,
        "created_date": f"2026-04-01T{clock}.123456Z",
        "log": log,
        "author": {"id": 3, "email": "dana@acme.example", "first_name": "Dana", "last_name": "Reyes"},
        "environment": {"id": 11, "name": "production"},
        "project": {"id": 5, "name": "shop"},
        "related_object_id": 21,
        "related_object_type": type_,
        "is_system_event": False,
        **known,
    }


class LaunchDarkly:
    """GET /api/v2/auditlog, 20 entries a page, newest first, of those between `after` and `before`."""

    def __init__(self, entries: Sequence[dict[str, Any]], projects: Sequence[str] = ("shop",)) -> None:
        self.entries = sorted(entries, key=lambda one: (-one["date"], one["_id"]))
        self.projects = projects
        self.asked: list[Mapping[str, str]] = []

    def __call__(self, path: str, params: Mapping[str, str], headers: Mapping[str, str]) -> Body:
        if headers.get("authorization") != TOKEN:
            return 401, {"message": "invalid token"}
        if path.startswith("/api/v2/projects/"):
            return (200, {"key": "shop"}) if path.rpartition("/")[2] in self.projects else (404, {"message": "unknown"})
        self.asked.append(params)
        spec = params["spec"]
        assert int(params["limit"]) <= 20
        ours = [
            one
            for one in self.entries
            if int(params["after"]) < one["date"] < int(params["before"])
            and any(fnmatchcase(place, spec) for place in (access["resource"] for access in one["accesses"]))
        ]
        start = int(params.get("offset", "0"))
        page, rest = ours[start : start + 20], ours[start + 20 :]
        query = "&".join(f"{name}={value}" for name, value in {**params, "offset": str(start + 20)}.items())
        links = {"next": {"href": f"/api/v2/auditlog?{query}", "type": "application/json"}} if rest else {}
        return 200, {"items": page, "_links": links}


class Unleash:
    """GET /api/admin/search/events, of whole days."""

    def __init__(self, events: Sequence[dict[str, Any]]) -> None:
        self.events = sorted(events, key=lambda one: (one["createdAt"], one["id"]), reverse=True)

    def __call__(self, path: str, params: Mapping[str, str], headers: Mapping[str, str]) -> Body:
        if headers.get("authorization") != TOKEN:
            return 401, {"message": "You must log in"}
        if path != "/api/admin/search/events":
            return 404, {"message": "not found"}
        assert all(params[name].startswith("IS:") and len(params[name]) == 13 for name in ("from", "to"))
        first, last = params["from"][3:], params["to"][3:]
        project = params.get("project", "").removeprefix("IS_ANY_OF:").split(",")
        ours = [one for one in self.events if first <= one["createdAt"][:10] <= last]
        ours = [one for one in ours if project == [""] or one["project"] in project]
        start, limit = int(params["offset"]), min(int(params["limit"]), 1000)
        return 200, {"events": ours[start : start + limit], "total": len(ours)}


class Flagsmith:
    """GET .../audit/, 999 entries a page, newest first, with no filter by time; and its details."""

    def __init__(self, entries: Sequence[dict[str, Any]], details: Mapping[int, Any] | None = None) -> None:
        self.entries = sorted(entries, key=lambda one: (one["created_date"], one["id"]), reverse=True)
        self.details = details or {}
        self.url = ""

    def __call__(self, path: str, params: Mapping[str, str], headers: Mapping[str, str]) -> Body:
        if headers.get("authorization") != f"Api-Key {TOKEN}":
            return 401, {"detail": "Authentication credentials were not provided."}
        if "is_system_event" in params or not path.endswith("/"):
            return 400, {"detail": "that would be no answer to the question"}
        parts = path.strip("/").split("/")
        if parts[-1] != "audit":
            one = next(one for one in self.entries if one["id"] == int(parts[-1]))
            return 200, {**one, "change_details": self.details.get(one["id"], []), "change_type": "UPDATE"}
        page, size = int(params.get("page", "1")), min(int(params["page_size"]), 999)
        start, end = (page - 1) * size, page * size
        following = f"{self.url}{path}?page={page + 1}&page_size={size}" if end < len(self.entries) else None
        return 200, {
            "count": len(self.entries), "next": following, "previous": None, "results": self.entries[start:end],
        }  # fmt: skip


def clocks(count: int, first: str = "14:00:00", each: float = 1.0) -> list[str]:
    """So many times of the day, with `each` seconds between them."""
    return [f"{at(first) + timedelta(seconds=n * each):%H:%M:%S}" for n in range(count)]
