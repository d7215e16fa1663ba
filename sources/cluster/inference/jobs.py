"""Jobs that failed, from their objects."""

from collections.abc import Iterator, Mapping
from typing import Any

from collector.event import Event, Subject
from sources.cluster.facts.jobs import job_subject
from sources.cluster.fields import controller, strings, text
from sources.cluster.inventory import Inventory, service_of
from sources.cluster.job_history import JobHistory, job_state
from sources.fact import report


def job_events(inventory: Inventory, source: str) -> Iterator[Event]:
    """One Event per Job that failed for good; `numbers["failed"]` is how many of its pods did."""
    for item in inventory.raw_objects.get("jobs", []):
        state = job_state(item)
        if state.since is None or not text(item, "metadata", "name"):
            continue
        history = JobHistory[None](subject_of_job(item, inventory.cluster))
        history.add(state, state.since, None)
        for failure in history.failures():
            place = (text(item, "metadata", "namespace"), text(item, "metadata", "name"))
            yield report(
                failure.fact,
                failure.when,
                source=source,
                native_id=text(item, "metadata", "uid") or "/".join(place),
                numbers=failure.numbers,
                query="/apis/batch/v1/namespaces/{}/jobs/{}".format(*place),
            )


def subject_of_job(item: Mapping[str, Any], cluster: str) -> Subject:
    """The subject of facts about a Job."""
    kind, owner = controller(item)
    name = text(item, "metadata", "name")
    service = service_of(strings(item, "metadata", "labels"), owner if kind == "CronJob" else name)
    return job_subject(cluster, text(item, "metadata", "namespace"), name, service)
