"""A Terraform Cloud as its API answers: JSON:API with everything in it, also what must not be kept."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from msgspec import Struct, field

from collector.event import Event
from collector.secrets import Scrubber
from collector.source import Deadline, Document, Gap
from collector.window import Window
from sources.terraform import TerraformSettings, TerraformSource
from sources.terraform.reduce import reduced

WINDOW = Window(datetime(2026, 4, 1, 14, tzinfo=UTC), datetime(2026, 4, 1, 14, 30, tzinfo=UTC))
SECRET = "hunter2-of-a-variable"
LOG = "https://archivist.terraform.io/v1/object/secret-address-of-a-log"


def at(clock: str, day: int = 1) -> str:
    """As Terraform writes the time of a state."""
    return f"2026-04-{day:02}T{clock}+00:00"


class Cloud(Struct):
    """What there is; `answer` is what it answers to a path with its query."""

    runs: list[dict[str, Any]] = field(default_factory=list)
    included: list[dict[str, Any]] = field(default_factory=list)
    users: dict[str, str] = field(default_factory=dict)
    events: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    """By run: what was done, and the id of the user."""
    checks: dict[str, str] = field(default_factory=dict)
    """By run: the status of its check of policies."""
    workspaces: dict[str, str] = field(default_factory=lambda: {"ws-1": "checkout-production"})
    lists_all_runs: bool = True
    per_page: int = 100
    asked: list[str] = field(default_factory=list)

    def run(self, id_: str, created: str, status: str, stamps: Mapping[str, str], **changes: Any) -> None:
        """Add a run; `changes` are attributes (with `_` for `-`) and `workspace`, `by`, `confirmed_by`, `counts`."""
        workspace = changes.pop("workspace", "ws-1")
        counts = changes.pop("counts", (0, 0, 0))
        people = {"created-by": changes.pop("by", "user-dana"), "confirmed-by": changes.pop("confirmed_by", "")}
        people["canceled-by"] = changes.pop("cancelled_by", "")
        commit = changes.pop("commit", "")
        cv = f"cv-{id_}"
        related: dict[str, tuple[str, str]] = {
            "workspace": ("workspaces", workspace),
            "plan": ("plans", f"plan-{id_}"),
            "apply": ("applies", f"apply-{id_}"),
            "configuration-version": ("configuration-versions", cv),
        }
        related |= {name: ("users", user) for name, user in people.items() if user}
        attributes = {
            "actions": {"is-cancelable": False, "is-confirmable": False},
            "auto-apply": False,
            "created-at": created,
            "has-changes": any(counts),
            "is-destroy": False,
            "message": "Grow the pool",
            "plan-only": False,
            "refresh-only": False,
            "source": "tfe-ui",
            "status": status,
            "status-timestamps": dict(stamps),
            "trigger-reason": "manual",
            "variables": [{"key": "password", "value": f'"{SECRET}"'}],
        }
        attributes |= {name.replace("_", "-"): value for name, value in changes.items()}
        self.runs.append(
            {
                "id": id_,
                "type": "runs",
                "attributes": attributes,
                "relationships": {
                    **{name: {"data": {"type": type_, "id": rid}} for name, (type_, rid) in related.items()},
                    "policy-checks": {"data": []},
                    "comments": {"data": [], "links": {"related": f"/api/v2/runs/{id_}/comments"}},
                },
                "links": {"self": f"/api/v2/runs/{id_}"},
            }
        )
        numbers = dict(zip(("resource-additions", "resource-changes", "resource-destructions"), counts, strict=True))
        for type_ in ("plans", "applies"):
            own = related[type_.removesuffix("s") if type_ == "plans" else "apply"][1]
            self.included.append({"id": own, "type": type_, "attributes": {**numbers, "log-read-url": LOG}})
        ingress = {"data": {"type": "ingress-attributes", "id": f"ia-{id_}"} if commit else None}
        self.included.append(
            {
                "id": cv,
                "type": "configuration-versions",
                "attributes": {},
                "relationships": {"ingress-attributes": ingress},
            }
        )
        if commit:
            pushed = {"commit-sha": commit, "branch": "main", "sender-username": "sam-okafor"}
            self.included.append({"id": f"ia-{id_}", "type": "ingress-attributes", "attributes": pushed})

    def answer(self, path: str, query: Mapping[str, str], headers: Mapping[str, str]) -> tuple[int, Any]:
        """Status and body."""
        self.asked.append(f"{path}?{query.get('page[number]', '')}")
        match path.removeprefix("/api/v2/").split("/"):
            case ["organizations", "acme", "runs"] if self.lists_all_runs:
                return self._page(self.runs, query)
            case ["organizations", "acme", "workspaces"]:
                found = [
                    {"id": id_, "type": "workspaces", "attributes": {"name": name, "tag-names": []}}
                    for id_, name in self.workspaces.items()
                    if query.get("search[name]", "") in name
                    and query.get("search[wildcard-name]", "").strip("*") in name
                ]
                return self._page(found, query)
            case ["workspaces", id_, "runs"] if id_ in self.workspaces:
                ours = [run for run in self.runs if run["relationships"]["workspace"]["data"]["id"] == id_]
                return self._page(ours, query)
            case ["users", id_] if id_ in self.users:
                return 200, {"data": self._user(id_)}
            case ["runs", id_, "run-events"] if id_ in self.events:
                done = self.events[id_]
                data = [
                    {
                        "id": f"re-{n}",
                        "type": "run-events",
                        "attributes": {"action": action, "created-at": "2026-04-01T14:05:00.120Z"},
                        "relationships": {"actor": {"data": {"type": "users", "id": user}}},
                    }
                    for n, (action, user) in enumerate(done)
                ]
                return 200, {"data": data, "included": [self._user(user) for _, user in done]}
            case ["runs", id_, "policy-checks"] if id_ in self.checks:
                status = self.checks[id_]
                stamps = {f"{status.replace('_', '-')}-at": at("14:03:20")}
                checked = {"status": status, "status-timestamps": stamps, "scope": "organization"}
                return 200, {"data": [{"id": "polchk-1", "type": "policy-checks", "attributes": checked}]}
        return 404, {"errors": [{"status": "404", "title": "not found"}]}

    def shown(self, path: str) -> dict[str, Any]:
        """The body of an answer that there is."""
        status, body = self.answer(f"/api/v2{path}", {"page[number]": "1", "page[size]": "100", "include": "all"}, {})
        assert status == 200
        return dict(body)

    def _user(self, id_: str) -> dict[str, Any]:
        return {
            "id": id_,
            "type": "users",
            "attributes": {"username": self.users.get(id_, id_), "is-service-account": id_.startswith("user-api")},
        }

    def _page(self, found: list[dict[str, Any]], query: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
        number, size = int(query["page[number]"]), min(int(query["page[size]"]), self.per_page)
        pages = max(1, -(-len(found) // size))
        users = [self._user(id_) for id_ in {"user-dana", "user-api"} & set(self.users)]
        workspaces = [
            {"id": id_, "type": "workspaces", "attributes": {"name": name}} for id_, name in self.workspaces.items()
        ]
        page = {"current-page": number, "next-page": number + 1 if number < pages else None, "total-pages": pages}
        return 200, {
            "data": found[(number - 1) * size : number * size],
            "included": [*self.included, *users, *workspaces] if "include" in query else [],
            "meta": {"pagination": page},
        }


def fetched(url: str, window: Window = WINDOW, **settings: Any) -> tuple[list[Document], list[Gap]]:
    """What a source with these settings gets from a server."""
    made = TerraformSource("infra", TerraformSettings(organization="acme", url=url, **settings), Scrubber())
    given = list(made.fetch(window, Deadline(30)))
    return [one for one in given if isinstance(one, Document)], [one for one in given if isinstance(one, Gap)]


def read(documents: list[Document], **settings: Any) -> list[Event]:
    """The Events in the documents; there is nothing that cannot be read."""
    made = TerraformSource("infra", TerraformSettings(organization="acme", **settings), Scrubber())
    given = list(made.read(documents, WINDOW))
    assert all(isinstance(one, Event) for one in given), given
    return [one for one in given if isinstance(one, Event)]


def documents(cloud: Cloud) -> list[Document]:
    """What would be captured of it: its listing of runs and every detail."""
    paths = [("runs", "/organizations/acme/runs")]
    paths += [("user", f"/users/{id_}") for id_ in cloud.users]
    paths += [("run-events", f"/runs/{id_}/run-events") for id_ in cloud.events]
    paths += [("policy-checks", f"/runs/{id_}/policy-checks") for id_ in cloud.checks]
    when = datetime(2026, 4, 1, 15, tzinfo=UTC)
    return [
        Document(call, f"GET https://app.terraform.io/api/v2{path}", when, json.dumps(reduced(cloud.shown(path))))
        for call, path in paths
    ]
