"""GitHub's objects as far as we need them, out of answers in which anything may be missing or of another type.

The parsers raise what `collector.source.each` counts. All of GitHub's times are whole seconds.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sources.json_fields import line as _line
from sources.json_fields import moment as _moment
from sources.json_fields import sha as _sha
from sources.json_fields import url as _url
from sources.refs import version_of

_RUN_URL = re.compile(
    r"https?://[^/\s]+/(?P<repository>[^/\s]+/[^/\s]+)/actions/runs/(?P<run>\d{1,19})(?:[/?#]\S*)?", re.ASCII
)


@dataclass(frozen=True, slots=True)
class Run:
    """A workflow run, as its latest attempt left it."""

    id: str
    number: str
    attempt: int
    name: str
    event: str
    branch: str
    sha: str
    version: str
    conclusion: str
    """Empty until it is completed."""
    created: datetime
    """When the first attempt was requested."""
    started: datetime
    """When the latest attempt was."""
    updated: datetime
    """Of a completed run about its end; GitHub moves it for later changes, too."""
    actor: str
    """Who triggered the latest attempt."""
    first_actor: str
    url: str


@dataclass(frozen=True, slots=True)
class Status:
    """One step in the life of a deployment."""

    id: str
    state: str
    created: datetime
    description: str
    repository: str
    """Of the run that its log link points to, as `owner/name`; empty if it points to none."""
    run: str
    url: str


@dataclass(frozen=True, slots=True)
class Deployment:
    """A request to deploy."""

    id: str
    sha: str
    ref: str
    version: str
    task: str
    environment: str
    created: datetime
    creator: str


def run(item: Any) -> Iterator[Run]:
    """Parse a workflow run."""
    created = _moment(item["created_at"])
    branch = _line(item.get("head_branch"))
    first_actor = _login(item.get("actor"))
    yield Run(
        id=_id(item["id"]),
        number=_id(item["run_number"]) if item.get("run_number") is not None else "",
        attempt=max(1, int(item.get("run_attempt") or 1)),
        name=_line(item.get("name")),
        event=_line(item.get("event")),
        branch=branch,
        sha=_sha(item.get("head_sha")),
        version=version_of(branch),
        conclusion=_line(item.get("conclusion")) if item.get("status") == "completed" else "",
        created=created,
        started=_moment(item["run_started_at"]) if item.get("run_started_at") else created,
        updated=_moment(item["updated_at"]) if item.get("updated_at") else created,
        actor=_login(item.get("triggering_actor")) or first_actor,
        first_actor=first_actor,
        url=_url(item.get("html_url")),
    )


def status(item: Any) -> Iterator[Status]:
    """Parse a deployment status."""
    url = _url(item.get("log_url")) or _url(item.get("target_url"))
    log = _RUN_URL.fullmatch(url)
    yield Status(
        id=_id(item["id"]),
        state=_line(item["state"]),
        created=_moment(item["created_at"]),
        description=_line(item.get("description")),
        repository=log["repository"] if log else "",
        run=log["run"] if log else "",
        url=url,
    )


def deployment(item: Any) -> Iterator[Deployment]:
    """Parse a deployment."""
    ref = _line(item.get("ref"))
    yield Deployment(
        id=_id(item["id"]),
        sha=_sha(item.get("sha")),
        ref=ref,
        version=version_of(ref) or _payload_version(item.get("payload")),
        task=_line(item.get("task")),
        environment=_line(item.get("environment")),
        created=_moment(item["created_at"]),
        creator=_login(item.get("creator")),
    )


def _payload_version(payload: object) -> str:
    """The payload is whatever the deploying tool put there: an object, or a string that may hold one."""
    if isinstance(payload, str):
        try:
            payload = json.loads(payload)
        except (ValueError, RecursionError):
            return ""
    given = _line(payload.get("version")) if isinstance(payload, dict) else ""
    return version_of(given) or given


def _id(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**63:
        raise TypeError("an id is a number")
    return str(value)


def _login(value: object) -> str:
    return _line(value.get("login")) if isinstance(value, dict) else ""
