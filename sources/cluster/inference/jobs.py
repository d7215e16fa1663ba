"""Jobs that failed."""

from collections.abc import Iterator
from typing import Any

from collector.event import Event, Kind, Subject
from sources.cluster.fields import condition, controller, count, moment, strings, text
from sources.cluster.inventory import Inventory, service_of


def job_events(inventory: Inventory, source: str) -> Iterator[Event]:
    """One Event per Job that failed for good."""
    for item in inventory.others.get("jobs", []):
        yield from job_failed(item, inventory, source)


def job_failed(item: dict[str, Any], inventory: Inventory, source: str) -> Iterator[Event]:
    """That this Job failed, if it did; `numbers["failed"]` is how many of its pods did.

    Its service is that of the CronJob that made it, so that all nights of a nightly Job are the same.
    """
    state = condition(item, "Failed")
    since = moment(state.get("lastTransitionTime"))
    name, namespace = text(item, "metadata", "name"), text(item, "metadata", "namespace")
    if not name or since is None or state.get("status") != "True":
        return
    why = ": ".join(part for part in (text(state, "reason"), text(state, "message")) if part)
    failed = count(item, "status", "failed")
    yield Event(
        kind=Kind.JOB_FAILED,
        at=since.earliest,
        earliest=since.earliest,
        latest=since.latest,
        summary=f"Job {name} failed ({why or 'no reason given'})",
        source=source,
        native_id=text(item, "metadata", "uid") or f"{namespace}/{name}",
        subject=_subject(item, inventory),
        numbers={} if failed is None else {"failed": failed},
        query=f"/apis/batch/v1/namespaces/{namespace}/jobs/{name}",
        fact=f"{inventory.cluster}/{namespace}/Job/{name}/failed",
    )


def _subject(item: dict[str, Any], inventory: Inventory) -> Subject:
    kind, owner = controller(item)
    name = owner if kind == "CronJob" else text(item, "metadata", "name")
    return Subject(
        service=service_of(strings(item, "metadata", "labels"), name),
        cluster=inventory.cluster,
        namespace=text(item, "metadata", "namespace"),
        workload=f"Job/{text(item, 'metadata', 'name')}",
    )
