"""Event objects inside of what OpenTelemetry's receiver `k8sobjects` ships: `{"type": "ADDED", "object": {...}}`.

Its chart asks for events.k8s.io/v1, which calls fields otherwise than core/v1 (k8s.io/api, events/v1/types.go).
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
    """The Event object of core/v1 in the record; None if it reports that one expired."""
    found = record
    for key in _WRAPPINGS:
        inside = found.get(key)
        if isinstance(inside, dict):
            if found.get("type") == "DELETED":
                return None
            found = inside
    return {_NAMES.get(key, key): value for key, value in found.items()}
