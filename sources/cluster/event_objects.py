"""Event objects (core/v1): what they say, about whom, and when."""

import functools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Any

from collector.event import Event, Kind, Subject
from sources.cluster.event_kinds import trouble
from sources.cluster.fields import Moment, count, get, line, moment, text
from sources.cluster.inventory import Attribution, Inventory

_DELETED = re.compile(r"Deleted pod: (\S+)|delete Pod (\S+) in StatefulSet \S+ successful")
_CREATED = re.compile(r"Created pod: (\S+)|create Pod (\S+) in StatefulSet \S+ successful")
_COMBINED = "(combined from similar events): "
_GRACE = timedelta(seconds=30)
"""The grace period of a pod whose template is not known: Kubernetes' default."""
_OWNERS = ("ReplicaSet", "StatefulSet", "DaemonSet")
_KNOWN_AS = {
    Kind.POD_EVICTED: "evicted",
    Kind.POD_UNSCHEDULABLE: "unschedulable",
    Kind.POD_UNREADY: "unready",
    Kind.POD_SCHEDULED: "scheduled",
    Kind.JOB_FAILED: "failed",
}
"""What the objects themselves tell as well; see `pods` and `jobs`."""
_WORDS = {
    Kind.POD_EVICTED: " is evicted",
    Kind.POD_UNSCHEDULABLE: " cannot be scheduled",
    Kind.POD_IMAGE_FAILED: ": an image cannot be pulled",
    Kind.POD_CRASHED: ": a container crashes again and again",
    Kind.POD_KILLED: ": a container is killed for failing its probe",
    Kind.POD_UNREADY: " is not ready any more",
    Kind.JOB_FAILED: " failed",
    Kind.NODE_NOT_READY: " is not ready",
    Kind.NODE_READY: " is ready",
}


@dataclass(frozen=True, slots=True)
class Record:
    """One Event object. It may stand for many occurrences, of which only the first and the last have a time."""

    namespace: str
    name: str
    uid: str
    reason: str
    message: str
    kind: str
    """Kind of the object it is about, then that object's namespace and name."""
    about_namespace: str
    about: str
    about_uid: str
    first: Moment
    last: Moment
    count: int
    """At least this many: recorders drop Events when there are many."""
    host: str = ""
    """The node whose kubelet says it; empty if no kubelet does."""
    similar: Moment | None = None
    """Since when others like it were counted in it, if it stands for those too: only the last of them is known."""

    @property
    def pod(self) -> str:
        """The pod it is about, also where its controller reports it; empty if it is about no pod."""
        if self.kind == "Pod":
            return self.about
        if self.kind not in _OWNERS:
            return ""
        match = _CREATED.fullmatch(self.message) or _DELETED.fullmatch(self.message)
        return match[1] or match[2] if match else ""


def read_record(item: dict[str, Any]) -> Iterator[Record]:
    """Read one Event object.

    There are two recorders. The old one (kubelet, most controllers) fills firstTimestamp and lastTimestamp to the
    second and counts in `count`; the new one (scheduler) fills eventTime to the microsecond, leaves the other two
    null, and counts in `series`. So every time that is there counts.

    From the tenth message in ten minutes that differs from the others in its words alone, the old recorder writes all
    into one Event that keeps the last message only (client-go, tools/record/events_cache.go).
    """
    known_as, about, series = item.get("metadata"), item.get("involvedObject"), item.get("series")
    stamps = (get(series, "lastObservedTime"), *map(item.get, ("lastTimestamp", "firstTimestamp", "eventTime")))
    known = [at for at in map(moment, stamps) if at]
    if not known:
        known = [at for at in (moment(get(known_as, "creationTimestamp")),) if at]
    if not known:
        raise ValueError("an Event without any time")
    namespace, name = _shared(known_as, "namespace"), text(known_as, "name")
    if not name:
        raise ValueError("an Event without a name")
    kind = _shared(about, "kind")
    message = text(item, "message")
    combined = message.startswith(_COMBINED)
    yield Record(
        namespace=namespace,
        name=name,
        uid=text(known_as, "uid") or f"{namespace}/{name}",
        reason=_shared(item, "reason"),
        message=message.removeprefix(_COMBINED),
        kind=kind,
        # Events about Nodes and other things without a namespace are stored in `default`.
        about_namespace=_shared(about, "namespace") if kind else namespace,
        about=_shared(about, "name"),
        about_uid=_shared(about, "uid"),
        first=max(known) if combined else min(known),
        last=max(known),
        count=count(series, "count") or count(item, "count") or 1,
        host=_shared(item.get("source"), "host"),
        similar=min(known) if combined else None,
    )


