"""The parts of Jenkins' objects that we need; any field may be missing or of another type.

The parsers raise what `collector.source.each` counts. All times are milliseconds since 1970. The shapes are those of
Jenkins' own classes (hudson.model.Run, Job, Cause, Queue), of the plugins git, metrics, rebuild and
pipeline-input-step, and, for stages, those in the README of the plugin Pipeline: REST API.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec import Struct

from sources.jenkins.causes import Causes, causes
from sources.json_fields import line, sha, url

MILLISECOND = timedelta(milliseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST = int((datetime(2200, 1, 1, tzinfo=UTC) - _EPOCH) / MILLISECOND)


RESULTS = frozenset({"SUCCESS", "UNSTABLE", "FAILURE", "NOT_BUILT", "ABORTED"})
"""hudson.model.Result."""


class Job(Struct, frozen=True):
    """One job, identified by its names from the outermost folder inwards."""

    names: tuple[str, ...]
    multibranch: bool
    """Whether it belongs to a multibranch project and is named after its branch."""
    last_start: datetime | None
    last_end: datetime | None
    """End of its last build; None if it never ran, or still runs."""


class Checkout(Struct, frozen=True):
    """A commit that a build checked out."""

    commit: str
    repository: str
    """The path in the URL of its remote: `acme/checkout`."""


class Build(Struct, frozen=True):
    """One run of a job."""

    job: tuple[str, ...]
    number: int
    pipeline: bool
    """Whether it has stages."""
    name: str
    """The display name: `#52`, or a name that somebody gave it, often a version."""
    created: datetime
    """When an executor took it from the queue; its work starts up to a few seconds later."""
    queued: timedelta
    """How long it had waited in the queue before; zero without the metrics plugin."""
    duration: timedelta
    running: bool
    result: str
    causes: Causes
    approvers: tuple[str, ...]
    """Who answered its questions with yes; the times are unknown."""
    parameters: Mapping[str, str]
    """By name in lower case."""
    checkouts: tuple[Checkout, ...]
    url: str


def build(item: Any, job: tuple[str, ...]) -> Iterator[Build]:
    """Parse a build of `job`; if `job` is empty, its address names the job."""
    from sources.jenkins.paths import job_of

    listed = item.get("actions")
    actions = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    page = url(item.get("url"))
    names = job or job_of(page)
    if not names:
        raise ValueError("nobody's build")
    running = item.get("building") is True or item.get("inProgress") is True
    yield Build(
        job=names,
        number=_number(item["number"]),
        pipeline="WorkflowRun" in line(item.get("_class")),
        name=line(item.get("displayName")),
        created=at(item["timestamp"]),
        queued=_span(next((one[_QUEUED] for one in actions if _QUEUED in one), 0)),
        duration=_span(item.get("duration") or 0),
        running=running,
        result="" if running else line(item.get("result")),
        causes=causes(actions),
        approvers=tuple(line(one.get("userId")) for one in actions if "ApproverAction" in line(one.get("_class"))),
        parameters=parameters(actions),
        checkouts=_checkouts(actions),
        url=page,
    )


_QUEUED = "queuingDurationMillis"


def at(value: object) -> datetime:
    """A time. Raises TypeError or ValueError if the value is not one."""
    milliseconds = _number(value)
    if milliseconds > _LAST:
        raise ValueError("a time of another age")
    return _EPOCH + milliseconds * MILLISECOND


def _span(value: object) -> timedelta:
    return min(_number(value), _LAST) * MILLISECOND if isinstance(value, int) and value > 0 else timedelta(0)


def _number(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**63:
        raise TypeError("a number")
    return value


def parameters(actions: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """The parameters in the actions of a build or of a queue item."""
    found: dict[str, str] = {}
    for action in actions:
        listed = action.get("parameters")
        for one in listed if isinstance(listed, list) else []:
            if isinstance(one, dict) and (name := line(one.get("name"))) and (value := line(one.get("value"))):
                found[name.lower()] = value
    return found


def _checkouts(actions: Sequence[Mapping[str, Any]]) -> tuple[Checkout, ...]:
    found = []
    for action in actions:
        built = action.get("lastBuiltRevision")
        commit = sha(built.get("SHA1")) if isinstance(built, dict) else ""
        remotes = action.get("remoteUrls")
        remote = line(remotes[0]) if isinstance(remotes, list) and remotes else ""
        if commit:
            found.append(Checkout(commit, _repository(remote)))
    return tuple(dict.fromkeys(found))


def _repository(remote: str) -> str:
    """`acme/checkout` for `https://git.example.com/acme/checkout.git` and `git@git.example.com:acme/checkout.git`."""
    path = remote.partition("://")[2].partition("/")[2] if "://" in remote else remote.rpartition(":")[2]
    return path.partition("?")[0].strip("/").removesuffix(".git")
