"""Facts that only the sequence of an object's versions shows: overwritten states, and when the object was gone."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from msgspec.structs import replace

from collector.event import Event, Kind
from collector.json_text import encode
from sources.cluster.event_objects import Record, read_record
from sources.cluster.fields import condition, controller, get, moment, objects, text
from sources.cluster.inference.pods import Recorded, instance
from sources.cluster.inventory import Inventory, Pod
from sources.cluster.pod_history import Evidence, Observation
from sources.cluster.pods import pod_events
from sources.cluster.rollout_states import State
from sources.fact import Moment
from sources.recorder.versions import Version

_SAME = timedelta(seconds=2)
"""Two stamps of one change may differ by this much."""
_Object = dict[str, Any]


def last_item(versions: Sequence[Version]) -> _Object | None:
    """The last known version of the object."""
    return next((version.item for version in reversed(versions) if version.item is not None), None)


def records_of(versions: Sequence[Version]) -> Iterator[Record]:
    """The Event object as Records: one, with its first and last occurrence.

    But counted steps of a rollout are all separate, as each may begin another rollout.
    """
    item = last_item(versions)
    if item is None:
        return
    if text(item, "reason") != "ScalingReplicaSet":
        yield from read_record(item)
        return
    before: Record | None = None
    for version in versions:
        for record in read_record(version.item) if version.item is not None else ():
            if before is None:
                yield record
            elif record.last > before.last:
                yield replace(record, uid=f"{record.uid}/{record.count}", first=record.last, count=1)
            before = record


def states_of(states: Iterable[State]) -> tuple[State, ...]:
    """Each past state of a Deployment once, in order."""
    kept: list[State] = []
    for state in sorted({*states}, key=lambda state: (state.at, state.what, state.why, state.replica_set)):
        alike = (other for other in reversed(kept) if other.what == state.what)
        same = next((other for other in alike if other.replica_set == state.replica_set), None)
        if same is None or state.at.earliest - same.at.earliest > _SAME:
            kept.append(state)
    return tuple(kept)


def pod_of(item: _Object) -> Pod:
    """The pod in one version."""
    made = moment(get(item, "metadata", "creationTimestamp"))
    key = (text(item, "metadata", "namespace"), text(item, "metadata", "name"))
    return Pod(key, text(item, "metadata", "uid"), controller(item), made, encode(item))


def times_ready(versions: Sequence[Version]) -> list[_Object]:
    """The condition Ready of each time that the pod became ready, in order."""
    found: dict[Moment, _Object] = {}
    for version in versions:
        state = condition(version.item, "Ready")
        since = moment(state.get("lastTransitionTime"))
        if since and state.get("status") == "True":
            found.setdefault(since, state)
    return [found[since] for since in sorted(found)]


def with_first_ready(item: _Object, versions: Sequence[Version]) -> _Object:
    """The object with its first readiness; `pod_sequence` reports later changes."""
    first = times_ready(versions)[:1]
    if not first:
        return item
    others = [each for each in objects(item, "status", "conditions") if each.get("type") != "Ready"]
    status = item.get("status")
    return {**item, "status": {**(status if isinstance(status, dict) else {}), "conditions": [*others, *first]}}


def pod_sequence(versions: Sequence[Version], inventory: Inventory, known: Recorded, source: str) -> Iterator[Event]:
    """All Events that the versions of a pod show together, with each return to readiness, and its end."""
    pods = [pod_of(version.item) for version in versions if version.item is not None]
    if not pods:
        return
    end = next((version for version in versions if version.gone), None)
    again = [since for state in times_ready(versions)[1:] if (since := moment(state.get("lastTransitionTime")))]
    found = instance(pods, inventory, known, end.seen if end else inventory.listed, again)
    if end and found.stop_requested is None:
        found.stop_requested = _removed(pods[-1], versions, end)
    yield from pod_events(found, source)


def _removed(pod: Pod, versions: Sequence[Version], end: Version) -> Observation:
    """Its removal without a request that was seen: at once, or while nothing was watched."""
    namespace, name = pod.key
    before = max((version.seen for version in versions if version.number < end.number), default=end.seen)
    return Observation(
        when=Moment(min(end.since or before, end.seen), end.seen),
        evidence=Evidence(f"{pod.uid}/removed", f"/api/v1/namespaces/{namespace}/pods/{name}"),
        how="was removed" + (" by then" if end.since else ""),
        at=end.seen,
    )


def once(events: Iterable[Event]) -> list[Event]:
    """Each Event once: if several versions show it, the most exact one is kept.

    Events with the same id at different times get ids of their own.
    """
    by_id: dict[tuple[Kind, str], list[Event]] = {}
    for event in events:
        by_id.setdefault((event.kind, event.native_id), []).append(event)
    return [each for alike in by_id.values() for each in _apart(alike)]


def _apart(alike: Sequence[Event]) -> Iterator[Event]:
    kept: list[Event] = []
    for event in sorted(alike, key=lambda event: (event.earliest, event.latest - event.earliest, event.latest)):
        same = next((i for i, other in enumerate(kept) if event.earliest <= other.latest), None)
        if same is None:
            kept.append(event)
        elif event.latest - event.earliest < kept[same].latest - kept[same].earliest:
            kept[same] = event
    yield from kept[:1]
    for event in kept[1:]:
        yield replace(event, native_id=f"{event.native_id}/{event.at:%Y-%m-%dT%H:%M:%SZ}")


def generations(pods: Mapping[str, Sequence[Version]]) -> list[dict[str, Sequence[Version]]]:
    """The pods by uid, in parts without duplicate names; the first part has the youngest pod of each name."""
    parts: list[dict[str, Sequence[Version]]] = [{}]
    taken: list[set[tuple[str, str]]] = [set()]
    for uid, versions in sorted(pods.items(), key=lambda one: (-one[1][-1].number, one[0])):
        item = last_item(versions)
        key = pod_of(item).key if item is not None else ("", uid)
        at = next((i for i, names in enumerate(taken) if key not in names), len(taken))
        if at == len(taken):
            parts.append({})
            taken.append(set())
        parts[at][uid] = versions
        taken[at].add(key)
    return parts
