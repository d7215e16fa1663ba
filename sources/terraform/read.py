"""Makes Events from documents: what each run did to the infrastructure of a service."""

import re
from collections.abc import Iterable, Iterator

from collector.event import Event, Identity, Manner
from collector.source import BadAnswer, Document, Gap
from sources.deploy_facts import (
    Deploy,
    deploy_approved,
    deploy_cancelled,
    deploy_failed,
    deploy_refused,
    deploy_requested,
    deploy_started,
    deploy_succeeded,
    deploy_waiting,
    run_mentioned,
)
from sources.deploy_facts import Run as NamedRun
from sources.fact import Fact, Moment, report
from sources.terraform.describe import Described, counted, described
from sources.terraform.items import Run
from sources.terraform.resources import Resources
from sources.terraform.settings import TerraformSettings
from sources.unknown_states import unknown_states

_BEFORE_CONFIRMATION = (
    "planned",
    "planned-and-saved",
    "cost-estimated",
    "policy-checked",
    "policy-soft-failed",
    "post-plan-completed",
)
_CONFIRMABLE = frozenset(
    {
        "planned",
        "cost_estimated",
        "policy_checked",
        "policy_override",
        "post_plan_completed",
        "post_plan_awaiting_decision",
        "planned_and_saved",
    }
)
_KNOWN = _CONFIRMABLE | {
    *("pending", "fetching", "fetching_completed", "pre_plan_running", "pre_plan_completed", "queuing", "plan_queued"),
    *("planning", "planned_and_finished", "cost_estimating", "policy_checking", "policy_soft_failed"),
    *("post_plan_running", "confirmed", "queuing_apply", "apply_queued", "pre_apply_running", "pre_apply_completed"),
    *("applying", "applied", "post_apply_running", "post_apply_completed"),
    *("discarded", "errored", "canceled", "force_canceled"),
}
_DEFAULT_MESSAGE = re.compile(r"(?:Triggered via|Queued manually)\b")
"""Messages of runs for which nobody wrote one."""


def read(documents: Iterable[Document], source: str, settings: TerraformSettings) -> Iterator[Event | Gap]:
    """See `TerraformSource.read`."""
    resources = Resources()
    for document in documents:
        try:
            yield from resources.add(document)
        except BadAnswer as error:
            yield Gap(error.reason, error.hint)
    for run in sorted(resources.runs.values(), key=lambda run: (run.created, run.id)):
        about = described(run, resources, settings)
        numbers = counted(run, resources)
        for fact, when in _facts(run, about, resources):
            yield report(
                fact,
                when,
                source=source,
                native_id=f"run/{run.id}",
                keys=Identity(run=run.id, deployment=run.id, config_commit=about.commit),
                actor=about.actor,
                numbers=numbers,
                url=about.page,
                query=f"GET {about.path}",
                description="" if _DEFAULT_MESSAGE.match(run.message) else run.message,
            )
    yield from unknown_states("runs of Terraform", (run.status for run in resources.runs.values()), _KNOWN)


def _facts(run: Run, about: Described, resources: Resources) -> Iterator[tuple[Fact, Moment]]:
    if run.ended_unchanged or run.refresh_only:
        # A plan only for review, or one that found nothing to do: nothing changed, and nothing was meant to change.
        named = NamedRun(about.subject, about.path, f"Run {run.id} of {about.workspace}", about.details, about.actor)
        yield run_mentioned(named, _unchanged(run)), run.latest()
        return
    deploy = Deploy(about.subject, about.path, manner=Manner.INFRASTRUCTURE, details=about.details, actor=about.actor)
    yield deploy_requested(deploy), run.created
    yield from _confirmation(run, deploy, about)
    if "applying" in run.stamps:
        yield deploy_started(deploy), run.stamps["applying"]
    yield from _end(run, deploy, about, resources)


def _unchanged(run: Run) -> str:
    if run.plan_only:
        return "only plans"
    return "only reads anew what exists" if run.refresh_only else "ends: there is nothing to change"


def _confirmation(run: Run, deploy: Deploy, about: Described) -> Iterator[tuple[Fact, Moment]]:
    """Its wait for a confirmation, and who confirmed it. Nobody confirms a run that is applied automatically."""
    confirmed = run.stamps.get("confirmed")
    by_hand = not run.auto_apply or bool(about.confirmed_by)
    refused = "discarded" in run.stamps and "planned" in run.stamps
    if not (run.status in _CONFIRMABLE or refused or (confirmed is not None and by_hand)):
        return
    planned = [run.stamps[name] for name in _BEFORE_CONFIRMATION if name in run.stamps]
    planned = [at for at in planned if confirmed is None or at <= confirmed]
    if planned:
        policy = run.status == "policy_override" or "policy-soft-failed" in run.stamps
        awaits = "somebody to override a policy" if policy else "a confirmation"
        yield deploy_waiting(deploy, awaits), max(planned)
    if confirmed is not None and by_hand:
        yield deploy_approved(deploy, about.confirmed_by), confirmed


def _end(run: Run, deploy: Deploy, about: Described, resources: Resources) -> Iterator[tuple[Fact, Moment]]:
    stamps = run.stamps
    if "applied" in stamps:
        yield deploy_succeeded(deploy), stamps["applied"]
    elif "errored" in stamps:
        refused = [check for check in resources.checks.get(run.id, ()) if check.status == "hard_failed"]
        if "applying" in stamps:
            yield deploy_failed(deploy), stamps["errored"]
        elif refused:
            at = max((check.failed for check in refused if check.failed is not None), default=stamps["errored"])
            yield deploy_refused(deploy, why="a mandatory policy failed"), at
        else:
            yield deploy_failed(deploy, how="fails before anything is applied"), stamps["errored"]
    elif "discarded" in stamps:
        at = stamps["discarded"]
        if "planned" in stamps:
            yield deploy_refused(deploy, about.discarded_by, "its plan is discarded"), at
        else:
            yield deploy_cancelled(deploy, about.discarded_by), at
    elif "force-canceled" in stamps or "canceled" in stamps:
        at = stamps.get("force-canceled") or stamps["canceled"]
        yield deploy_cancelled(deploy, about.cancelled_by), at
