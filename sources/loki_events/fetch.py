"""Queries Loki for lines around the window."""

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

from collector.secrets import Scrubber
from collector.source import Deadline, Document, Gap
from collector.window import Window
from sources.loki.client import Loki
from sources.loki_events.settings import LokiEventsSettings
from sources.shipped_events.sensitive import without_sensitive
from sources.shipped_events.span import LEAD, STEPS, STEPS_LEAD, TAIL


def fetch(
    settings: LokiEventsSettings,
    scrubber: Scrubber,
    window: Window,
    deadline: Deadline,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[Document | Gap]:
    """Yield the lines from before the window to after it, page by page, and the steps of rollouts from long before.

    The documents are Loki's JSON without statistics. If lines are JSON, labels and annotations of objects are removed.
    """
    since = window.start - LEAD
    with Loki(settings, scrubber, deadline, sleep) as loki:
        steps = f'{settings.selector} |= "{STEPS}"'
        yield from loki.lines("steps", steps, window.start - STEPS_LEAD, since, _reduced)
        yield from loki.lines("events", settings.selector, since, window.end + TAIL, _reduced)


def _reduced(body: dict[str, Any]) -> dict[str, Any]:
    result = body["data"]["result"]
    kept = [{**stream, "values": [_line(value) for value in stream["values"]]} for stream in result]
    return {**body, "data": {**body["data"], "result": kept}}


def _line(value: Any) -> Any:
    if not isinstance(value, list) or len(value) < 2 or not isinstance(value[1], str) or value[1][:1] != "{":
        return value
    try:
        record = json.loads(value[1])
    except (ValueError, RecursionError):
        return value
    return [value[0], json.dumps(without_sensitive(record), separators=(",", ":"), ensure_ascii=False), *value[2:]]
