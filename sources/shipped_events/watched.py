"""Converts Event objects that receivers of an OpenTelemetry Collector shipped back to those of core/v1.

`k8sobjects` ships the object inside of `{"type": "ADDED", "object": {...}}`; its chart asks for events.k8s.io/v1, which
has other names for some fields (k8s.io/api, events/v1/types.go). `k8s_events` ships the message, and the rest as
attributes; Loki writes `_` for the dots in their names.
"""

from collections.abc import Mapping
from typing import Any

_WRAPPINGS = ("body", "structured", "object")
_NAMES = {
    "regarding": "involvedObject",
    "note": "message",
    "deprecatedFirstTimestamp": "firstTimestamp",
    "deprecatedLastTimestamp": "lastTimestamp",
    "deprecatedCount": "count",
    "deprecatedSource": "source",
    "reportingController": "reportingComponent",
}


def watched_event(record: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The Event in a record of `k8sobjects`; None if the record reports that the Event expired."""
    found = record
    for key in _WRAPPINGS:
        inside = found.get(key)
        if isinstance(inside, dict):
            if found.get("type") == "DELETED":
                return None
            found = inside
    return {_NAMES.get(key, key): value for key, value in found.items()}


def is_described(labels: Mapping[str, str]) -> bool:
    """Whether the labels describe an Event, as on lines that `k8s_events` shipped."""
    return bool(labels.get("k8s_event_reason"))


def described_event(labels: Mapping[str, str], message: str) -> Mapping[str, Any]:
    """The Event on a line of `k8s_events`. It has no times: the time of the line is that of the last occurrence."""

    def given(name: str) -> str:
        return labels.get(f"k8s_{name}", "")

    namespace = given("namespace_name")
    about = {"kind": given("object_kind"), "name": given("object_name"), "uid": given("object_uid")}
    return {
        "metadata": {"name": given("event_name"), "uid": given("event_uid"), "namespace": namespace},
        "involvedObject": {**about, "namespace": namespace},
        "reason": given("event_reason"),
        "message": message,
        "type": given("event_type") or labels.get("severity_text", ""),
        "count": given("event_count"),
        "source": {"component": given("event_source"), "host": given("node_name")},
    }
