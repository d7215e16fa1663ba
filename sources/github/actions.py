"""Workflow runs, their jobs, and reviews of what they wait for.

The parsers raise what `collector.source.each` counts. All of GitHub's times are whole seconds.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from msgspec import Struct

from sources.github.fields import id_of, login_of
from sources.json_fields import line
from sources.json_fields import moment as moment_of
from sources.json_fields import sha as sha_of
from sources.json_fields import url as url_of
from sources.refs import version_of

_REVERT = re.compile(r"(?:Revert\s+\"|revert(?:\([^)]*\))?!?:\s)", re.ASCII)
"""`Revert "Batch the lookups"`, as git and GitHub write it, or `revert: ...`, a conventional commit."""


SCHEDULE = "schedule"
"""The event of a run that a schedule triggered."""
CONCLUSIONS = frozenset(
    {
        "success",
        "failure",
        "neutral",
        "cancelled",
        "skipped",
        "timed_out",
        "action_required",
        "stale",
        "startup_failure",
    }
)
"""That a run or a job may have."""


class Run(Struct, frozen=True):
    """A workflow run in the state of its latest attempt."""

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
    """When the latest attempt was requested."""
    updated: datetime
    """About the end of a completed run; GitHub also updates it for later changes."""
    actor: str
    """Who triggered the latest attempt; empty if a schedule did."""
    first_actor: str
    url: str
    status: str = ""
    """`completed`, `in_progress`, or what it waits for: `queued`, `waiting`."""
    path: str = ""
    """Path of the workflow file: `.github/workflows/deploy.yml`."""
    title: str = ""
    """The title that GitHub shows, mostly the first line of the commit message."""
    calls: tuple[str, ...] = ()
    """Paths of the reusable workflows that it calls."""

    @property
    def file(self) -> str:
        """Name of the workflow file."""
        return self.path.rpartition("/")[2]

    @property
    def of_github(self) -> bool:
        """Whether the workflow is not the repository's own but GitHub's: of Pages, Dependabot or code scanning."""
        return self.path.startswith("dynamic/")

    @property
    def reverts(self) -> bool:
        """Whether its commit reverts another one, according to the title."""
        return bool(_REVERT.match(self.title))


class Job(Struct, frozen=True):
    """One job of the latest attempt of a run."""

    id: str
    run: str
    attempt: int
    name: str
    conclusion: str
    """Empty until it is completed."""
    started: datetime | None
    """When a runner picked it up; None if none did yet."""
    completed: datetime | None
    url: str


class Approval(Struct, frozen=True):
    """A decision about the environments that a run waited for. GitHub does not record its time."""

    state: str
    """`approved` or `rejected`."""
    by: str
    comment: str
    environments: tuple[str, ...]


def run(item: Any) -> Iterator[Run]:
    """Parse a workflow run."""
    created = moment_of(item["created_at"])
    branch = line(item.get("head_branch"))
    attempt = max(1, int(item.get("run_attempt") or 1))
    scheduled = line(item.get("event")) == SCHEDULE
    # GitHub names the person who last changed the schedule. Only a person who runs it again has triggered it.
    first_actor = "" if scheduled else login_of(item.get("actor"))
    again = login_of(item.get("triggering_actor")) if attempt > 1 or not scheduled else ""
    yield Run(
        id=id_of(item["id"]),
        number=id_of(item["run_number"]) if item.get("run_number") is not None else "",
        attempt=attempt,
        name=line(item.get("name")),
        event=line(item.get("event")),
        branch=branch,
        sha=sha_of(item.get("head_sha")),
        version=version_of(branch),
        conclusion=line(item.get("conclusion")) if item.get("status") == "completed" else "",
        created=created,
        started=moment_of(item["run_started_at"]) if item.get("run_started_at") else created,
        updated=moment_of(item["updated_at"]) if item.get("updated_at") else created,
        actor=again or first_actor,
        first_actor=first_actor,
        url=url_of(item.get("html_url")),
        status=line(item.get("status")),
        path=line(item.get("path")).partition("@")[0],
        title=_title(item),
        calls=tuple(
            path
            for each in item.get("referenced_workflows") or ()
            if isinstance(each, dict) and (path := line(each.get("path")))
        ),
    )


def job(item: Any) -> Iterator[Job]:
    """Parse a job of a run."""
    done = item.get("status") == "completed"
    # GitHub also sets this for jobs that were skipped or never picked up.
    begun = item.get("status") in ("completed", "in_progress") and item.get("started_at")
    yield Job(
        id=id_of(item["id"]),
        run=id_of(item["run_id"]),
        attempt=max(1, int(item.get("run_attempt") or 1)),
        name=line(item.get("name")),
        conclusion=line(item.get("conclusion")) if done else "",
        started=moment_of(item["started_at"]) if begun else None,
        completed=moment_of(item["completed_at"]) if done and item.get("completed_at") else None,
        url=url_of(item.get("html_url")),
    )


def approval(item: Any) -> Iterator[Approval]:
    """Parse a review of a waiting run; yields nothing if the review is still pending."""
    state = line(item["state"])
    if state in ("approved", "rejected"):
        places = [line(each.get("name")) for each in item.get("environments") or () if isinstance(each, dict)]
        yield Approval(state, login_of(item.get("user")), line(item.get("comment")), tuple(places))


def _title(item: Any) -> str:
    """GitHub's title, or the commit message if that shows a revert."""
    commit = item.get("head_commit")
    message = line(commit.get("message")) if isinstance(commit, dict) else ""
    return message if _REVERT.match(message) else line(item.get("display_title")) or message