def _shared(value: Any, key: str) -> str:
    """A text that many Events have in common: kept and looked at once, as there may be tens of thousands of them."""
    found = value.get(key) if isinstance(value, dict) else None
    return _line(found) if isinstance(found, str) else ""


_line = functools.lru_cache(maxsize=20_000)(line)


def meaning(record: Record) -> Kind:
    """What an Event means on its own; the scaling of ReplicaSets has its meaning from its rollout."""
    if record.kind in _OWNERS and record.reason == "SuccessfulDelete" and _DELETED.fullmatch(record.message):
        return Kind.POD_TERMINATED
    if record.kind == "HorizontalPodAutoscaler" and record.reason == "SuccessfulRescale":
        return Kind.SCALED
    return trouble(record.kind, record.reason, record.message)


def to_event(record: Record, source: str, inventory: Inventory) -> Event:
    """The Event of one Event object: all of it, from the first occurrence to the last."""
    kind = meaning(record)
    attribution = _attribution(record, inventory)
    first = record.first if record.similar is None or kind != Kind.OTHER else record.similar
    latest = max(record.first.latest, record.last.latest)
    # What one recorder counts as one Event: the same wherever Events are kept.
    fact = f"{inventory.cluster}/{record.about_namespace}/{record.kind}/{record.about}/{record.reason}/{record.message}"
    if kind == Kind.POD_TERMINATED:
        # The kubelet reports the first container it stops; the pod is gone after its grace period at the latest.
        fact = terminated(inventory, record.about_namespace, record.pod)
        latest = max(latest, record.first.latest + (_GRACE if attribution.grace is None else attribution.grace))
    elif kind in _KNOWN_AS:
        fact = _as_object(inventory, record, _KNOWN_AS[kind])
    return Event(
        kind=kind,
        at=first.earliest,
        earliest=first.earliest,
        latest=latest,
        summary=summary(record, kind),
        source=source,
        native_id=record.uid,
        subject=attribution.subject,
        keys=attribution.keys,
        numbers=_counted(record.count),
        query=path(record),
        fact=fact,
    )


@functools.lru_cache(maxsize=1000)
def _counted(count: int) -> Mapping[str, float]:
    return MappingProxyType({"count": count})


def summary(record: Record, kind: Kind = Kind.OTHER) -> str:
    """The Event in its own words; what it means first, if that is what objects tell in the same words."""
    others = f", the last of {record.count} similar ones" if record.similar else ""
    if kind in _WORDS:
        return f"{record.kind} {record.about}{_WORDS[kind]} ({record.reason}: {record.message}{others})"
    where = "/".join([part for part in (record.about_namespace, record.kind, record.about) if part])
    return f"{record.reason or 'Event'}: {record.message} ({where}{others})"


def path(record: Record) -> str:
    """Where the API server has the Event."""
    return f"/api/v1/namespaces/{record.namespace}/events/{record.name}"


def terminated(inventory: Inventory, namespace: str, pod: str) -> str:
    """The fact that this pod was terminated, whoever tells of it."""
    return f"{inventory.cluster}/{namespace}/Pod/{pod}/terminated"


def _as_object(inventory: Inventory, record: Record, word: str) -> str:
    """The fact that happened to the object, which the object itself tells as well."""
    return f"{inventory.cluster}/{record.about_namespace}/{record.kind}/{record.about}/{word}"


def subject_of(record: Record, inventory: Inventory) -> Subject:
    """Whose it is."""
    return _attribution(record, inventory).subject


def _attribution(record: Record, inventory: Inventory) -> Attribution:
    return inventory.attribution(record.about_namespace, record.kind, record.about, record.pod, record.about_uid)
