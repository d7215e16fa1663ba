"""Converts Event objects that receivers of an OpenTelemetry Collector shipped back to those of core/v1.

`k8sobjects` ships the object inside of `{"type": "ADDED", "object": {...}}`; its chart asks for events.k8s.io/v1, which
has other names for some fields (k8s.io/api, events/v1/types.go). `k8s_events` ships the message, and the rest as
attributes; Loki writes `_` for the dots in their names. The exporter to Elasticsearch writes both in documents of two
forms, by its mapping mode: `otel` (`body.structured`, `attributes`) and `none` (`Body`, `Attributes`).
"""

from collections.abc import Iterator, Mapping
from typing import Any

_WRAPPINGS = ("body", "Body", "structured", "object")
_WITHOUT_EVENT = ("DELETED", "PullEnd")
"""Types of records without an Event: it expired, or all objects of a list were shipped."""
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
    """The Event in a record of `k8sobjects`; None if the record is about another object, or the Event expired."""
    found = record
    for key in _WRAPPINGS:
        inside = found.get(key)
        if isinstance(inside, dict):
            if found.get("type") in _WITHOUT_EVENT:
                return None
            found = inside
    if found.get("kind") not in (None, "Event"):
        return None
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


STORED_TIME = "@timestamp"
"""The time of a document in Elasticsearch; fields of the Event itself need not be indexed as times, or at all."""
STORED = (
    *(STORED_TIME, "body", "Body", "severity_text", "SeverityText"),
    *("attributes.k8s.*", "Attributes.k8s.*", "resource.attributes.k8s.*", "Resource.k8s.*"),
)
"""The parts of a document in Elasticsearch that are needed."""
REASONS = (
    *("body.structured.object.reason", "body.structured.reason", "attributes.k8s.event.reason"),
    *("Body.object.reason", "Body.reason", "Attributes.k8s.event.reason"),
)
"""The fields that hold the reason of an Event."""
_ATTRIBUTES = ("attributes.", "resource.attributes.", "Attributes.", "Resource.")


def stored_event(source: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The Event in a document in Elasticsearch; None if the document is about something else."""
    labels = {"severity_text": str(source.get("severity_text") or source.get("SeverityText") or "")}
    for path, value in _flat(source):
        prefix = next((one for one in _ATTRIBUTES if path.startswith(one)), "")
        if prefix:
            labels[path.removeprefix(prefix).replace(".", "_")] = str(value)
    if not is_described(labels):
        return watched_event(source)
    body = source.get("Body") or source.get("body")
    message = body.get("text") if isinstance(body, dict) else body
    return described_event(labels, message if isinstance(message, str) else "")


def _flat(value: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, object]]:
    """The values in nested objects by their dotted paths; keys may contain dots themselves."""
    for key, inner in value.items():
        if isinstance(inner, dict):
            yield from _flat(inner, f"{before}{key}.")
        else:
            yield f"{before}{key}", inner
