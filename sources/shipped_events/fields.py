"""Converts a shipped record, whatever its shape, back to an Event object (core/v1)."""

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
"""loki.source.kubernetes_events of Grafana Alloy and Agent, logfmt or JSON; `stream` has the labels in Loki.

It ships no uid and no times: the time of the line is that of the last occurrence.
"""
FIELDS = tuple(EXPORTER)
"""The names of fields that may be mapped."""
TIMES = ("series_last", "last", "time", "first", "created")
"""The fields that hold a time, the one nearest to the last occurrence first."""

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
"""Kinds without a namespace; their Events are stored in `default`."""


class Shipped(Struct, frozen=True):
    """One record as the store has it."""

    record: Mapping[str, Any]
    where: str
    """Where people can find it: a query, or a path."""
    nanoseconds: int | None = None
    """Unix time under which the store has it, if that is the time of the Event's last occurrence."""


def event_object(shipped: Shipped, fields: Mapping[str, str]) -> dict[str, Any]:
    """The Event object, with the fields that the record has. Raises ValueError if the record is no Event."""
    found = {field: at(shipped.record, path) for field, path in fields.items() if path}
    texts = {field: value if isinstance(value, str) else "" for field, value in found.items()}
    name, about, kind = texts.get("name", ""), texts.get("object", ""), texts.get("kind", "")
    if not about:
        # The exporter loses the object if it no longer exists. An Event's name is that of its object and some hex
        # digits.
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
    """The value at a dotted path, even if keys contain dots; None if there is none."""
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
    """The kind of the object, concluded from the reporter and the reason; empty if these do not show it."""
    for reporter in (texts.get("component", ""), texts.get("reporter", "")):
        if reporter in _CONTROLLERS:
            return _CONTROLLERS[reporter]
    if texts.get("host") == about:
        # The kubelet reports on its own node.
        return "Node"
    reason, creates = texts.get("reason", ""), _CREATES.fullmatch(texts.get("message", ""))
    if reason == "ScalingReplicaSet":
        return "Deployment"
    if creates and creates[1] == about and not texts.get("component"):
        return "ReplicaSet"
    return "Pod" if _OF_PODS.fullmatch(reason) else ""


def _number(value: object) -> int | None:
    """A counter, even if it is stored as text."""
    if isinstance(value, str):
        return integer(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _stamp(value: object) -> str | None:
    """A time in the format of Kubernetes; a layout may have converted it to Unix seconds or milliseconds.

    The exporter itself writes `.000Z` for times that are cut to whole seconds.
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
    """The last occurrence, from the time of its line: one recorder cuts it to whole seconds, the other is exact.

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
