"""What a deployment and its statuses report: when it started, how it ended, and which version it replaced."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from collector.event import Event, Identity, Subject
from sources.deploy_facts import (
    Deploy,
    deploy_failed,
    deploy_requested,
    deploy_started,
    deploy_succeeded,
    deploy_waiting,
)
from sources.fact import Fact, Moment, report
from sources.github.fetch import LEAD
from sources.github.items import Deployment, Run, Status
from sources.github.runs import TRUNCATED
from sources.github.settings import GithubSettings

_WAITING = ("queued", "pending", "waiting")
_ENDS = ("success", "failure", "error")
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
        named = _named(deploy, run, settings)
        if deploy.waits is not None:
            yield _event(deploy, _waits(named, deploy.waits), _of(deploy.waits), run, replaces, source, settings)
        if deploy.begun:
            when = Moment(deploy.at, deploy.latest)
            yield _event(deploy, deploy_started(named), when, run, replaces, source, settings)
        if deploy.end is not None:
            yield _event(deploy, _ended(named, deploy.end), _of(deploy.end), run, replaces, source, settings)
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


def _of(status: Status) -> Moment:
    return Moment(status.created, status.created + TRUNCATED)


def _waits(named: Deploy, status: Status) -> Fact:
    return deploy_waiting(named) if status.state == "waiting" else deploy_requested(named, f"is {status.state}")


def _ended(named: Deploy, status: Status) -> Fact:
    if status.state == "success":
        return deploy_succeeded(named)
    return deploy_failed(named, status.description, "fails" if status.state == "failure" else "ends in an error")


def _named(deploy: _Deploy, run: Run | None, settings: GithubSettings) -> Deploy:
    deployment = deploy.deployment
    actor = deployment.creator
    if run is not None and actor in (_ACTIONS_BOT, ""):
        # A deployment of an earlier attempt is not the doing of who ran it again.
        actor = (run.actor if deployment.created >= run.started else run.first_actor) or actor
    number = f"run {run.number}" if run is not None and run.number else ""
    task = f"task {deployment.task}" if deployment.task not in ("", "deploy") else ""
    return Deploy(
        Subject(service=settings.service_name, environment=deployment.environment),
        f"{settings.api_url}{_path(deployment, settings)}",
        version=deployment.version or deployment.ref,
        details=(number, task, deployment.sha[:7]),
        actor=actor,
    )


def _path(deployment: Deployment, settings: GithubSettings) -> str:
    return f"/repos/{settings.repository}/deployments/{deployment.id}"


def _event(
    deploy: _Deploy,
    fact: Fact,
    when: Moment,
    run: Run | None,
    replaces: str,
    source: str,
    settings: GithubSettings,
) -> Event:
    deployment = deploy.deployment
    return report(
        fact,
        when,
        source=source,
        native_id=f"deployment/{deployment.id}",
        keys=Identity(
            deployment=deployment.id,
            run=deploy.run_id,
            run_number=run.number if run is not None else "",
            commit=deployment.sha,
            repository=settings.repository,
            version=deployment.version,
            component="" if deployment.task in ("", "deploy") else deployment.task,
            replaces=replaces,
        ),
        actor=_named(deploy, run, settings).actor,
        url=deploy.url or (run.url if run is not None else ""),
        query=f"GET {settings.api_url}{_path(deployment, settings)}/statuses",
    )
