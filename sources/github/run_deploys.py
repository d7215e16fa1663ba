"""Deploys without a Deployment: runs of the workflows that the settings name."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from collector.event import Event, Identity, Manner
from collector.source import Gap
from sources.deploy_facts import (
    Deploy,
    deploy_failed,
    deploy_requested,
    deploy_started,
    deploy_succeeded,
    deploy_waiting,
)
from sources.fact import Fact, Moment, report
from sources.github.actions import SCHEDULE, Job, Run
from sources.github.evidence import Evidence
from sources.github.outcome import PROTECTION, TimedFact, stopped
from sources.github.place import Place
from sources.github.runs import TRUNCATED

_FAILED = {"failure": "fails", "timed_out": "times out", "startup_failure": "fails to start"}
_DONE = frozenset({"success", "neutral", "skipped"})
"""What is neither: `action_required` never ran, and of what is `stale` GitHub has lost sight."""
_SOUNDS_LIKE_IT = re.compile(r"(?:^|[^a-z])(?:deploy|release|rollout|ship)", re.IGNORECASE)


def events(evidence: Evidence, source: str, place: Place) -> Iterator[Event]:
    """Start and end of each such run, from its jobs that deploy; it is complete when the last of them is."""
    linked = {status.run for ours in evidence.statuses.values() for status in ours.values()}
    attempts = [*evidence.runs.values(), *evidence.attempts.values()]
    deploys = [run for run in attempts if place.deploys(run) and run.id not in linked and run.conclusion != "skipped"]
    for run in sorted(deploys, key=lambda run: (run.started, int(run.id), run.attempt)):
        every = [job for job in evidence.jobs.values() if (job.run, job.attempt) == (run.id, run.attempt)]
        jobs = place.deploy_jobs(run, sorted(every, key=lambda job: int(job.id)))
        if every and not jobs:
            # The run stopped at its tests, or the settings name other jobs.
            continue
        parts = place.by_environment(run, jobs)
        for environment, ours in parts:
            part = _Part(environment, f" {environment}" if len(parts) > 1 else "")
            for known in _facts(run, ours, part, evidence, place):
                yield _event(run, known, ours, part, source, place)


class _Part(NamedTuple):
    """The part of a run that deploys to one environment."""

    environment: str
    of: str
    """Suffix of its ids if the run has several parts, else empty."""


def unnamed(evidence: Evidence, place: Place) -> Iterator[Gap]:
    """A Gap about workflows that look like deploys, if the repository has no Deployments and the settings name none."""
    if evidence.deployments or place.settings.workflows:
        return
    named = sorted(
        {run.file for run in evidence.runs.values() if _SOUNDS_LIKE_IT.search(f"{run.file} {run.name}")} - {""}
    )
    if named:
        shown = ", ".join(f'"{name}"' for name in named[:5])
        reason = (
            f"{place.repository} records no Deployments, so runs of {', '.join(named[:5])} are not taken for deploys"
        )
        yield Gap(reason, f"if they are, set workflows = [{shown}]")


def _facts(run: Run, jobs: Sequence[Job], part: _Part, evidence: Evidence, place: Place) -> Iterator[TimedFact]:
    named = _named(run, part, place)
    began = min((job.started for job in jobs if job.started), default=None)
    held = run.status == "waiting" or run.conclusion == "action_required"
    waits = held or run.status not in ("completed", "in_progress")
    if began is None and (waits or jobs):
        awaits = PROTECTION if run.status == "waiting" else ""
        how = deploy_waiting(named, awaits) if held else deploy_requested(named, f"is {run.status}")
        yield TimedFact(how, _at(run.started))
    elif began is None and run.conclusion in ("cancelled", "startup_failure"):
        yield TimedFact(deploy_requested(named), _at(run.started))
    else:
        # Without its jobs it is only known that it began some time after it was requested.
        latest = _at(began).latest if began else max(run.started, run.updated) + TRUNCATED
        yield TimedFact(deploy_started(named), Moment(began or run.started, latest))
    ends = [job.completed for job in jobs if job.completed]
    over = max(ends, default=run.updated) if jobs else run.updated
    if (run.conclusion and not jobs) or (jobs and all(job.conclusion for job in jobs)):
        fact = _ended(named, run, jobs, evidence)
        if fact is not None:
            yield TimedFact(fact, _at(max(over, began or over)), reason=_why(jobs))


def _ended(named: Deploy, run: Run, jobs: Sequence[Job], evidence: Evidence) -> Fact | None:
    """How it ended; None where nobody knows."""
    outcomes = {job.conclusion for job in jobs} or {run.conclusion}
    bad = next((how for how in _FAILED if how in outcomes), None)
    if bad:
        return deploy_failed(named, _why(jobs), _FAILED[bad])
    if "cancelled" in outcomes:
        return stopped(named, run, evidence.runs.values())
    return deploy_succeeded(named) if outcomes <= _DONE else None


def _why(jobs: Sequence[Job]) -> str:
    """The first job that failed by itself."""
    return next((f"job {job.name}" for job in jobs if job.conclusion in _FAILED and job.name), "")


def _at(moment: datetime) -> Moment:
    return Moment(moment, moment + TRUNCATED)


def _path(run: Run, place: Place) -> str:
    return f"{place.path}/actions/runs/{run.id}/attempts/{run.attempt}"


def _named(run: Run, part: _Part, place: Place) -> Deploy:
    number = f"run {run.number}" if run.number else f"run {run.id}"
    again = f"attempt {run.attempt}" if run.attempt > 1 else ""
    scheduled = "scheduled" if run.event == SCHEDULE else ""
    manner = Manner.REVERT if run.reverts else Manner.PLAIN
    key = f"{place.settings.api_url}{_path(run, place)}{part.of}"
    subject = place.of_run(run, part.environment)
    return Deploy(subject, key, run.version or run.branch, manner, (number, again, scheduled, run.sha[:7]), run.actor)


def _event(run: Run, known: TimedFact, jobs: Sequence[Job], part: _Part, source: str, place: Place) -> Event:
    return report(
        known.fact,
        known.when,
        source=source,
        native_id=f"run/{run.id}/attempt/{run.attempt}{part.of}",
        keys=Identity(
            run=run.id,
            run_number=run.number,
            deployment=f"run {run.id} attempt {run.attempt}{part.of}",
            commit=run.sha,
            repository=place.repository,
            version=run.version,
        ),
        actor=run.actor,
        url=next((job.url for job in jobs if job.url), "") or run.url,
        query=f"GET {place.settings.api_url}{_path(run, place)}",
        reason=known.reason,
    )
