"""Workloads that were deleted while they were recorded."""

from collections.abc import Iterator, Sequence

from collector.event import Event
from sources.cluster.facts.workloads import DELETABLE, workload_deleted
from sources.cluster.fields import get, moment, text
from sources.cluster.inventory import Inventory
from sources.cluster.workload_deletions import deleted_subject
from sources.fact import Moment, report
from sources.recorder.versions import Recorded, Version


def deletion_events(recorded: Recorded, inventory: Inventory, source: str) -> Iterator[Event]:
    """One Event per deleted object, between the last time it was known to exist and the first time it did not."""
    for resource, kind in DELETABLE.items():
        for uid, versions in recorded.objects.get(resource, {}).items():
            yield from _deletion(recorded, (resource, kind), (uid, versions), inventory, source)


def _deletion(
    recorded: Recorded,
    of: tuple[str, str],
    known: tuple[str, Sequence[Version]],
    inventory: Inventory,
    source: str,
) -> Iterator[Event]:
    (resource, kind), (uid, versions) = of, known
    end = next((version for version in versions if version.gone), None)
    items = [version.item for version in versions if version.item is not None]
    if end is None or not items:
        return
    namespace, name = text(items[-1], "metadata", "namespace"), text(items[-1], "metadata", "name")
    # An object with finalizers stays after the deletion request until they are done.
    asked = next((at for item in items if (at := moment(get(item, "metadata", "deletionTimestamp")))), None)
    when = asked or Moment(recorded.gone_since(resource, namespace, versions, end), end.seen)
    group = "" if resource in ("services", "namespaces") else "apps"
    yield report(
        workload_deleted(deleted_subject(inventory, namespace, kind, name), kind, name),
        when,
        source=source,
        native_id=f"{uid}/deleted",
        # The recorder sees it at once, unless it was not running.
        at=when.earliest if asked else when.latest,
        query=f"{'/apis/' + group if group else '/api'}/v1/namespaces/{namespace}/{resource}/{name}",
    )
