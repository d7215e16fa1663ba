"""Jobs that ran for minutes: a migration, a report, a backup. A Job that is over quickly is not worth an Event.

A deleted Job is known only by the Events about it and its pods; one that still runs, by its object.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any

from msgspec import Struct, field

from collector.event import Event, Subject
from sources.cluster.event_objects import Record
from sources.cluster.facts.jobs import job_ran, job_subject
from sources.cluster.fields import condition, get, moment, text
from sources.cluster.inference.jobs import subject_of_job
from sources.cluster.inventory import Inventory, Key
from sources.fact import Moment, report

_LONG = timedelta(minutes=2)
_CREATED = "Created pod: "
_COMPLETES, _FAILS, _STOPPED = "completes", "fails", "is stopped"


class _Run(Struct):
    subject: Subject
    started: Moment | None = None
    ended: Moment | None = None
    end: str = ""
    pods: set[str] = field(default_factory=set)
    listed: bool = False
    """Whether its object was listed, so it is still running if it has not ended."""

    def over(self, at: Moment | None, end: str) -> None:
        """Record an end; a report of the Job itself takes precedence over what happened to its pods."""
        if at is not None and (self.ended is None or self.end == _STOPPED):
            self.ended, self.end = at, end


def job_runs(inventory: Inventory, records: Iterable[Record], source: str) -> Iterator[Event]:
    """One Event for each Job that is known to have run for two minutes or more, at its start.

    `numbers["seconds"]` is how long it ran; absent if it was still running when it was listed.
    """
    runs = _listed(inventory)
    stopped: list[Record] = []
    for record in records:
        if record.kind == "Job":
            _note(runs, record, inventory.cluster)
        elif record.kind == "Pod" and record.reason == "Killing":
            stopped.append(record)
    of = {(key[0], pod): run for key, run in runs.items() for pod in run.pods}
    for record in stopped:
        if (run := of.get((record.about_namespace, record.about))) is not None:
            run.over(record.first, _STOPPED)
    for (namespace, name), run in sorted(runs.items()):
        until = run.ended.earliest if run.ended else inventory.listed if run.listed else None
        if run.started is None or until is None or until - run.started.latest < _LONG:
            continue
        seconds = (until - run.started.earliest).total_seconds() if run.ended else None
        yield report(
            job_ran(run.subject, seconds, run.end or f"still runs at {until:%H:%M} UTC"),
            run.started,
            source=source,
            native_id=f"{namespace}/{name}/ran",
            numbers={} if seconds is None else {"seconds": seconds},
            query=f"/apis/batch/v1/namespaces/{namespace}/jobs/{name}",
        )


def _listed(inventory: Inventory) -> dict[Key, _Run]:
    """The Jobs that exist, by namespace and name."""
    found: dict[Key, _Run] = {}
    for item in inventory.raw_objects.get("jobs", []):
        if name := text(item, "metadata", "name"):
            begun = moment(get(item, "status", "startTime"))
            run = _Run(subject_of_job(item, inventory.cluster), begun, listed=begun is not None)
            run.over(moment(get(item, "status", "completionTime")), _COMPLETES)
            run.over(_failed(item), _FAILS)
            found[text(item, "metadata", "namespace"), name] = run
    return found


def _failed(item: Mapping[str, Any]) -> Moment | None:
    state = condition(item, "Failed")
    return moment(state.get("lastTransitionTime")) if state.get("status") == "True" else None


def _note(runs: dict[Key, _Run], record: Record, cluster: str) -> None:
    key = (record.about_namespace, record.about)
    if key not in runs:
        if record.reason != "SuccessfulCreate":
            return
        runs[key] = _Run(job_subject(cluster, *key, record.about))
    run = runs[key]
    if record.reason == "SuccessfulCreate":
        run.pods.add(record.message.removeprefix(_CREATED))
        run.started = min(run.started or record.first, record.first)
    elif record.reason == "Completed":
        run.over(record.first, _COMPLETES)
    elif record.reason in ("BackoffLimitExceeded", "DeadlineExceeded"):
        run.over(record.first, _FAILS)
