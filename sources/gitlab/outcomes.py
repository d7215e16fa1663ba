"""The meaning of the states of a deployment and its job: it waits, was never requested, or how it ended."""

from sources.deploy_facts import (
    Deploy,
    deploy_approved,
    deploy_cancelled,
    deploy_failed,
    deploy_refused,
    deploy_requested,
    deploy_succeeded,
    deploy_superseded,
    deploy_waiting,
    run_mentioned,
)
from sources.deploy_facts import Run as Mentioned
from sources.fact import Fact
from sources.gitlab.approvals import Approval
from sources.gitlab.attempts import Attempt

_OUTDATED = frozenset({"failed_outdated_deployment_job", "forward_deployment_failure"})
"""A newer deploy had begun, and the project prevents outdated deployment jobs, so the job did not run."""
_REFUSED = {
    "deployment_rejected": "the approval was rejected",
    "protected_environment_failure": "the environment is protected",
}


def not_requested(one: Attempt, approvals: list[Approval]) -> str:
    """Words for a deployment that has a record although nobody requested it; empty if somebody did."""
    job = one.job
    if one.deployment.status == "skipped" or (job is not None and job.status == "skipped"):
        return "is skipped"
    if job is not None and job.status == "manual" and one.deployment.status == "created" and not approvals:
        return "can be started by hand"
    return ""


def waits(one: Attempt, named: Deploy, approvals: list[Approval]) -> Fact | None:
    """The fact that it waited from its creation on; None if it did not, or if the reason is unknown."""
    status = one.job.status if one.job is not None else ""
    if approvals or one.deployment.status == "blocked":
        return deploy_waiting(named)
    if one.begun is not None or one.deployment.status != "created":
        return None
    if status == "waiting_for_resource":
        return deploy_waiting(named, "another deploy to end")
    return deploy_requested(named, "is to start later" if status == "scheduled" else "is requested")


def decision(named: Deploy, approval: Approval) -> Fact:
    """Somebody approved or rejected it."""
    if approval.status == "rejected":
        return deploy_refused(named, approval.user, approval.comment)
    return deploy_approved(named, approval.user)


def outcome(one: Attempt, named: Deploy, newer: str) -> Fact:
    """How it ended; `newer` names the deploy that replaced it, if it is outdated."""
    status, why = one.deployment.status, one.job.failure_reason if one.job is not None else ""
    if status == "success":
        return deploy_succeeded(named)
    if status == "canceled":
        # Only the user who ran it is recorded, not the one who cancelled it.
        return deploy_cancelled(named)
    if why in _OUTDATED:
        return deploy_superseded(named, newer)
    if why in _REFUSED:
        return deploy_refused(named, why=_REFUSED[why])
    return deploy_failed(named, why.replace("_", " "))


def mentioned(one: Attempt, named: Deploy, how: str) -> Fact:
    """Something about it that does not matter for a deploy."""
    job = one.job
    called = f"Job {job.name} of {named.subject.service}" if job is not None else f"Deployment of {named.version}"
    return run_mentioned(Mentioned(named.subject, named.merge_key, called, named.details, named.actor), how)
