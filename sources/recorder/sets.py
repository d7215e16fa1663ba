"""Earlier rollouts of StatefulSets and DaemonSets, which only a recording can show.

A list shows only the pods and the end of the latest rollout. So each time that the status reports a finished rollout,
its workload is read as it would have been listed at that moment.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from collector.event import Event, Kind
from collector.source import Document
from sources.cluster.build_inventory import build_inventory
from sources.cluster.event_objects import Record
from sources.cluster.fields import controller, text
from sources.cluster.inference.revision_history import revision_histories
from sources.cluster.inference.sets import set_events
from sources.cluster.inventory import Inventory
from sources.cluster.revisions import KINDS, Workload, workload
from sources.recorder.sequence import last_item, with_first_ready
from sources.recorder.versions import Recorded, Version, listing

_WANTED = (Kind.POD_READY, Kind.ROLLOUT_COMPLETED, Kind.ROLLBACK_COMPLETED, Kind.ROLLOUT_PAUSED)
_OWNED = ("controllerrevisions", "pods")
_Owner = tuple[str, str, str, str]
"""Resource, then namespace, kind and name of the workload."""
_SOON = timedelta(seconds=2)
"""All watches see the parts of one change within this time."""


def set_sequence(recorded: Recorded, records: Sequence[Record], source: str) -> Iterator[Event]:
    """The ready pods and the end of every finished rollout, and pauses caused by update strategies."""
    owned = _owned(recorded)
    for kind in KINDS:
        for versions in recorded.objects.get(f"{kind.lower()}s", {}).values():
            for item, at in _settled(versions, kind):
                listings = _then(owned, kind, item, at)
                inventory = Inventory(cluster=recorded.name)
                # Unreadable objects were already reported for their last versions.
                for _ in build_inventory(listings, inventory, []):
                    pass
                until = [record for record in records if record.first.earliest <= at]
                for history in revision_histories(inventory, until).values():
                    found = set_events(history, inventory, source)
                    yield from (event for event in found if event.kind in _WANTED)


def _settled(versions: Sequence[Version], kind: str) -> Iterator[tuple[dict[str, Any], datetime]]:
    """Every time that a rollout was finished, or held by its strategy, with all pods ready.

    Each comes with a time until which nothing else began.
    """
    before = False
    for index, version in enumerate(versions):
        now = any(_is_settled(found) for found in _read(version, kind))
        if now and not before and version.item is not None:
            later = versions[index + 1].seen if index + 1 < len(versions) else version.seen + _SOON
            yield version.item, min(later, version.seen + _SOON)
        before = now


def _read(version: Version, kind: str) -> Iterable[Workload]:
    try:
        return list(workload(version.item, kind)) if version.item is not None else ()
    except (KeyError, TypeError, ValueError, AttributeError):
        return ()


def _is_settled(found: Workload) -> bool:
    over = found.finished or (bool(found.held) and found.updated == found.moves)
    return over and found.observed and found.replicas == found.ready


def _owned(recorded: Recorded) -> Mapping[_Owner, list[Sequence[Version]]]:
    """The revisions and the pods of every workload."""
    found: dict[_Owner, list[Sequence[Version]]] = {}
    for call in _OWNED:
        for versions in recorded.objects.get(call, {}).values():
            own = last_item(versions)
            if own is not None:
                found.setdefault((call, text(own, "metadata", "namespace"), *controller(own)), []).append(versions)
    return found


def _then(
    owned: Mapping[_Owner, list[Sequence[Version]]], kind: str, item: dict[str, Any], at: datetime
) -> Iterator[Document]:
    """The workload, its revisions and its pods as they were at that time."""
    namespace, name = text(item, "metadata", "namespace"), text(item, "metadata", "name")
    yield listing(f"{kind.lower()}s", at, [item])
    for call in _OWNED:
        found = []
        for versions in owned.get((call, namespace, kind, name), ()):
            until = [version for version in versions if version.seen <= at]
            own = last_item(until)
            if own is not None and not until[-1].gone:
                found.append(with_first_ready(own, until))
        yield listing(call, at, found)
