"""Event objects (core/v1): what they say, about whom, and when."""

import functools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from types import MappingProxyType
from typing import Any

from collector.event import Event, Kind, Subject
from sources.cluster.event_kinds import OWNERS, trouble
from sources.cluster.facts import containers, pods, volumes, warnings
from sources.cluster.facts.fact import Fact, report
from sources.cluster.fields import Moment, count, get, line, moment, text
from sources.cluster.inventory import Attribution, Inventory

_DELETED = re.compile(r"Deleted pod: (\S+)|delete Pod (\S+) in StatefulSet \S+ successful")
_CREATED = re.compile(r"Created pod: (\S+)|create Pod (\S+) in StatefulSet \S+ successful")
_ASSIGNED = re.compile(r"Successfully assigned \S+ to (\S+)")
_COMBINED = "(combined from similar events): "
_GRACE = timedelta(seconds=30)
"""The grace period of a pod whose template is not known: Kubernetes' default."""
_WORDS = {
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
    warning: bool = False
    """Who reports it calls it a warning."""
    similar: Moment | None = None
    """Since when others like it were counted in it, if it stands for those too: only the last of them is known."""

    @property
    def pod(self) -> str:
        """The pod it is about, also where its controller reports it; empty if it is about no pod."""
        if self.kind == "Pod":
            return self.about
        if self.kind not in OWNERS:
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
        warning=item.get("type") == "Warning",
        similar=min(known) if combined else None,
    )


def _shared(value: Any, key: str) -> str:
    """A text that many Events have in common: kept and looked at once, as there may be tens of thousands of them."""
    found = value.get(key) if isinstance(value, dict) else None
    return _line(found) if isinstance(found, str) else ""


_line = functools.lru_cache(maxsize=20_000)(line)


def meaning(record: Record) -> Kind:
    """What an Event means on its own; the scaling of ReplicaSets has its meaning from its rollout."""
    if record.kind in OWNERS and record.reason == "SuccessfulDelete" and _DELETED.fullmatch(record.message):
        return Kind.POD_TERMINATED
    if record.kind == "HorizontalPodAutoscaler" and record.reason == "SuccessfulRescale":
        return Kind.SCALED
    known = trouble(record.kind, record.reason, record.message)
    return known or (Kind.WARNING if record.warning else Kind.OTHER)


def to_event(record: Record, source: str, inventory: Inventory, kind: Kind | None = None) -> Event:
    """The Event of one Event object: all of it, from the first occurrence to the last.

    `kind` is what it means together with other evidence, if that is not what it means on its own.
    """
    kind = meaning(record) if kind is None else kind
    attribution = _attribution(record, inventory)
    alone = kind in (Kind.OTHER, Kind.WARNING)
    first = record.first if record.similar is None or not alone else record.similar
    latest = max(record.first.latest, record.last.latest)
    if kind == Kind.POD_TERMINATED:
        # The kubelet reports the first container it stops; the pod is gone after its grace period at the latest.
        latest = max(latest, record.first.latest + (_GRACE if attribution.grace is None else attribution.grace))
    # How often the kubelet waited is not how often a container ended.
    numbers = {"back_offs": record.count} if kind == Kind.POD_CRASH_LOOP else _counted(record.count)
    return report(
        _fact(record, kind, attribution.subject, inventory.cluster),
        Moment(first.earliest, latest),
        source=source,
        native_id=record.uid,
        keys=attribution.keys,
        numbers=numbers,
        query=path(record),
        reason=record.reason,
    )


def _fact(record: Record, kind: Kind, subject: Subject, cluster: str) -> Fact:
    """The same fact as other evidence of it reports."""
    others = f", the last of {record.count} similar ones" if record.similar else ""
    why = f"{record.reason}: {record.message}{others}"
    # What one recorder counts as one Event: the same wherever Events are kept.
    key = f"{cluster}/{record.about_namespace}/{record.kind}/{record.about}/{record.reason}/{record.message}"
    if kind == Kind.POD_SCHEDULED:
        node = _ASSIGNED.fullmatch(record.message)
        return pods.scheduled(subject, node[1] if node else "")
    if kind == Kind.POD_EVICTED:
        return pods.evicted(subject, why=why)
    if kind == Kind.POD_UNSCHEDULABLE:
        return pods.unschedulable(subject, why)
    if kind == Kind.POD_UNREADY:
        return pods.unready(subject, why)
    if kind == Kind.POD_NOT_READY:
        return pods.not_ready(subject, why)
    if kind == Kind.POD_TERMINATED:
        return pods.terminated(subject, quoted=summary(record))
    if kind == Kind.POD_START_FAILED:
        about = subject if subject.workload else replace(subject, workload=f"{record.kind}/{record.about}")
        return pods.start_failed(subject if subject.pod else about, why)
    if kind == Kind.POD_IMAGE_FAILED:
        return containers.image_failed(subject, f"an image cannot be pulled ({why})")
    if kind == Kind.POD_CRASH_LOOP:
        return containers.crash_loop(subject, "", why)
    if kind == Kind.POD_KILLED:
        return containers.killed_for_probe(subject, why, key)
    if kind == Kind.POD_OOM_KILLED:
        return containers.killed_for_memory(subject, "", "", None, f"a container ran out of memory ({why})", key)
    if kind == Kind.VOLUME_UNBOUND:
        return volumes.unbound(subject, record.about, why)
    if kind == Kind.WARNING:
        return warnings.warning(subject, summary(record), key)
    if kind == Kind.JOB_FAILED:
        key = f"{cluster}/{record.about_namespace}/{record.kind}/{record.about}/failed"
    return Fact(kind, subject, summary(record, kind), key)


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


def subject_of(record: Record, inventory: Inventory) -> Subject:
    """What an Event is about."""
    return _attribution(record, inventory).subject


def _attribution(record: Record, inventory: Inventory) -> Attribution:
    return inventory.attribution(record.about_namespace, record.kind, record.about, record.pod, record.about_uid)
