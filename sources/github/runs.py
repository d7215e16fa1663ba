"""Events of workflow runs: when each started, when it ended, and how."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from collector.event import SECOND, Event, Identity
from sources.deploy_facts import Run as NamedRun
from sources.deploy_facts import run_failed, run_mentioned, run_started, run_succeeded
from sources.fact import Fact, Moment, report
from sources.github.actions import Run
from sources.github.place import Place

TRUNCATED = SECOND - timedelta(microseconds=1)
"""GitHub truncates its times to whole seconds: the true time is up to this much later."""
_NOT_BEGUN = frozenset({"queued", "requested", "pending"})
"""Statuses of runs without a started job. A run that is `waiting` may have finished jobs."""
_FAILED = {
    "failure": "fails",
    "timed_out": "times out",
    "startup_failure": "fails to start",
    "cancelled": "is cancelled",
}


def events(run: Run, source: str, place: Place) -> Iterator[Event]:
    """Start and end of the latest attempt; of earlier attempts only the start of the first is still known.

    A run of GitHub's own workflows is only mentioned: it deploys nothing of the service.
    """
    named = _named(run, run.attempt, place)
    if run.of_github:
        yield _event(run, run.attempt, run_mentioned(named, "is GitHub's own"), run.started, source, place)
        return
    if run.attempt > 1:
        yield _event(run, 1, run_started(_named(run, 1, place)), run.created, source, place)
    if state := _not_begun(run):
        yield _event(run, run.attempt, run_mentioned(named, state), run.started, source, place)
        return
    if run.conclusion != "startup_failure":
        # Such a run has no jobs.
        yield _event(run, run.attempt, run_started(named), run.started, source, place)
    if run.conclusion:
        yield _event(run, run.attempt, _ended(run, named), run.updated, source, place)


def _not_begun(run: Run) -> str:
    """The state of a run of which no job is known to have started, in words; empty for other runs."""
    if run.status in _NOT_BEGUN:
        return f"is {run.status}"
    # Most workflows triggered by comments are skipped, many times a day.
    # GitHub has lost sight of a stale run.
    states = {"skipped": "is skipped", "action_required": "needs an approval to run", "stale": "is stale"}
    return states.get(run.conclusion, "")


def _ended(run: Run, named: NamedRun) -> Fact:
    if run.conclusion == "success":
        return run_succeeded(named)
    if run.conclusion in _FAILED:
        # GitHub does not record who cancelled it.
        return run_failed(named, _FAILED[run.conclusion], "" if run.conclusion == "cancelled" else None)
    return run_mentioned(named, f"ends: {run.conclusion}")


def _path(run: Run, place: Place) -> str:
    return f"{place.path}/actions/runs/{run.id}"


def _named(run: Run, attempt: int, place: Place) -> NamedRun:
    number = f"Run {run.number}" if run.number else f"Run {run.id}"
    again = f"(attempt {attempt})" if attempt > 1 else ""
    called = " ".join(filter(None, (number, again, f'"{run.name}"' if run.name else "")))
    return NamedRun(
        place.of_run(run),
        f"{place.settings.api_url}{_path(run, place)}/attempts/{attempt}",
        f"{called} of {place.repository}",
        (f"{run.event} {run.branch}".strip(), run.sha[:7]),
        run.actor if attempt == run.attempt else run.first_actor,
    )


def _event(run: Run, attempt: int, fact: Fact, at: datetime, source: str, place: Place) -> Event:
    return report(
        fact,
        Moment(at, at + TRUNCATED),
        source=source,
        native_id=f"run/{run.id}/attempt/{attempt}",
        keys=Identity(
            run=run.id, run_number=run.number, commit=run.sha, repository=place.repository, version=run.version
        ),
        actor=run.actor if attempt == run.attempt else run.first_actor,
        url=run.url,
        query=f"GET {place.settings.api_url}{_path(run, place)}",
    )
