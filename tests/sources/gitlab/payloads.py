"""Objects as GitLab's API gives them, with the fields that matter, for one project.

The shapes are those of the examples on docs.gitlab.com/api: deployments (List project deployments, Get a specific
deployment), environments, pipelines (List project pipelines), jobs (List pipeline jobs) and projects.
"""

import json
from datetime import UTC, datetime
from typing import Any

from collector.event import Event
from collector.secrets import Scrubber
from collector.source import Document, Gap
from collector.window import Window
from sources.gitlab import GitlabSettings, GitlabSource

SETTINGS = GitlabSettings(url="https://git.example.com/gitlab", projects=["acme/shop/checkout"])
API = "https://git.example.com/gitlab/api/v4"
WEB = "https://git.example.com/gitlab/acme/shop/checkout"
PROJECT = {"id": 7, "path_with_namespace": "acme/shop/checkout", "web_url": WEB}
AT = datetime(2026, 4, 1, 14, 40, tzinfo=UTC)


def stamp(clock: str) -> str:
    """`14:02:05.250` on the day of the tests, or a time in full."""
    return clock if "T" in clock else f"2026-04-01T{clock}{'' if '.' in clock else '.000'}Z"


def utc(clock: str) -> datetime:
    return datetime.fromisoformat(stamp(clock)).astimezone(UTC)


WINDOW = Window(utc("14:00:00"), utc("14:30:00"))


def sha(letter: str) -> str:
    return letter * 40


def job(id_: int, pipeline: int, started: str = "", finished: str = "", **changes: Any) -> dict[str, Any]:
    commit = changes.pop("sha", sha("a"))
    return {
        "id": id_,
        "name": "deploy-production",
        "stage": "deploy",
        "status": "success" if finished else "running" if started else "created",
        "ref": "main",
        "tag": False,
        "created_at": stamp(changes.pop("created", started or "14:00:00")),
        "started_at": stamp(started) if started else None,
        "finished_at": stamp(finished) if finished else None,
        "user": {"id": 3, "username": "dana-reyes", "name": "Dana Reyes", "state": "active"},
        "commit": {"id": commit, "short_id": commit[:8], "title": changes.pop("title", "Sort the cart")},
        "pipeline": {"id": pipeline, "iid": pipeline - 800, "sha": commit, "ref": "main", "status": "running"},
        "web_url": f"{WEB}/-/jobs/{id_}",
        **changes,
    }


def deployment(id_: int, work: dict[str, Any] | None, **changes: Any) -> dict[str, Any]:
    created = stamp(changes.pop("created", work["created_at"] if work else "14:00:00"))
    at_last = work and (work["finished_at"] or work["started_at"])
    return {
        "id": id_,
        "iid": id_ - 900,
        "ref": work["ref"] if work else "main",
        "sha": work["commit"]["id"] if work else sha("a"),
        "status": work["status"] if work else "success",
        "created_at": created,
        "updated_at": stamp(changes.pop("updated", "") or at_last or created),
        "user": {"id": 1, "username": "root", "name": "Administrator", "state": "active"},
        "environment": {"id": 9, "name": changes.pop("environment", "production"), "external_url": None},
        "deployable": work,
        **changes,
    }


def pipeline(id_: int, created: str, updated: str = "", **changes: Any) -> dict[str, Any]:
    return {
        "id": id_,
        "iid": id_ - 800,
        "project_id": 7,
        "sha": sha("a"),
        "ref": "main",
        "status": "success" if updated else "running",
        "source": "push",
        "created_at": stamp(created),
        "updated_at": stamp(updated or created),
        "web_url": f"{WEB}/-/pipelines/{id_}",
        **changes,
    }


def decided(id_: int, *approvals: tuple[str, str, str]) -> Document:
    """The answer about one deployment, with who decided what and when."""
    listed = [
        {"user": {"username": who}, "status": what, "created_at": stamp(when), "comment": "looks good"}
        for who, what, when in approvals
    ]
    return document("deployment", {"id": id_, "approvals": listed, "pending_approval_count": 0}, f"deployments/{id_}")


def document(call: str, body: Any, path: str = "") -> Document:
    return Document(call, f"GET {API}/projects/7/{path or call}?per_page=100", AT, json.dumps(body))


def project() -> Document:
    return Document("project", f"GET {API}/projects/acme%2Fshop%2Fcheckout", AT, json.dumps(PROJECT))


def jobs(of: int, *listed: dict[str, Any]) -> Document:
    return document("jobs", listed, f"pipelines/{of}/jobs")


def read(*documents: Document, **changes: Any) -> tuple[list[Event], list[Gap]]:
    settings = SETTINGS.model_copy(update=changes)
    given = list(GitlabSource("gitlab", settings, Scrubber()).read([project(), *documents], WINDOW))
    return [item for item in given if isinstance(item, Event)], [item for item in given if isinstance(item, Gap)]
