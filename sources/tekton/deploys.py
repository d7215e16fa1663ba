"""Events of a run that deploys: its request, its start, and its end."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from msgspec.structs import replace

from collector.event import Event, Identity
from collector.manner import Manner
from sources.deploy_facts import (
    Deploy,
    deploy_cancelled,
    deploy_failed,
    deploy_requested,
    deploy_started,
    deploy_succeeded,
    deploy_waiting,
)
from sources.deploy_names import is_rollback_name
from sources.fact import Fact, Moment, report
from sources.tekton.identity import keys_of, known_of, subject_of
from sources.tekton.items import Run
from sources.tekton.runs import path, why_of
from sources.tekton.settings import TektonSettings

_QUEUED = timedelta(seconds=10)
"""A run that starts within this time has not waited in a queue."""


def deploy_events(
    run: Run,
    parent: Run | None,
    tasks: Sequence[Run],
    source: str,
    settings: TektonSettings,
    *,
    migration: bool = False,
) -> Iterator[Event]:
    """The Events of one deploy. `parent` is the PipelineRun that the run is a task of; `tasks` are the run's own."""
    keys = replace(keys_of(run, parent), deployment=f"{run.namespace}/{run.name}")
    if migration:
        # A migration ships no version, and its end is not the end of the deploy.
        keys = Identity(
            run=keys.run, run_number=keys.run_number, deployment=keys.deployment, component=f"migration {run.of}"
        )
    retried = f"{run.retries + 1} attempts" if run.retries else ""
    task = f"task {run.of}" if parent is not None else ""
    deploy = Deploy(
        subject_of(run, parent),
        f"tekton {settings.cluster} {run.kind} {run.namespace}/{run.name}",
        version=keys.version or keys.commit[:7],
        manner=Manner.MIGRATION if migration else Manner.ROLLBACK if is_rollback_name(run.of) else Manner.PLAIN,
        details=(f"run {keys.run_number}", task, retried),
        actor=known_of(run, parent).get("actor", ""),
    )
    for fact, when, reason in _facts(run, deploy, tasks):
        yield report(
            fact,
            when,
            source=source,
            native_id=f"{run.kind} {run.namespace}/{run.name}",
            keys=keys,
            actor=deploy.actor,
            url=run.url or (parent.url if parent is not None else ""),
            query=path(run),
            reason=reason,
        )


def _facts(run: Run, deploy: Deploy, tasks: Sequence[Run]) -> Iterator[tuple[Fact, Moment, str]]:
    started = run.started
    if started is None and run.outcome == "waiting":
        yield deploy_waiting(deploy, "somebody to start it"), run.created, run.reason
    elif started is None or started.earliest - run.created.earliest > _QUEUED:
        how = "is requested" if started is None and run.ended is not None else "is queued"
        yield deploy_requested(deploy, how), run.created, ""
    if started is not None:
        yield deploy_started(deploy), started, ""
    if run.ended is None:
        return
    if run.outcome == "succeeded":
        yield deploy_succeeded(deploy), run.ended, ""
    elif run.outcome == "cancelled":
        yield deploy_cancelled(deploy), run.ended, run.message
    else:
        why = why_of(run, tasks)
        how = "times out" if run.outcome == "timed out" else "fails"
        yield deploy_failed(deploy, why, how), run.ended, why
