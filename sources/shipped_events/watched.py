"""Event objects as the receivers of an OpenTelemetry Collector ship them, back to those of core/v1.

`k8sobjects` ships the object inside of `{"type": "ADDED", "object": {...}}`; its chart asks for events.k8s.io/v1, which
calls fields otherwise (k8s.io/api, events/v1/types.go). `k8s_events` ships the message, and the rest as attributes,
in whose names Loki writes `_` for dots.
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
    """What `k8sobjects` ships; None if it reports that an Event expired."""
    found = record
    for key in _WRAPPINGS:
        inside = found.get(key)
        if isinstance(inside, dict):
            if found.get("type") == "DELETED":
                return None
            found = inside
    return {_NAMES.get(key, key): value for key, value in found.items()}


def is_described(labels: Mapping[str, str]) -> bool:
    """Whether labels describe an Event, as those of a line do that `k8s_events` shipped."""
    return bool(labels.get("k8s_event_reason"))


def described_event(labels: Mapping[str, str], message: str) -> Mapping[str, Any]:
    """What `k8s_events` ships. It has no times: that of the line is that of the last occurrence."""

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
