"""What a deployment and its statuses report: when it started, how it ended, and which version it replaced."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from collector.event import Event, Identity, Kind, Subject
from sources.github.fetch import LEAD
from sources.github.items import Deployment, Run, Status
from sources.github.runs import TRUNCATED
from sources.github.settings import GithubSettings

_WAITING = {
    "queued": (Kind.DEPLOY_REQUESTED, "is queued"),
    "pending": (Kind.DEPLOY_REQUESTED, "is pending"),
    "waiting": (Kind.DEPLOY_WAITING, "waits for an approval"),
}
_ENDS = {
    "success": (Kind.DEPLOY_SUCCEEDED, "succeeds"),
    "failure": (Kind.DEPLOY_FAILED, "fails"),
    "error": (Kind.DEPLOY_FAILED, "ends in an error"),
}
"""`inactive` is no end: GitHub gives it to older deployments when a newer one succeeds."""
_ACTIONS_BOT = "github-actions[bot]"


@dataclass(frozen=True, slots=True)
class _Deploy:
    """A deployment with what its statuses say."""

    deployment: Deployment
    asked: bool
    """Whether its statuses are known."""
    at: datetime
    latest: datetime
    """It started in [`at`, `latest`]."""
    end: Status | None
    begun: bool
    """Whether it is known to have started; one that is only queued, or waits for its approval, has not."""
    waits: Status | None
    """That it waited before it started, or still does."""
    run_id: str
    url: str


def events(
    deployments: Iterable[Deployment],
    statuses: Mapping[str, Mapping[str, Status]],
    runs: Mapping[str, Run],
    source: str,
    settings: GithubSettings,
) -> Iterator[Event]:
    """Start and end of every deployment seen, in order of start."""
    deploys = [_deploy(deployment, statuses.get(deployment.id)) for deployment in deployments]
    deploys.sort(key=lambda deploy: (deploy.at, int(deploy.deployment.id)))
    history: dict[tuple[str, str], list[_Deploy]] = {}
    for deploy in deploys:
        before = history.setdefault((deploy.deployment.environment, deploy.deployment.task), [])
        run = runs.get(deploy.run_id)
        replaces = _replaced(deploy, before)
        if deploy.waits is not None:
            kind, words = _WAITING[deploy.waits.state]
            span = (deploy.waits.created, deploy.waits.created + TRUNCATED)
            yield _event(deploy, kind, span, words, run, replaces, source, settings)
        if deploy.begun:
            span = (deploy.at, deploy.latest)
            yield _event(deploy, Kind.DEPLOY_STARTED, span, "starts", run, replaces, source, settings)
        if deploy.end is not None:
            kind, words = _ENDS[deploy.end.state]
            if kind is Kind.DEPLOY_FAILED and deploy.end.description:
                words = f"{words}: {deploy.end.description}"
            span = (deploy.end.created, deploy.end.created + TRUNCATED)
            yield _event(deploy, kind, span, words, run, replaces, source, settings)
        before.append(deploy)


def _deploy(deployment: Deployment, statuses: Mapping[str, Status] | None) -> _Deploy:
    steps = sorted((statuses or {}).values(), key=lambda status: (status.created, int(status.id)))
    end = next((step for step in steps if step.state in _ENDS), None)
    started = next((step for step in steps if step.state == "in_progress"), None)
    waiting = next((step for step in steps if step.state in _WAITING), None)
    if started is not None and (end is None or started.created <= end.created):
        at, latest = started.created, started.created + TRUNCATED
    else:
        # It was asked for then, and started some time after that: before its end, or as long as a deploy may wait.
        at = waiting.created if waiting is not None else deployment.created
        at = min(at, end.created) if end is not None else at
        latest = end.created + TRUNCATED if end is not None else at + LEAD
    run_id = next((step.run for step in steps if step.run), "")
    url = next((step.url for step in steps if step.run), "") or next((step.url for step in steps if step.url), "")
    # Where nothing but the deployment itself is known, it was most likely carried out.
    begun = started is not None or end is not None or waiting is None
    # Nearly every job is queued for a moment; that is worth no word once it has started.
    waits = waiting if waiting is not None and (not begun or waiting.state == "waiting") else None
    return _Deploy(deployment, bool(statuses), at, latest, end, begun, waits, run_id, url)


def _replaced(deploy: _Deploy, before: list[_Deploy]) -> str:
    """The version that ran when this deploy started: of the last earlier one that is known to have succeeded."""
    done = [
        earlier
        for earlier in before
        if not earlier.asked
        or (earlier.end is not None and earlier.end.state == "success" and earlier.end.created <= deploy.at)
    ]
    if not done:
        return ""
    last = max(done, key=lambda earlier: (earlier.end.created if earlier.end else earlier.at, earlier.at))
    # Whether one succeeded whose statuses were not asked for is not known, nor then what ran.
    version = last.deployment.version if last.asked else ""
    return version if version != deploy.deployment.version else ""


def _event(
    deploy: _Deploy,
    kind: Kind,
    span: tuple[datetime, datetime],
    words: str,
    run: Run | None,
    replaces: str,
    source: str,
    settings: GithubSettings,
) -> Event:
    deployment = deploy.deployment
    path = f"/repos/{settings.repository}/deployments/{deployment.id}"
    actor = deployment.creator
    if run is not None and actor in (_ACTIONS_BOT, ""):
        # A deployment of an earlier attempt is not the doing of who ran it again.
        actor = (run.actor if deployment.created >= run.started else run.first_actor) or actor
    number = f"run {run.number}" if run is not None and run.number else ""
    task = f"task {deployment.task}" if deployment.task not in ("", "deploy") else ""
    about = ", ".join(filter(None, (number, task, deployment.sha[:7])))
    return Event(
        kind=kind,
        at=span[0],
        earliest=span[0],
        latest=span[1],
        summary=f"Deploy of {settings.service_name} {deployment.version or deployment.ref}".rstrip()
        + (f" to {deployment.environment}" if deployment.environment else "")
        + f" {words}"
        + (f" ({about})" if about else "")
        + (f" by {actor}" if actor else ""),
        source=source,
        native_id=f"deployment/{deployment.id}",
        subject=Subject(service=settings.service_name, environment=deployment.environment),
        keys=Identity(
            deployment=deployment.id,
            run=deploy.run_id,
            run_number=run.number if run is not None else "",
            commit=deployment.sha,
            version=deployment.version,
            component="" if deployment.task in ("", "deploy") else deployment.task,
            replaces=replaces,
        ),
        actor=actor,
        url=deploy.url or (run.url if run is not None else ""),
        query=f"GET {settings.api_url}{path}/statuses",
        merge_key=f"{settings.api_url}{path}",
    )
