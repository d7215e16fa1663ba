"""Deployments and their statuses.

The parsers raise what `collector.source.each` counts. All of GitHub's times are whole seconds.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from msgspec import Struct

from sources.github.fields import id_of, login_of, payload_version
from sources.json_fields import line
from sources.json_fields import moment as moment_of
from sources.json_fields import sha as sha_of
from sources.json_fields import url as url_of
from sources.refs import version_of

_RUN_URL = re.compile(
    r"https?://[^/\s]+/(?P<repository>[^/\s]+/[^/\s]+)/actions/runs/(?P<run>\d{1,19})(?:[/?#]\S*)?", re.ASCII
)


STATES = frozenset(
    {"queued", "pending", "waiting", "in_progress", "success", "failure", "error", "inactive", "abandoned", "destroyed"}
)
"""That a deployment may have."""


class Status(Struct, frozen=True):
    """One step of a deployment."""

    id: str
    state: str
    created: datetime
    description: str
    repository: str
    """`owner/name` of the run that its log link points to; empty if it points to none."""
    run: str
    url: str
    home: str
    """Current `owner/name` of the repository that it belongs to."""


class Deployment(Struct, frozen=True):
    """A request to deploy."""

    id: str
    sha: str
    ref: str
    version: str
    task: str
    environment: str
    created: datetime
    updated: datetime
    """When its latest status arrived; this includes `inactive`, when another deployment replaced it."""
    creator: str
    transient: bool = False
    """Whether its environment is temporary."""


def status(item: Any) -> Iterator[Status]:
    """Parse a deployment status."""
    url = url_of(item.get("log_url")) or url_of(item.get("target_url"))
    log = _RUN_URL.fullmatch(url)
    yield Status(
        id=id_of(item["id"]),
        state=line(item["state"]),
        created=moment_of(item["created_at"]),
        description=line(item.get("description")),
        repository=log["repository"] if log else "",
        run=log["run"] if log else "",
        url=url,
        home="/".join(line(item.get("repository_url")).split("/")[-2:]),
    )


def deployment(item: Any) -> Iterator[Deployment]:
    """Parse a deployment."""
    ref = line(item.get("ref"))
    yield Deployment(
        id=id_of(item["id"]),
        sha=sha_of(item.get("sha")),
        ref=ref,
        version=version_of(ref) or payload_version(item.get("payload")),
        task=line(item.get("task")),
        environment=line(item.get("environment")),
        created=moment_of(item["created_at"]),
        updated=moment_of(item.get("updated_at") or item["created_at"]),
        creator=login_of(item.get("creator")),
        transient=item.get("transient_environment") is True,
    )
