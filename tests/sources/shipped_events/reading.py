"""What a source makes of shipped Events."""

from datetime import UTC, datetime
from typing import Any

from collector.event import Event
from collector.secrets import Scrubber
from collector.source import Document, Gap
from collector.window import Window
from sources.registry import build
from tests.sources.shipped_events.shapes import search_answer

WINDOW = Window(datetime(2026, 4, 1, 14, 0, tzinfo=UTC), datetime(2026, 4, 1, 14, 30, tzinfo=UTC))

CONNECTION: dict[str, object] = {"url": "http://127.0.0.1:1", "cluster": "production"}

Given = list[Event | Gap]


def in_search(*documents: dict[str, Any], **settings: object) -> Given:
    source = build("mine", "elasticsearch-events", {**CONNECTION, **settings}, Scrubber())
    return list(source.read([Document("events", "GET", WINDOW.end, search_answer(documents))], WINDOW))


def events(told: Given) -> list[Event]:
    return [each for each in told if isinstance(each, Event)]
