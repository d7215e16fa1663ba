"""Events of a CI run: when it started, and how it ended."""

from collections.abc import Iterator, Sequence

from collector.event import Event
from sources.deploy_facts import Run as NamedRun
from sources.deploy_facts import run_failed, run_started, run_succeeded
from sources.fact import report
from sources.tekton.identity import keys_of, known_of, subject_of
from sources.tekton.items import Run
from sources.tekton.settings import TektonSettings

_ENDS = {"failed": "fails", "cancelled": "is cancelled", "timed out": "times out"}


def run_events(run: Run, tasks: Sequence[Run], source: str, settings: TektonSettings) -> Iterator[Event]:
    """Start and end of a run that is not itself a deploy."""
    named = NamedRun(
        subject_of(run, None),
        f"tekton {settings.cluster} {run.kind} {run.namespace}/{run.name}",
        f'{run.kind} {run.namespace}/{run.name} of "{run.of}"',
        (keys_of(run, None).commit[:7],),
        known_of(run, None).get("actor", ""),
    )
    facts = []
    if run.started is not None:
        facts.append((run_started(named), run.started, ""))
    if run.ended is not None and run.outcome == "succeeded":
        facts.append((run_succeeded(named), run.ended, ""))
    elif run.ended is not None and run.outcome in _ENDS:
        by = "" if run.outcome == "cancelled" else None
        facts.append((run_failed(named, _ENDS[run.outcome], by), run.ended, why_of(run, tasks)))
    for fact, when, reason in facts:
        yield report(
            fact,
            when,
            source=source,
            native_id=f"{run.namespace}/{run.name}",
            keys=keys_of(run, None),
            actor=named.actor,
            url=run.url,
            query=path(run),
            reason=reason,
        )


def why_of(run: Run, tasks: Sequence[Run]) -> str:
    """Why it failed: the message of the first failed task, else that of the run."""
    failed = [task for task in tasks if task.outcome in ("failed", "timed out") and task.ended is not None]
    if failed:
        first = min(failed, key=lambda task: (task.ended or task.created, task.name))
        return f"task {first.of}: {first.message or first.reason}"
    return run.message or run.reason


def path(run: Run) -> str:
    """API path of the run."""
    return f"/apis/tekton.dev/v1/namespaces/{run.namespace}/{run.kind.lower()}s/{run.name}"
