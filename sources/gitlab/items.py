"""The parts of GitLab's objects that we need; any field may be missing or of another type.

The parsers raise what `collector.source.each` counts. All of GitLab's times are truncated to milliseconds. The shapes
are those in GitLab's documentation of its deployments, environments, jobs, pipelines and projects APIs
(docs.gitlab.com/api).
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct

from sources.json_fields import line, moment, sha, url

_DELETED = "Ghost User"
"""The account that GitLab names for what deleted accounts did; its login is `ghost`, with a number if that is taken."""
_ENDS = frozenset({"success", "failed", "canceled", "canceling", "skipped"})
DEPLOYMENT_STATES = _ENDS | {"created", "running", "blocked"}
PIPELINE_STATES = (
    _ENDS
    | {"created", "preparing", "pending", "running", "manual", "scheduled"}
    | {
        "waiting_for_resource",
        "waiting_for_callback",
    }
)


class Project(Struct, frozen=True):
    """A project with deployments and pipelines."""

    id: str
    path: str
    """`acme/shop/checkout`."""
    url: str


class Environment(Struct, frozen=True):
    """A target of deployments."""

    id: str
    name: str
    tier: str
    """`production`, `staging`, `testing`, `development` or `other`."""


class Job(Struct, frozen=True):
    """One attempt at a job; each retry has its own id."""

    id: str
    name: str
    stage: str
    status: str
    failure_reason: str
    ref: str
    tag: bool | None
    """Whether `ref` is a tag; None if unknown."""
    sha: str
    commit_title: str
    created: datetime
    """When its pipeline was created, unless it is a retry."""
    started: datetime | None
    finished: datetime | None
    user: str
    """Who ran it; for a manual job, who played it."""
    pipeline: str
    url: str


class Deployment(Struct, frozen=True):
    """A deployment record of GitLab."""

    id: str
    sha: str
    ref: str
    status: str
    environment: str
    environment_id: str
    created: datetime
    updated: datetime
    """Changes with every change of its state, and also later."""
    user: str
    job: Job | None
    """None if another tool made the record through the API."""


class Pipeline(Struct, frozen=True):
    """A CI pipeline."""

    id: str
    sha: str
    ref: str
    name: str
    status: str
    origin: str
    """What started it: `push`, `web`, `schedule`, `parent_pipeline`, ..."""
    created: datetime
    updated: datetime
    url: str


def project(item: Any) -> Iterator[Project]:
    """Parse a project."""
    path = line(item["path_with_namespace"])
    if not path:
        raise ValueError("a project without a path")
    yield Project(number(item["id"]), path, url(item.get("web_url")))


def environment(item: Any) -> Iterator[Environment]:
    """Parse an environment."""
    yield Environment(number(item["id"]), line(item["name"]), line(item.get("tier")))


def deployment(item: Any) -> Iterator[Deployment]:
    """Parse a deployment from a list."""
    place = item["environment"]
    created = moment(item["created_at"])
    work = item.get("deployable")
    yield Deployment(
        id=number(item["id"]),
        sha=sha(item.get("sha")),
        ref=line(item.get("ref")),
        status=line(item["status"]),
        environment=line(place["name"]),
        environment_id=number(place["id"]) if place.get("id") is not None else "",
        created=created,
        updated=_maybe(item.get("updated_at")) or created,
        user=user(item.get("user")),
        job=next(job(work)) if isinstance(work, dict) else None,
    )


def pipeline(item: Any) -> Iterator[Pipeline]:
    """Parse a pipeline from a list."""
    created = moment(item["created_at"])
    yield Pipeline(
        id=number(item["id"]),
        sha=sha(item.get("sha")),
        ref=line(item.get("ref")),
        name=line(item.get("name")),
        status=line(item["status"]),
        origin=line(item.get("source")),
        created=created,
        updated=max(_maybe(item.get("updated_at")) or created, created),
        url=url(item.get("web_url")),
    )


def job(item: Any) -> Iterator[Job]:
    """Parse a job, or the job in a deployment."""
    within = mapping(item.get("pipeline"))
    commit = mapping(item.get("commit"))
    tag = item.get("tag")
    yield Job(
        id=number(item["id"]),
        name=line(item["name"]),
        stage=line(item.get("stage")),
        status=line(item["status"]),
        failure_reason=line(item.get("failure_reason")),
        ref=line(item.get("ref")),
        tag=tag if isinstance(tag, bool) else None,
        sha=sha(commit.get("id")) or sha(within.get("sha")),
        commit_title=line(commit.get("title")),
        created=moment(item["created_at"]),
        started=_maybe(item.get("started_at")),
        finished=_maybe(item.get("finished_at")),
        user=user(item.get("user")),
        pipeline=number(within["id"]) if within.get("id") is not None else "",
        url=url(item.get("web_url")),
    )


def number(value: object) -> str:
    """An id. Raises TypeError if the value is not one."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**63:
        raise TypeError("an id is a number")
    return str(value)


def _maybe(value: object) -> datetime | None:
    return moment(value) if value is not None else None


def mapping(value: object) -> Mapping[str, Any]:
    """An object; empty if the value is not one."""
    return value if isinstance(value, dict) else {}


def user(value: object) -> str:
    """The login name of a user; empty if the account was deleted."""
    of = mapping(value)
    deleted = of.get("name") == _DELETED and line(of.get("username")).startswith("ghost")
    return "" if deleted else line(of.get("username"))
