"""Objects as GitHub's API gives them, with the fields that matter, for one repository."""

from typing import Any

from collector.event import Event
from collector.secrets import Scrubber
from collector.source import Document, Gap
from collector.window import Window
from sources.github import GithubSettings, GithubSource
from tests.incident.github_shapes import user
from tests.sources.github.times import AT, stamp, utc

SETTINGS = GithubSettings(repository="acme/checkout")
WINDOW = Window(utc("14:00:00"), utc("14:30:00"))
API = "https://api.github.com/repos/acme/checkout"
LOG = "https://github.com/acme/checkout/actions/runs"


def run(id_: int, started: str, ended: str = "", **changes: Any) -> dict[str, Any]:
    return {
        "id": id_,
        "run_number": id_ - 9000,
        "run_attempt": 1,
        "name": "Deploy",
        "event": "push",
        "head_branch": "v1.5.0",
        "head_sha": "9f3c2a1" + "0" * 33,
        "status": "completed" if ended else "in_progress",
        "conclusion": "success" if ended else None,
        "created_at": stamp(started),
        "run_started_at": stamp(started),
        "updated_at": stamp(ended or started),
        "actor": {"login": "dana-reyes"},
        "triggering_actor": {"login": "dana-reyes"},
        "html_url": f"{LOG}/{id_}",
        **changes,
    }


def deployment(id_: int, created: str, ref: str, **changes: Any) -> dict[str, Any]:
    return {
        "id": id_,
        "sha": f"{id_:07x}" + "0" * 33,
        "ref": ref,
        "task": "deploy",
        "payload": {},
        "environment": "production",
        "description": None,
        "creator": {"login": "github-actions[bot]"},
        "created_at": stamp(created),
        "updated_at": stamp(created),
        **changes,
    }


def status(id_: int, state: str, created: str, run_id: int | None = None, **changes: Any) -> dict[str, Any]:
    log = f"{LOG}/{run_id}/job/1" if run_id is not None else ""
    return {
        "id": id_,
        "state": state,
        "description": "",
        "created_at": stamp(created),
        "log_url": log,
        "target_url": log,
        **changes,
    }


def document(call: str, body: str, path: str = "") -> Document:
    return Document(call, f"GET {API}{path}", AT, body)


def job(id_: int, run_id: int, started: str, ended: str = "", **changes: Any) -> dict[str, Any]:
    """With all the fields that GitHub documents."""
    return {
        "id": id_,
        "run_id": run_id,
        "run_url": f"{API}/actions/runs/{run_id}",
        "run_attempt": 1,
        "node_id": f"CR_{id_}",
        "head_sha": "9f3c2a1" + "0" * 33,
        "url": f"{API}/actions/jobs/{id_}",
        "html_url": f"{LOG}/{run_id}/job/{id_}",
        "status": "completed" if ended else "in_progress",
        "conclusion": "success" if ended else None,
        "created_at": stamp(started),
        "started_at": stamp(started),
        "completed_at": stamp(ended) if ended else None,
        "name": "deploy",
        "steps": [],
        "check_run_url": f"{API}/check-runs/{id_}",
        "labels": ["ubuntu-24.04"],
        "runner_id": 7,
        "runner_name": "runner-7",
        "runner_group_id": 1,
        "runner_group_name": "Default",
        "workflow_name": "Deploy",
        "head_branch": "main",
        **changes,
    }


def approval(state: str, login: str, environment: str = "production", comment: str = "") -> dict[str, Any]:
    """With all the fields that GitHub documents."""
    place = {
        "id": 56780428,
        "node_id": "MDExOkVudmlyb25tZW50NTY3ODA0Mjg=",
        "name": environment,
        "url": f"{API}/environments/{environment}",
        "html_url": f"https://github.com/acme/checkout/deployments/activity_log?environments_filter={environment}",
        "created_at": "2020-11-23T22:00:40Z",
        "updated_at": "2020-11-23T22:00:40Z",
    }
    return {"state": state, "comment": comment, "environments": [place], "user": user(login)}


def read(*documents: Document, **changes: Any) -> tuple[list[Event], list[Gap]]:
    settings = SETTINGS.model_copy(update=changes)
    given = list(GithubSource("github", settings, Scrubber()).read(documents, WINDOW))
    return [item for item in given if isinstance(item, Event)], [item for item in given if isinstance(item, Gap)]
