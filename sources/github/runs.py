"""What a workflow run reports: when it started, when it ended, and how."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from collector.event import SECOND, Event, Identity, Kind, Subject
from sources.github.items import Run
from sources.github.settings import GithubSettings

TRUNCATED = SECOND - timedelta(microseconds=1)
"""GitHub cuts its times to whole seconds: the truth is up to this much later."""
_ENDS = {
    "success": (Kind.RUN_SUCCEEDED, "succeeds"),
    "failure": (Kind.RUN_FAILED, "fails"),
    "timed_out": (Kind.RUN_FAILED, "times out"),
    "startup_failure": (Kind.RUN_FAILED, "fails to start"),
    "cancelled": (Kind.RUN_FAILED, "is cancelled"),
}


def events(run: Run, source: str, settings: GithubSettings) -> Iterator[Event]:
    """Start and end of the latest attempt; of earlier attempts only the first one's start is still known."""
    if run.conclusion == "skipped":
        # Nothing ran: most workflows that listen to comments end like this, many times a day.
        yield _event(run, run.attempt, Kind.OTHER, run.started, "is skipped", source, settings)
        return
    if run.attempt > 1:
        yield _event(run, 1, Kind.RUN_STARTED, run.created, "starts", source, settings)
    yield _event(run, run.attempt, Kind.RUN_STARTED, run.started, "starts", source, settings)
    if run.conclusion:
        kind, words = _ENDS.get(run.conclusion, (Kind.OTHER, f"ends: {run.conclusion}"))
        yield _event(run, run.attempt, kind, run.updated, words, source, settings)


def _event(
    run: Run, attempt: int, kind: Kind, at: datetime, words: str, source: str, settings: GithubSettings
) -> Event:
    path = f"/repos/{settings.repository}/actions/runs/{run.id}"
    actor = run.actor if attempt == run.attempt else run.first_actor
    number = f"Run {run.number}" if run.number else f"Run {run.id}"
    again = f"(attempt {attempt})" if attempt > 1 else ""
    called = " ".join(filter(None, (number, again, f'"{run.name}"' if run.name else "")))
    about = ", ".join(filter(None, (f"{run.event} {run.branch}".strip(), run.sha[:7])))
    return Event(
        kind=kind,
        at=at,
        earliest=at,
        latest=at + TRUNCATED,
        summary=f"{called} of {settings.repository} {words}"
        + (f" ({about})" if about else "")
        + (f" by {actor}" if actor else ""),
        source=source,
        native_id=f"run/{run.id}/attempt/{attempt}",
        subject=Subject(service=settings.service_name),
        keys=Identity(run=run.id, run_number=run.number, commit=run.sha, version=run.version),
        actor=actor,
        url=run.url,
        query=f"GET {settings.api_url}{path}",
        merge_key=f"{settings.api_url}{path}/attempts/{attempt}",
    )
