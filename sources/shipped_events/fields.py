"""From a shipped record, whatever its shape, back to an Event object (core/v1)."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec import Struct

from sources.cluster.fields import integer

EXPORTER: Mapping[str, str] = {
    "namespace": "metadata.namespace",
    "name": "metadata.name",
    "uid": "metadata.uid",
    "created": "metadata.creationTimestamp",
    "kind": "involvedObject.kind",
    "object": "involvedObject.name",
    "object_namespace": "involvedObject.namespace",
    "object_uid": "involvedObject.uid",
    "reason": "reason",
    "message": "message",
    "type": "type",
    "count": "count",
    "first": "firstTimestamp",
    "last": "lastTimestamp",
    "time": "eventTime",
    "series_count": "series.count",
    "series_last": "series.lastObservedTime",
    "component": "source.component",
    "host": "source.host",
    "reporter": "reportingComponent",
}
"""kubernetes-event-exporter without a `layout`: the Event object itself (github.com/resmoio, pkg/kube/event.go)."""
ALLOY: Mapping[str, str] = {
    "namespace": "stream.namespace",
    "object_namespace": "stream.namespace",
    "kind": "kind",
    "object": "name",
    "reason": "reason",
    "message": "msg",
    "type": "type",
    "count": "count",
    "component": "sourcecomponent",
    "host": "sourcehost",
    "reporter": "reportingcontroller",
}
"""loki.source.kubernetes_events of Grafana Alloy and Agent, logfmt or JSON; `stream` holds the labels in Loki. It
ships no uid and no times: the time of the line is that of the last occurrence.
"""
FIELDS = tuple(EXPORTER)
"""Ours, which may be mapped."""
TIMES = ("series_last", "last", "time", "first", "created")
"""Those that hold a time, the one that is nearest to the last occurrence first."""

_ZEROS = re.compile(r"\.0+(?=[Zz+-])")
_CREATES = re.compile(r"(?:Created|Deleted) pod: (\S+)-[a-z0-9]{5}")
_CONTROLLERS = {
    "deployment-controller": "Deployment",
    "replicaset-controller": "ReplicaSet",
    "statefulset-controller": "StatefulSet",
    "daemonset-controller": "DaemonSet",
    "daemon-controller": "DaemonSet",
    "job-controller": "Job",
    "cronjob-controller": "CronJob",
    "horizontal-pod-autoscaler": "HorizontalPodAutoscaler",
    "default-scheduler": "Pod",
    "node-controller": "Node",
}
_OF_PODS = re.compile(
    "Scheduled|FailedScheduling|Preempted|Evicted|Pulling|Pulled|Created|Started|Killing|BackOff|Unhealthy|ProbeWarning|"
    "Failed|FailedMount|FailedCreatePodSandBox|SandboxChanged"
)
_NOWHERE = frozenset({"Node", "PersistentVolume", "Namespace"})
"""Kinds that are in no namespace; their Events are stored in `default`."""


class Shipped(Struct, frozen=True):
    """One record as it is kept."""

    record: Mapping[str, Any]
    where: str
    """Where a person finds it: a query, or a path."""
    nanoseconds: int | None = None
    """Unix time that the store keeps it under, if that is when the Event last happened."""


def event_object(shipped: Shipped, fields: Mapping[str, str]) -> dict[str, Any]:
    """The Event object, as far as the record has its fields. Raises ValueError if it is about nothing."""
    found = {field: at(shipped.record, path) for field, path in fields.items() if path}
    texts = {field: value if isinstance(value, str) else "" for field, value in found.items()}
    name, about, kind = texts.get("name", ""), texts.get("object", ""), texts.get("kind", "")
    if not about:
        # The exporter loses the object if it is gone by then; an Event is called after it, and some hex digits.
        about = name.rpartition(".")[0]
        kind = kind or _kind(texts, about)
    if not about or not (texts.get("reason") or texts.get("message")):
        raise ValueError("a record that is no Event")
    namespace = texts.get("namespace") or texts.get("object_namespace", "")
    stamps = {field: _stamp(found.get(field)) for field in TIMES}
    if not any(stamps.values()) and shipped.nanoseconds is not None:
        stamps |= _own_time(shipped.nanoseconds)
    return {
        "metadata": {
            "namespace": namespace,
            "name": name,
            "uid": texts.get("uid", ""),
            "creationTimestamp": stamps["created"],
        },
        "involvedObject": {
            "kind": kind,
            "namespace": texts.get("object_namespace") or ("" if kind in _NOWHERE else namespace),
            "name": about,
            "uid": texts.get("object_uid", ""),
        },
        "reason": texts.get("reason", ""),
        "message": texts.get("message", ""),
        "type": texts.get("type", ""),
        "count": _number(found.get("count")),
        "series": {"count": _number(found.get("series_count")), "lastObservedTime": stamps["series_last"]},
        "firstTimestamp": stamps["first"],
        "lastTimestamp": stamps["last"],
        "eventTime": stamps["time"],
    }


def at(value: Any, path: str) -> Any:
    """What a dotted path leads to, also where keys have dots in them; None if it is not there."""
    if not isinstance(value, Mapping):
        return None
    if path in value:
        return value[path]
    for dot in re.finditer(r"\.", path):
        found = at(value.get(path[: dot.start()]), path[dot.end() :])
        if found is not None:
            return found
    return None


def _kind(texts: Mapping[str, str], about: str) -> str:
    """Of what kind the object must be, by who reports what of it; empty if that does not show it."""
    for reporter in (texts.get("component", ""), texts.get("reporter", "")):
        if reporter in _CONTROLLERS:
            return _CONTROLLERS[reporter]
    if texts.get("host") == about:
        # The kubelet, of its own node.
        return "Node"
    reason, creates = texts.get("reason", ""), _CREATES.fullmatch(texts.get("message", ""))
    if reason == "ScalingReplicaSet":
        return "Deployment"
    if creates and creates[1] == about and not texts.get("component"):
        return "ReplicaSet"
    return "Pod" if _OF_PODS.fullmatch(reason) else ""


def _number(value: object) -> int | None:
    """A counter, also one that is kept as text."""
    if isinstance(value, str):
        return integer(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _stamp(value: object) -> str | None:
    """A time as Kubernetes writes it; a layout may have made Unix seconds or milliseconds of it.

    The exporter's own `.000Z` is written after times that are cut to whole seconds.
    """
    if isinstance(value, str) and not value.isdecimal():
        return _ZEROS.sub("", value)
    number = integer(value[:10]) if isinstance(value, str) else value
    if isinstance(value, str) and len(value) == 13 and number is not None:
        number = int(value)
    if not isinstance(number, int) or isinstance(number, bool):
        return None
    milliseconds = number if number >= 10**11 else number * 1000
    return _rfc3339(milliseconds * 1_000_000)


def _own_time(nanoseconds: int) -> dict[str, str | None]:
    """When it last happened, by the time of its line: cut to whole seconds by the one recorder, exact by the other.

    Loki may add some nanoseconds to keep lines apart.
    """
    whole = nanoseconds // 1000 % 1_000_000 == 0
    return {"last" if whole else "time": _rfc3339(nanoseconds)}


def _rfc3339(nanoseconds: int) -> str | None:
    try:
        moment = datetime.fromtimestamp(0, UTC) + timedelta(microseconds=nanoseconds // 1000)
    except OverflowError:
        return None
    return moment.isoformat().replace("+00:00", "Z")
