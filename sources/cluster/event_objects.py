"""Event objects (core/v1): what they report, about which object, and when."""

import functools
import re
from typing import Any

from msgspec import Struct

from sources.cluster.event_meanings import OWNERS, Meaning, trouble
from sources.cluster.fields import count, get, line, moment
from sources.fact import Moment

_DELETED = re.compile(r"Deleted pod: (\S+)|delete Pod (\S+) in StatefulSet \S+ successful")
_CREATED = re.compile(r"Created pod: (\S+)|create Pod (\S+) in StatefulSet \S+ successful")
_COMBINED = "(combined from similar events): "


class Record(Struct, frozen=True):
    """One Event object. It may stand for many occurrences, of which only the first and the last have a time."""

    namespace: str
    name: str
    uid: str
    reason: str
    message: str
    kind: str
    """Kind of the object that the Event is about; the next fields are that object's namespace, name and uid."""
    about_namespace: str
    about: str
    about_uid: str
    first: Moment
    last: Moment
    count: int
    """At least this many occurrences: recorders drop Events when there are many."""
    host: str = ""
    """The node of the kubelet that reports the Event; empty if it was not a kubelet."""
    warning: bool = False
    """Whether the reporter calls it a warning."""
    similar: Moment | None = None
    """If the Event also stands for similar ones: since when they were counted in it. Only the last of them is known."""

    @property
    def pod(self) -> str:
        """The pod that the Event is about, also if its controller reports it; empty if it is about no pod."""
        if self.kind == "Pod":
            return self.about
        if self.kind not in OWNERS:
            return ""
        match = _CREATED.fullmatch(self.message) or _DELETED.fullmatch(self.message)
        return match[1] or match[2] if match else ""


def read_record(item: dict[str, Any]) -> tuple[Record, ...]:
    """Read one Event object, into one record. Raises ValueError if it has no name or no time.

    There are two recorders. The old one (kubelet, most controllers) fills firstTimestamp and lastTimestamp to the
    second and counts in `count`; the new one (scheduler) fills eventTime to the microsecond, leaves the other two null,
    and counts in `series`. So every time that is present counts.

    From the tenth message in ten minutes that differs from the others only in its words, the old recorder writes all
    into one Event that keeps only the last message (client-go, tools/record/events_cache.go).
    """
    known_as, about, host = _fields(item, "metadata"), _fields(item, "involvedObject"), _fields(item, "source")
    series = item.get("series")
    first, last = _times(item, series, known_as)
    namespace, name = _shared(known_as.get("namespace")), _text(known_as.get("name"))
    if not name:
        raise ValueError("an Event without a name")
    kind = _shared(about.get("kind"))
    message = _text(item.get("message"))
    combined = message.startswith(_COMBINED)
    record = Record(
        namespace=namespace,
        name=name,
        uid=_text(known_as.get("uid")) or f"{namespace}/{name}",
        reason=_shared(item.get("reason")),
        message=message.removeprefix(_COMBINED) if combined else message,
        kind=kind,
        # Events about Nodes and other things without a namespace are stored in `default`.
        about_namespace=_shared(about.get("namespace")) if kind else namespace,
        about=_shared(about.get("name")),
        about_uid=_shared(about.get("uid")),
        first=last if combined else first,
        last=last,
        count=(count(series, "count") if series else 0) or count(item, "count") or 1,
        host=_shared(host.get("host")),
        warning=item.get("type") == "Warning",
        similar=first if combined else None,
    )
    return (record,)


def _times(item: dict[str, Any], series: object, known_as: dict[str, Any]) -> tuple[Moment, Moment]:
    """The first and the last time of an Event. Raises ValueError if there is none."""
    begun, ended = item.get("firstTimestamp"), item.get("lastTimestamp")
    # Most Events happened once.
    stamps = [ended, item.get("eventTime")] if begun == ended else [ended, begun, item.get("eventTime")]
    if series:
        stamps.append(get(series, "lastObservedTime"))
    known = [at for stamp in stamps if stamp and (at := moment(stamp))]
    if not known:
        known = [at for at in (moment(known_as.get("creationTimestamp")),) if at]
    if not known:
        raise ValueError("an Event without any time")
    return (known[0], known[0]) if len(known) == 1 else (min(known), max(known))


def _fields(item: dict[str, Any], part: str) -> dict[str, Any]:
    found = item.get(part)
    return found if isinstance(found, dict) else {}


def _text(found: object) -> str:
    return line(found) if isinstance(found, str) else ""


def _shared(found: object) -> str:
    """A text that many Events share: stored and cleaned once, as there may be tens of thousands of them."""
    return _line(found) if isinstance(found, str) else ""


_line = functools.lru_cache(maxsize=20_000)(line)


def meaning(record: Record) -> Meaning:
    """The meaning of an Event on its own. The scaling of a ReplicaSet gets its meaning from its rollout instead."""
    if record.kind in OWNERS and record.reason == "SuccessfulDelete" and _DELETED.fullmatch(record.message):
        return Meaning.TERMINATED
    if record.kind == "HorizontalPodAutoscaler" and record.reason == "SuccessfulRescale":
        return Meaning.AUTOSCALED
    known = trouble(record.kind, record.reason, record.message)
    return known or (Meaning.WARNING if record.warning else Meaning.NOTHING)


def summary(record: Record) -> str:
    """The Event's own message, with its reason and object."""
    where = "/".join([part for part in (record.about_namespace, record.kind, record.about) if part])
    return f"{record.reason or 'Event'}: {record.message} ({where}{others(record)})"


def others(record: Record) -> str:
    """`, the last of 12 similar ones`; empty if the Event stands only for its own occurrences."""
    return f", the last of {record.count} similar ones" if record.similar else ""


def path(record: Record) -> str:
    """The API path of the Event."""
    return f"/api/v1/namespaces/{record.namespace}/events/{record.name}"
