"""Facts about deploys and CI runs, one function for each kind, for all systems that report them.

Four instants are never mixed: requested (`deploy_requested`), started (`deploy_started`), applied by the tool
(`deploy_succeeded`), and serving, which only the cluster knows. A deploy that waits for an approval has not started.
"""

from typing import NamedTuple

from collector.event import Kind, Manner, Subject
from sources.fact import Fact

_CALLED = {
    Manner.ROLLBACK: "Rollback",
    Manner.AUTOMATIC_ROLLBACK: "Automatic rollback",
    Manner.REVERT: "Revert",
    Manner.REDEPLOY: "Re-deploy",
    Manner.RESTART: "Restart",
    Manner.CONFIG: "Configuration change",
    Manner.MIGRATION: "Migration",
    Manner.INFRASTRUCTURE: "Infrastructure change",
    Manner.RECONCILE: "Reconciliation",
}


class Deploy(NamedTuple):
    """One deploy, as recorded by the system that does it."""

    subject: Subject
    merge_key: str
    """The API path of the deploy's record: unique to the deploy, and the same from every source that reads it."""
    version: str = ""
    """A readable version; if there is none, a branch or an abbreviated commit."""
    manner: Manner = Manner.PLAIN
    details: tuple[str, ...] = ()
    """Other names that people know it by: `run 482`, `commit b462487`."""
    actor: str = ""


class Run(NamedTuple):
    """One run of CI, or one attempt of it."""

    subject: Subject
    merge_key: str
    called: str
    """`Run 482 "deploy" of acme/checkout`."""
    details: tuple[str, ...] = ()
    actor: str = ""


def deploy_requested(deploy: Deploy, how: str = "is requested") -> Fact:
    """Somebody or something requested the deploy; it has not started."""
    return _of_deploy(Kind.DEPLOY_REQUESTED, deploy, how)


def deploy_waiting(deploy: Deploy, awaits: str = "") -> Fact:
    """The deploy has not started: it waits for an approval, or for what `awaits` names (`its sync window`)."""
    fact = _of_deploy(Kind.DEPLOY_WAITING, deploy, f"waits for {awaits or 'an approval'}")
    return fact._replace(awaits=awaits)


def deploy_approved(deploy: Deploy, by: str = "") -> Fact:
    """Somebody approved the deploy; `by` is who."""
    return _step_by(Kind.DEPLOY_APPROVED, deploy, by, "is approved")


def deploy_started(deploy: Deploy) -> Fact:
    """The work of the deploy began."""
    return _of_deploy(Kind.DEPLOY_STARTED, deploy, "starts")


def deploy_succeeded(deploy: Deploy) -> Fact:
    """The tool applied the deploy. This does not mean that new pods serve."""
    return _of_deploy(Kind.DEPLOY_SUCCEEDED, deploy, "succeeds")


def deploy_failed(deploy: Deploy, why: str = "", how: str = "fails") -> Fact:
    """The tool gave up; `why` is its own message."""
    return _of_deploy(Kind.DEPLOY_FAILED, deploy, f"{how}: {why}" if why else how)


def deploy_cancelled(deploy: Deploy, by: str = "") -> Fact:
    """Somebody stopped the deploy while it ran or waited; `by` is who."""
    return _step_by(Kind.DEPLOY_CANCELLED, deploy, by, "is cancelled")


def deploy_superseded(deploy: Deploy, by: str = "") -> Fact:
    """A newer deploy replaced it before it was complete; `by` names the newer one."""
    return _of_deploy(Kind.DEPLOY_SUPERSEDED, deploy, f"is superseded by {by}" if by else "is superseded")


def deploy_refused(deploy: Deploy, by: str = "", why: str = "") -> Fact:
    """A person or a policy refused to approve the deploy."""
    how = f"is refused: {why}" if why else "is refused"
    return _step_by(Kind.DEPLOY_REFUSED, deploy, by, how)


def run_started(run: Run) -> Fact:
    """A runner picked the run up; or it was queued, in systems that do not distinguish the two."""
    return _of_run(Kind.RUN_STARTED, run, "starts")


def run_succeeded(run: Run) -> Fact:
    """All jobs of the run are done."""
    return _of_run(Kind.RUN_SUCCEEDED, run, "succeeds")


def run_failed(run: Run, how: str = "fails", by: str | None = None) -> Fact:
    """The run ended without success; `how` is `is cancelled` or `times out` if it did not fail by itself.

    `by` is who ended it: empty if unknown, None if nobody did.
    """
    return _of_run(Kind.RUN_FAILED, run if by is None else run._replace(actor=by), how)._replace(by=by)


def run_mentioned(run: Run, how: str) -> Fact:
    """Something about the run that does not matter for a deploy, such as being skipped."""
    return _of_run(Kind.OTHER, run, how)


def _step_by(kind: Kind, deploy: Deploy, by: str, how: str) -> Fact:
    """A step that may be by another person than the one who deploys; `by` is empty if unknown."""
    return _of_deploy(kind, deploy._replace(actor=by), how)._replace(by=by)


def _of_deploy(kind: Kind, deploy: Deploy, how: str) -> Fact:
    subject = deploy.subject
    what = f"{subject.service} {deploy.version}".strip()
    called = f"{_CALLED.get(deploy.manner, 'Deploy')} of {what}" if what else _CALLED.get(deploy.manner, "Deploy")
    place = f" to {subject.environment}" if subject.environment else ""
    words = f"{called}{place} {how}" + _about(deploy.details, deploy.actor)
    return Fact(kind, subject, words, deploy.merge_key, deploy.manner)


def _of_run(kind: Kind, run: Run, how: str) -> Fact:
    return Fact(kind, run.subject, f"{run.called} {how}" + _about(run.details, run.actor), run.merge_key)


def _about(details: tuple[str, ...], actor: str) -> str:
    known = ", ".join(filter(None, details))
    return (f" ({known})" if known else "") + (f" by {actor}" if actor else "")
