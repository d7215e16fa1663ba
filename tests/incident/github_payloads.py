"""What GitHub says of the incident, in the shape of its REST API.

`write` makes one folder for each repository, with `deployments.json`, `statuses/ID.json`, `runs.json` and
`jobs/ID.json`: lists, newest first, as `tests.servers.github` serves them page by page.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from msgspec import Struct

from tests.cluster.client import Json
from tests.incident.github_shapes import API, BOT, WEB, identity, repository, stamp, user
from tests.incident.workloads import moment, revision


class Deploy(Struct, frozen=True):
    """A run of the deploy workflow and the Deployment it makes. Times on the day of the incident, or dated."""

    number: int
    version: str
    actor: str
    started: str
    in_progress: str
    success: str
    event: str = "push"
    inactive: str = ""
    """When a later deployment took its place."""
    environment: str = "production"
    conclusion: str = "success"
    """Of the run and of the deployment: `success`, or `failure`, which then was at the time of `success`."""
    sha: str = ""
    """The commit; by default one of its own for each version."""
    ref: str = ""
    """The branch or tag; by default the version's tag."""
    title: str = ""
    """Title of the run and first line of the commit."""
    waiting: str = ""
    """Since when it waited for an approval."""
    reverts: str = ""
    """The commit that its own commit takes back."""


class Check(Struct, frozen=True):
    """A run of the tests."""

    number: int
    branch: str
    title: str
    actor: str
    started: str
    minutes: float
    event: str = "push"
    conclusion: str = "success"


_CHECKOUT: tuple[Deploy | Check, ...] = (
    Deploy(480, "1.4.8", "dana-reyes", "2026-03-17T11:37:35", "2026-03-17T11:37:50", "2026-03-17T11:40:31",
           inactive="2026-03-24T10:14:38"),
    Deploy(481, "1.4.9", "sam-okafor", "2026-03-24T10:11:20", "2026-03-24T10:11:34", "2026-03-24T10:14:37",
           inactive="14:05:21"),
    Deploy(482, "1.5.0", "dana-reyes", "14:02:05", "14:02:20", "14:05:20", inactive="14:22:16"),
    Deploy(483, "1.4.9", "sam-okafor", "14:18:10", "14:18:30", "14:22:15", event="workflow_dispatch"),
    Check(1931, "main", "Load the tax table from S3 at start", "dana-reyes", "12:48:33", 6.2),
    Check(1932, "retry-budget", "Give the payment client a retry budget", "li-wei", "13:22:10", 4.1, "pull_request",
          "failure"),
    Check(1933, "retry-budget", "Give the payment client a retry budget", "li-wei", "13:41:52", 6.4, "pull_request"),
    Check(1934, "v1.5.0", "Release 1.5.0", "dana-reyes", "13:54:47", 6.1),
    Check(1935, "fail-without-config", "Fail /healthz without the tax table", "maria-ortiz", "14:27:05", 6.3,
          "pull_request"),
)  # fmt: skip
_SEARCH: tuple[Deploy | Check, ...] = (
    Deploy(211, "2.3.0", "li-wei", "2026-03-26T09:19:30", "2026-03-26T09:19:44", "2026-03-26T09:21:12",
           inactive="14:09:26"),
    Deploy(212, "2.3.1", "li-wei", "14:07:18", "14:07:33", "14:09:25"),
    Check(870, "main", "Cap the size of facet lists", "li-wei", "13:35:19", 3.4),
    Check(871, "v2.3.1", "Release 2.3.1", "li-wei", "14:01:40", 3.5),
    Check(872, "main", "Bump the ranking model", "li-wei", "14:21:56", 3.3),
)  # fmt: skip


HAPPENED: Mapping[str, Sequence[Deploy | Check]] = {"acme/checkout": _CHECKOUT, "acme/search": _SEARCH}


