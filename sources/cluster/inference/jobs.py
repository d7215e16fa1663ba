"""Jobs that failed."""

from collections.abc import Iterator
from typing import Any

from collector.event import Event, Subject
from sources.cluster.facts import jobs as facts
from sources.cluster.facts.fact import report
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
    yield report(
        facts.job_failed(_subject(item, inventory), why),
        since,
        source=source,
        native_id=text(item, "metadata", "uid") or f"{namespace}/{name}",
        numbers={} if failed is None else {"failed": failed},
        query=f"/apis/batch/v1/namespaces/{namespace}/jobs/{name}",
    )


def _subject(item: dict[str, Any], inventory: Inventory) -> Subject:
    kind, owner = controller(item)
    name = text(item, "metadata", "name")
    service = service_of(strings(item, "metadata", "labels"), owner if kind == "CronJob" else name)
    return facts.job_subject(inventory.cluster, text(item, "metadata", "namespace"), name, service)
