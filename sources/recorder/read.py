"""Reads recorded versions into Events: as a live cluster is read, and also by comparing successive versions."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from collector.event import Event, order
from collector.source import Document, Gap, Seen, each
from collector.window import Window
from sources.cluster.build_inventory import build_inventory
from sources.cluster.deployments import read_deployment, read_rollout
from sources.cluster.event_objects import Record
from sources.cluster.fields import count, text
from sources.cluster.inference.events import events_of
from sources.cluster.inference.nodes import events_of_nodes
from sources.cluster.inference.pods import recorded as recorded_of
from sources.cluster.inference.pods import scheduled_events
from sources.cluster.inference.unexplained import unexplained_stops
from sources.cluster.inventory import Inventory, Key, Sizes
from sources.cluster.lists import NAMES
from sources.cluster.rollout_states import State
from sources.cluster.writers import Write
from sources.recorder.coverage import covered
from sources.recorder.nodes import node_histories
from sources.recorder.sequence import (
    generations,
    last_item,
    once,
    pod_of,
    pod_sequence,
    records_of,
    states_of,
    with_first_ready,
)
from sources.recorder.sets import set_sequence
from sources.recorder.versions import Recorded, Version, listing, sorted_out
from sources.recorder.workload_deletions import deletion_events

_ROLLED = {"deployments": read_deployment, "rollouts": read_rollout}


def read(documents: Iterable[Document], window: Window, source: str) -> Iterator[Event | Gap | Seen]:
    """All Events of all clusters in order, then what could not be seen, and what could.

    The facts are those of the source `kubernetes`, so Events of both are merged.
    """
    records = sorted_out(documents, NAMES)
    events: list[Event] = []
    gaps: list[Gap] = [*records.gaps]
    at = records.at or window.end
    for _, recorded in sorted(records.clusters.items()):
        events += _events(recorded, window, source, at, gaps)
    yield from sorted(events, key=order)
    yield from gaps
    for _, recorded in sorted(records.clusters.items()):
        yield from covered(recorded, window, at)


def _events(recorded: Recorded, window: Window, source: str, at: datetime, gaps: list[Gap]) -> list[Event]:
    pods, *earlier = generations(recorded.objects.get("pods", {}))
    inventory = Inventory(cluster=recorded.name)
    listings = [listing(name, at, list(_items(recorded, name, pods))) for name in NAMES]
    gaps += build_inventory(listings, inventory, [])
    _take_states(recorded, inventory)
    inventory.sizes = _sizes(recorded)
    _take_ends(inventory, pods)
    records: list[Record] = []
    for found in each(list(recorded.objects.get("events", {}).values()), records_of, "events"):
        if isinstance(found, Gap):
            gaps.append(found)
        else:
            records.append(found)
    # Nodes are reported below, from all their versions.
    events = [
        event
        for event in events_of(inventory, records, source, listed_once=False)
        if not event.kind.startswith("node.")
    ]
    events += set_sequence(recorded, records, source)
    events += events_of_nodes(node_histories(recorded), inventory, records, source)
    events += deletion_events(recorded, inventory, source)
    gaps += unexplained_stops(records, window)
    recorded_events = recorded_of(records)
    for part in (pods, *earlier):
        items = (last_item(its) for its in part.values())
        known = [pod_of(item) for item in items if item is not None]
        then = replace(inventory, pods={pod.key: pod for pod in known}, _owned={}, _attribution={})
        events += scheduled_events(then, window, source)
        for its in part.values():
            events += pod_sequence(its, then, recorded_events, source)
    return once(events)


def _items(recorded: Recorded, name: str, pods: dict[str, Sequence[Version]]) -> Iterator[dict[str, Any]]:
    """The last seen version of every object, removed ones first, since existing objects may have their names now."""
    if name == "events":
        return
    of: Mapping[str, Sequence[Version]] = pods if name == "pods" else recorded.objects.get(name, {})
    for versions in sorted(of.values(), key=lambda versions: (not versions[-1].gone, versions[-1].number)):
        item = last_item(versions)
        if item is not None:
            yield with_first_ready(item, versions) if name == "pods" else item


def _take_ends(inventory: Inventory, pods: Mapping[str, Sequence[Version]]) -> None:
    """Mark pods that are gone."""
    for key, pod in inventory.pods.items():
        versions = pods.get(pod.uid)
        if versions and versions[-1].gone:
            inventory.pods[key] = replace(pod, gone=True)


def _sizes(recorded: Recorded) -> dict[Key, Sizes]:
    """The sizes of all ReplicaSets of one name together: a ReplicaSet that is made again has the same name."""
    found: dict[Key, list[tuple[datetime, int]]] = {}
    for versions in recorded.objects.get("replicasets", {}).values():
        known = [(version.seen, count(version.item, "spec", "replicas")) for version in versions]
        item = last_item(versions)
        if item is not None:
            key = text(item, "metadata", "namespace"), text(item, "metadata", "name")
            found.setdefault(key, []).extend((seen, size) for seen, size in known if size is not None)
    return {key: sorted(sizes, key=lambda one: one[0]) for key, sizes in found.items()}


def _take_states(recorded: Recorded, inventory: Inventory) -> None:
    """Give every Deployment all its past states and all writes to it; a list has only the latest."""
    states: dict[tuple[str, str], list[State]] = {}
    writes: dict[tuple[str, str], set[Write]] = {}
    for name, read_one in _ROLLED.items():
        for versions in recorded.objects.get(name, {}).values():
            items = [version.item for version in versions if version.item is not None]
            for found in each(items, read_one, name):
                if not isinstance(found, Gap):
                    states.setdefault(found.key, []).extend(found.states)
                    writes.setdefault(found.key, set()).update(found.writes)
    for key, known in states.items():
        if key in inventory.deployments:
            every = tuple(sorted(writes[key], key=lambda write: (write.at, write.manager)))
            inventory.deployments[key] = replace(inventory.deployments[key], states=states_of(known), writes=every)