def write(folder: Path, happened_in: Mapping[str, Sequence[Deploy | Check]] = HAPPENED) -> None:
    """Write the payloads of all repositories, one folder each."""
    for name, happened in happened_in.items():
        files: dict[str, list[Json]] = {"runs.json": [], "deployments.json": []}
        for one in sorted(happened, key=lambda one: moment(one.started), reverse=True):
            run = _run(name, one)
            files["runs.json"].append(run)
            files[f"jobs/{run['id']}.json"] = [_job(name, run, one)]
            if isinstance(one, Deploy):
                deployment = _deployment(name, one)
                files["deployments.json"].append(deployment)
                files[f"statuses/{deployment['id']}.json"] = _statuses(name, deployment, run, one)
        for path, content in files.items():
            target = folder / name / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(json.dumps(content, indent=1) + "\n")


def _run(name: str, one: Deploy | Check) -> Json:
    deploy = isinstance(one, Deploy)
    started, ended = _span(one)
    number = identity(name, "run", one.number, started)
    branch = _ref(one) if isinstance(one, Deploy) else one.branch
    title = one.title or f"Deploy {branch}"
    reverts = one.reverts if isinstance(one, Deploy) else ""
    sha = _sha(name, one)
    file = "deploy.yml" if deploy else "ci.yml"
    workflow = identity(name, file, 1, moment("2024-05-02T08:00:00"))
    suite = identity(name, "suite", one.number, started)
    url = f"{API}/repos/{name}/actions/runs/{number}"
    author = {"name": one.actor, "email": f"{one.actor}@acme.example"}
    return {
        "id": number,
        "name": "Deploy" if deploy else "CI",
        "node_id": f"WFR_kwLO{number:x}",
        "head_branch": branch,
        "head_sha": sha,
        "path": f".github/workflows/{file}",
        "display_title": title,
        "run_number": one.number,
        "event": one.event,
        "status": "completed",
        "conclusion": one.conclusion,
        "workflow_id": workflow,
        "check_suite_id": suite,
        "check_suite_node_id": f"CS_kwDO{suite:x}",
        "url": url,
        "html_url": f"{WEB}/{name}/actions/runs/{number}",
        "pull_requests": [],
        "created_at": stamp(started),
        "updated_at": stamp(ended + timedelta(seconds=4)),
        "actor": user(one.actor),
        "run_attempt": 1,
        "referenced_workflows": [],
        "run_started_at": stamp(started),
        "triggering_actor": user(one.actor),
        "jobs_url": f"{url}/jobs",
        "logs_url": f"{url}/logs",
        "check_suite_url": f"{API}/repos/{name}/check-suites/{suite}",
        "artifacts_url": f"{url}/artifacts",
        "cancel_url": f"{url}/cancel",
        "rerun_url": f"{url}/rerun",
        "previous_attempt_url": None,
        "workflow_url": f"{API}/repos/{name}/actions/workflows/{workflow}",
        "head_commit": {
            "id": sha,
            "tree_id": hashlib.sha1(f"tree {sha}".encode(), usedforsecurity=False).hexdigest(),
            "message": f"{title}\n\nThis reverts commit {reverts}." if reverts else title,
            "timestamp": stamp(started - timedelta(minutes=9)),
            "author": author,
            "committer": author,
        },
        "repository": repository(name),
        "head_repository": repository(name),
    }


