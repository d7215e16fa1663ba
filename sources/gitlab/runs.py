"""Events of a pipeline as a CI run: when it started, when it ended, and how."""

from collections.abc import Iterator
from datetime import datetime

from collector.event import Event, Identity, Subject
from sources.deploy_facts import Run, run_failed, run_mentioned, run_started, run_succeeded
from sources.fact import Fact, Moment, report
from sources.gitlab.deploys import TRUNCATED, stamped
from sources.gitlab.evidence import OfProject
from sources.gitlab.items import Job, Pipeline
from sources.gitlab.settings import GitlabSettings
from sources.refs import version_of, version_of_tag

_FAILED = {"failed": "fails", "canceled": "is cancelled"}
_NOT_STARTED = frozenset(
    {"created", "waiting_for_resource", "waiting_for_callback", "preparing", "pending", "scheduled"}
)


def run_events(one: Pipeline, ours: OfProject, source: str, settings: GitlabSettings) -> Iterator[Event]:
    """Start and end of a pipeline; the times are exact if its jobs are known.

    A pipeline that failed or was cancelled before any of its jobs started has no start.
    """
    jobs = [job for job in ours.jobs.get(one.id, {}).values() if job.started is not None]
    first = min(jobs, key=lambda job: (job.started or one.created, int(job.id)), default=None)
    tag = first.tag if first is not None else None

    def event(fact: Fact, when: Moment, at: datetime) -> Event:
        return report(
            fact,
            when,
            at=at,
            source=source,
            native_id=f"pipeline/{one.id}",
            keys=Identity(
                run=one.id,
                run_number=one.id,
                commit=one.sha,
                repository=ours.path,
                version="" if tag is False else version_of_tag(one.ref) if tag else version_of(one.ref),
            ),
            actor=named.actor,
            url=one.url,
            query=f"GET {settings.api}/projects/{ours.id}/pipelines/{one.id}/jobs",
        )

    named = _named(one, first, ours, settings)
    if one.status == "skipped":
        yield event(run_mentioned(named, "is skipped"), stamped(one.created), one.created)
    by_hand = one.status == "manual" and one.id in ours.jobs
    if one.status == "skipped" or (first is None and (by_hand or one.status in _NOT_STARTED)):
        return
    if first is not None and first.started is not None:
        yield event(run_started(named), stamped(first.started), first.started)
    elif one.id not in ours.jobs or one.status not in _FAILED:
        # The last update was when it ended, or later.
        yield event(run_started(named), Moment(one.created, one.updated + TRUNCATED), one.created)
    if one.status == "success" or one.status in _FAILED:
        ends = [job.finished for job in jobs if job.finished is not None]
        when = stamped(max(ends)) if ends else Moment(one.created, one.updated + TRUNCATED)
        fact = (
            run_succeeded(named)
            if one.status == "success"
            else run_failed(named, _FAILED[one.status], "" if one.status == "canceled" else None)
        )
        yield event(fact, when, max(ends) if ends else one.updated)


def _named(one: Pipeline, first: Job | None, ours: OfProject, settings: GitlabSettings) -> Run:
    name = f' "{one.name}"' if one.name else ""
    return Run(
        Subject(service=settings.service(ours.path)),
        f"{settings.api}/projects/{ours.id}/pipelines/{one.id}",
        f"Pipeline {one.id}{name} of {ours.path}",
        (f"{one.origin} {one.ref}".strip(), one.sha[:7]),
        ours.actor(first),
    )
