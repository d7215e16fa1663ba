"""Events of deployments and their statuses: when each started, how it ended, and which version it replaced."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from collector.event import Event, Identity, Manner
from sources.deploy_facts import Deploy, deploy_approved, deploy_requested, deploy_started, deploy_waiting
from sources.deploy_names import is_restart_name
from sources.fact import Fact, Moment, report
from sources.github.actions import SCHEDULE, Run
from sources.github.ask_deployments import LEAD
from sources.github.evidence import Evidence
from sources.github.items import Deployment, Status
from sources.github.outcome import PROTECTION, Review, TimedFact, ended, review_of
from sources.github.place import Place
from sources.github.runs import TRUNCATED
from sources.refs import abbreviated

_WAITING = ("queued", "pending", "waiting")
_ENDS = ("success", "failure", "error")
"""`inactive` is not an end: GitHub sets it on older deployments when a newer one succeeds."""
_ACTIONS_BOT = "github-actions[bot]"


class _Deploy(Struct, frozen=True):
    """A deployment and the meaning of its statuses."""

    deployment: Deployment
    asked: bool
    """Whether its statuses were requested."""
    at: datetime
    latest: datetime
    """It started in [`at`, `latest`]."""
    end: Status | None
    begun: bool
    """Whether it is known to have started; one that is only queued or waits for approval has not."""
    waits: Status | None
    """The status that shows that it waited before it started, or still does."""
    went_on: Status | None
    """The first status after the wait."""
    run_id: str
    url: str
    attempt: int
    """From 1. External tools may attempt the same deployment again; jobs of Actions create another one."""


def events(evidence: Evidence, source: str, place: Place) -> Iterator[Event]:
    """The Events of every deployment, in order of start."""
    deploys = [
        _deploy(one, steps, attempt)
        for one in evidence.deployments.values()
        for attempt, steps in enumerate(_attempts(evidence.statuses.get(one.id, {})), 1)
    ]
    deploys.sort(key=lambda deploy: (deploy.at, int(deploy.deployment.id), deploy.attempt))
    history: dict[tuple[str, str], list[_Deploy]] = {}
    for deploy in deploys:
        before = history.setdefault((deploy.deployment.environment, deploy.deployment.task), [])
        run = evidence.runs.get(deploy.run_id)
        keys = _keys(deploy, run, _replaced(deploy, before), place)
        review = review_of(deploy.deployment.environment, evidence.approvals.get(deploy.run_id, ()))
        for known in _facts(deploy, run, review, evidence, place):
            yield _event(deploy, known, run, keys, source, place)
        before.append(deploy)


def _facts(
    deploy: _Deploy, run: Run | None, review: Review | None, evidence: Evidence, place: Place
) -> Iterator[TimedFact]:
    """The facts about a deployment, with their times."""
    named = _named(deploy, run, place)
    approved = review is not None and review.approved
    refusal = review if not approved and not deploy.begun else None
    if deploy.waits is not None:
        yield TimedFact(_waits(named, deploy.waits, review), _of(deploy.waits))
    if deploy.waits is not None and deploy.went_on is not None and review is not None and approved:
        # GitHub records who approved, but not when; it was before the deployment continued.
        on = deploy.went_on.created
        yield TimedFact(
            deploy_approved(named, review.by), Moment(deploy.waits.created, on + TRUNCATED), review.by, at=on
        )
    if deploy.begun:
        yield TimedFact(deploy_started(named), Moment(deploy.at, deploy.latest))
    attempt = run if run is not None and deploy.deployment.created >= run.started else None
    over = attempt is not None and bool(attempt.conclusion) and not deploy.begun
    if deploy.end is not None:
        yield ended(named, deploy.end, attempt, refusal, evidence.runs.values(), _of(deploy.end))
    elif attempt is not None and over:
        # It never got past waiting, and its run is over.
        when = Moment(attempt.updated, attempt.updated + TRUNCATED)
        yield ended(named, None, attempt, refusal, evidence.runs.values(), when)


def _attempts(statuses: Mapping[str, Status]) -> list[list[Status]]:
    """The statuses in order of time, by attempt: a wait or a start after an end begins another attempt."""
    found: list[list[Status]] = [[]]
    for status in sorted(statuses.values(), key=lambda status: (status.created, int(status.id))):
        if status.state in (*_WAITING, "in_progress") and any(step.state in _ENDS for step in found[-1]):
            found.append([])
        found[-1].append(status)
    return found


def _deploy(deployment: Deployment, steps: Sequence[Status], attempt: int) -> _Deploy:
    end = next((step for step in steps if step.state in _ENDS), None)
    started = next((step for step in steps if step.state == "in_progress"), None)
    waiting = next((step for step in steps if step.state in _WAITING), None)
    if started is not None and (end is None or started.created <= end.created):
        at, latest = started.created, started.created + TRUNCATED
    else:
        # It was requested then, and started later: before its end, or within the time that a deploy may wait.
        at = waiting.created if waiting is not None else deployment.created
        at = min(at, end.created) if end is not None else at
        latest = end.created + TRUNCATED if end is not None else at + LEAD
    run_id = next((step.run for step in steps if step.run), "")
    url = next((step.url for step in steps if step.run), "") or next((step.url for step in steps if step.url), "")
    held = next((step for step in steps if step.state == "waiting"), None)
    went_on = next(
        (s for s in steps if held and s.created >= held.created and s.state in ("queued", "in_progress")), None
    )
    # If only the deployment itself is known, it was most likely carried out.
    begun = (
        started is not None
        or (end is not None and (end.state == "success" or held is None or went_on is not None))
        or waiting is None
    )
    # Nearly every job is queued for a moment, which is not worth a fact once it has started.
    waits = held or (waiting if waiting is not None and not begun else None)
    return _Deploy(deployment, bool(steps), at, latest, end, begun, waits, went_on, run_id, url, attempt)


def _replaced(deploy: _Deploy, before: list[_Deploy]) -> str:
    """The version that ran when this deploy started: that of the last earlier deploy known to have succeeded."""
    done = [
        earlier
        for earlier in before
        if not earlier.asked
        or (earlier.end is not None and earlier.end.state == "success" and earlier.end.created <= deploy.at)
    ]
    if not done:
        return ""
    last = max(done, key=lambda earlier: (earlier.end.created if earlier.end else earlier.at, earlier.at))
    # If the statuses of the last one were not requested, it may have failed, so the running version is unknown.
    version = last.deployment.version if last.asked else ""
    return version if version != deploy.deployment.version else ""


def _of(status: Status) -> Moment:
    return Moment(status.created, status.created + TRUNCATED)


def _waits(named: Deploy, status: Status, review: Review | None) -> Fact:
    if status.state != "waiting":
        return deploy_requested(named, f"is {status.state}")
    return deploy_waiting(named, "" if review is not None else PROTECTION)


def _named(deploy: _Deploy, run: Run | None, place: Place) -> Deploy:
    deployment = deploy.deployment
    actor = deployment.creator
    if run is not None and actor in (_ACTIONS_BOT, ""):
        # Whoever ran the workflow again did not start the deployments of earlier attempts.
        actor = (run.actor if deployment.created >= run.started else run.first_actor) or actor
    number = f"run {run.number}" if run is not None and run.number else ""
    task = f"task {deployment.task}" if deployment.task not in ("", "deploy") else ""
    again = f"attempt {deploy.attempt}" if deploy.attempt > 1 else ""
    return Deploy(
        place.of_deployment(deployment, run),
        f"{place.settings.api_url}{_path(deployment, place)}{_again(deploy)}",
        version=deployment.version or abbreviated(deployment.ref),
        manner=_manner(deployment, run),
        details=(
            number,
            again,
            task,
            "scheduled" if run is not None and run.event == SCHEDULE else "",
            deployment.sha[:7],
        ),
        actor=actor,
    )


def _manner(deployment: Deployment, run: Run | None) -> Manner:
    """The manner by the task, else by the title of the commit."""
    task = deployment.task.casefold()
    if "migrat" in task:
        return Manner.MIGRATION
    if task.startswith("rollback"):
        return Manner.ROLLBACK
    if is_restart_name(task):
        return Manner.RESTART
    return Manner.REVERT if run is not None and run.reverts and run.sha == deployment.sha else Manner.PLAIN


def _again(deploy: _Deploy) -> str:
    """Suffix of the ids of later attempts."""
    return f" attempt {deploy.attempt}" if deploy.attempt > 1 else ""


def _path(deployment: Deployment, place: Place) -> str:
    return f"{place.path}/deployments/{deployment.id}"


def _keys(deploy: _Deploy, run: Run | None, replaces: str, place: Place) -> Identity:
    deployment = deploy.deployment
    plain = deployment.task in ("", "deploy") or place.mapped(deployment.task)
    return Identity(
        deployment=f"{deployment.id}{_again(deploy)}",
        run=deploy.run_id,
        run_number=run.number if run is not None else "",
        commit=deployment.sha,
        repository=place.repository,
        version=deployment.version,
        component="" if plain else deployment.task,
        replaces=replaces,
    )


def _event(deploy: _Deploy, known: TimedFact, run: Run | None, keys: Identity, source: str, place: Place) -> Event:
    return report(
        known.fact,
        known.when,
        source=source,
        native_id=f"deployment/{deploy.deployment.id}{_again(deploy)}",
        at=known.at,
        keys=keys,
        actor=known.actor or _named(deploy, run, place).actor,
        url=deploy.url or (run.url if run is not None else ""),
        query=f"GET {place.settings.api_url}{_path(deploy.deployment, place)}/statuses",
        reason=known.reason,
    )
