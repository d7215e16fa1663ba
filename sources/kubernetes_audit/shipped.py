"""The entries of a log that was shipped: what the shippers put around them."""

import json
from typing import Any

from sources.cluster.fields import text

Json = dict[str, Any]
HOLDERS = ("log", "message", "msg", "line", "body", "_entry", "event", "data")
"""The fields in which shippers keep the line: Docker and fluent-bit, vector, OpenTelemetry, `pack` of Promtail, ..."""
_DEEP = 3
"""So many wrappings may be around each other."""
_LONGEST_PREFIX = 200
"""Characters; `2026-04-01T14:00:00.123456789Z stdout F ` of CRI, or a header of syslog."""


def entry_in(line: str) -> Json | None:
    """The entry that a line holds; None if it holds none."""
    found = _decoded(line)
    for _ in range(_DEEP):
        if found is None or (text(found, "auditID") and text(found, "stage")):
            return found
        held = next((found[key] for key in HOLDERS if isinstance(found.get(key), str | dict)), None)
        found = _decoded(held) if isinstance(held, str) else held
    return found if found and text(found, "auditID") and text(found, "stage") else None


def _decoded(line: str) -> Json | None:
    begin = line.find("{", 0, _LONGEST_PREFIX)
    if begin < 0:
        return None
    try:
        found = json.loads(line[begin:])
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
