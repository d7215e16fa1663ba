"""How a deploy ended without success, and who decided it; GitHub also reports refused and cancelled ones as failed."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sources.deploy_facts import (
    Deploy,
    deploy_cancelled,
    deploy_failed,
    deploy_refused,
    deploy_succeeded,
    deploy_superseded,
)
from sources.fact import Fact, Moment
from sources.github.actions import Approval, Run
from sources.github.items import Status

_CANCELLED_WITHIN = timedelta(minutes=2)
"""Maximum time between the creation of a newer run and the cancellation of the older one in its concurrency group."""

PROTECTION = "the protection rules of its environment"
"""What a deploy waits for, unless a review is known: an approval, a timer, or another system."""


class TimedFact(NamedTuple):
    """A fact about a deploy, its time, and who did it if not the one who requested it."""

    fact: Fact
    when: Moment
    actor: str = ""
    reason: str = ""
    at: datetime | None = None
    """The most likely time; by default the earliest."""


class Review(NamedTuple):
    """The decision about one environment that a run waited for."""

    approved: bool
    by: str
    why: str


def review_of(environment: str, approvals: Iterable[Approval]) -> Review | None:
    """The decision about an environment; a refusal takes precedence over approvals. None if there is none."""
    ours = [one for one in approvals if environment in one.environments]
    refused = [one for one in ours if one.state == "rejected"]
    if not ours:
        return None
    decided = refused or ours
    by = ", ".join(dict.fromkeys(one.by for one in decided if one.by))
    return Review(not refused, by, decided[0].comment)


def ended(
    named: Deploy, end: Status | None, run: Run | None, refusal: Review | None, runs: Iterable[Run], when: Moment
) -> TimedFact:
    """How it ended: by the last status of its deployment, if any, and by the conclusion of its run."""
    if end is not None and end.state == "success":
        return TimedFact(deploy_succeeded(named), when)
    if refusal is not None:
        return TimedFact(deploy_refused(named, refusal.by, refusal.why), when, refusal.by, refusal.why)
    if run is not None and run.conclusion == "cancelled":
        return TimedFact(stopped(named, run, runs), when)
    if end is not None:
        how = "fails" if end.state == "failure" else "ends in an error"
        how = "times out" if run is not None and run.conclusion == "timed_out" else how
        return TimedFact(deploy_failed(named, end.description, how), when, reason=end.description)
    return TimedFact(deploy_failed(named, how="did not start"), when)


def stopped(named: Deploy, run: Run, runs: Iterable[Run]) -> Fact:
    """It was cancelled by a person, or replaced by a newer run; GitHub does not record by whom."""
    newer = _newer_run(run, runs)
    return deploy_superseded(named, f"run {newer.number}") if newer else deploy_cancelled(named)


def _newer_run(run: Run, runs: Iterable[Run]) -> Run | None:
    """The run of the same workflow and branch that replaced this one; None if a person cancelled it."""
    alike: Sequence[Run] = [
        one
        for one in runs
        if one.id != run.id
        and one.path == run.path != ""
        and one.branch == run.branch
        and run.created <= one.created <= run.updated <= one.created + _CANCELLED_WITHIN
    ]
    return min(alike, key=lambda one: (one.created, int(one.id)), default=None)