def _job(name: str, run: Json, one: Deploy | Check) -> Json:
    started, ended = _span(one)
    begun = moment(one.in_progress) if isinstance(one, Deploy) else started + timedelta(seconds=11)
    number = _job_id(run)
    title = "deploy" if isinstance(one, Deploy) else "test"
    steps = ("Set up job", "Run actions/checkout@v5", title.capitalize(), "Complete job")
    edges = [begun, begun + timedelta(seconds=2), begun + timedelta(seconds=5), ended - timedelta(seconds=1), ended]
    return {
        "id": number,
        "run_id": run["id"],
        "run_url": run["url"],
        "run_attempt": 1,
        "node_id": f"CR_kwDO{number:x}",
        "head_sha": run["head_sha"],
        "head_branch": run["head_branch"],
        "workflow_name": run["name"],
        "url": f"{API}/repos/{name}/actions/jobs/{number}",
        "html_url": f"{run['html_url']}/job/{number}",
        "status": "completed",
        "conclusion": run["conclusion"],
        "created_at": stamp(started + timedelta(seconds=3)),
        "started_at": stamp(begun),
        "completed_at": stamp(ended),
        "name": title,
        "steps": [
            {
                "name": step,
                "status": "completed",
                "conclusion": run["conclusion"] if step == title.capitalize() else "success",
                "number": place + 1,
                "started_at": stamp(edges[place]),
                "completed_at": stamp(edges[place + 1]),
            }
            for place, step in enumerate(steps)
        ],
        "check_run_url": f"{API}/repos/{name}/check-runs/{number}",
        "labels": ["ubuntu-24.04"],
        "runner_id": 1000 + run["run_number"],
        "runner_name": f"GitHub Actions {1000 + run['run_number']}",
        "runner_group_id": 0,
        "runner_group_name": "GitHub Actions",
    }


def _deployment(name: str, one: Deploy) -> Json:
    # GitHub makes the record when the job that names the environment is queued.
    created = moment(one.started) + timedelta(seconds=4)
    number = identity(name, "deployment", one.number, created)
    url = f"{API}/repos/{name}/deployments/{number}"
    return {
        "url": url,
        "id": number,
        "node_id": f"DE_kwDO{number:x}",
        "task": "deploy",
        "original_environment": one.environment,
        "environment": one.environment,
        "description": None,
        "created_at": stamp(created),
        "updated_at": stamp(moment(one.inactive or one.success)),
        "statuses_url": f"{url}/statuses",
        "repository_url": f"{API}/repos/{name}",
        "creator": user(BOT),
        "sha": _sha(name, one),
        "ref": _ref(one),
        "payload": {},
        "transient_environment": False,
        "production_environment": one.environment == "production",
        "performed_via_github_app": None,
    }


def _statuses(name: str, deployment: Json, run: Json, one: Deploy) -> list[Json]:
    log = f"{run['html_url']}/job/{_job_id(run)}"
    states: Sequence[tuple[str, str]] = (
        ("inactive", one.inactive),
        (one.conclusion, one.success),
        ("in_progress", one.in_progress),
        ("waiting", one.waiting),
        ("queued", deployment["created_at"].removesuffix("Z")),
    )
    return [_status(name, deployment, state, moment(at), log, one.environment) for state, at in states if at]


def _status(name: str, deployment: Json, state: str, at: datetime, log: str, environment: str) -> Json:
    number = identity(name, state, deployment["id"], at)
    return {
        "url": f"{deployment['statuses_url']}/{number}",
        "id": number,
        "node_id": f"DES_kwDO{number:x}",
        "state": state,
        "creator": user(BOT),
        "description": "",
        "environment": environment,
        "target_url": log,
        "created_at": stamp(at),
        "updated_at": stamp(at),
        "deployment_url": deployment["url"],
        "repository_url": f"{API}/repos/{name}",
        "environment_url": "",
        "log_url": log,
        "performed_via_github_app": None,
    }


def _span(one: Deploy | Check) -> tuple[datetime, datetime]:
    started = moment(one.started)
    return started, moment(one.success) if isinstance(one, Deploy) else started + timedelta(minutes=one.minutes)


def _ref(one: Deploy) -> str:
    return one.ref or f"v{one.version}"


def _sha(name: str, one: Deploy | Check) -> str:
    if isinstance(one, Deploy):
        return one.sha or revision(name.partition("/")[2], one.version)
    if one.branch.startswith("v"):
        return revision(name.partition("/")[2], one.branch[1:])
    return hashlib.sha1(f"{name} {one.title} {one.number}".encode(), usedforsecurity=False).hexdigest()


def _job_id(run: Json) -> int:
    number: int = run["id"] * 3 + 17
    return number
