"""Records that Helm wrote on a real API server; see `records.json` beside this."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from collector.event import Event
from collector.secrets import Scrubber
from collector.source import Document, Gap
from collector.window import Window
from sources.helm.reduce import Reducer
from sources.registry import build

Json = dict[str, Any]
NOW = datetime(2026, 11, 26, 6, 7, tzinfo=UTC)
WINDOW = Window(NOW, NOW + timedelta(minutes=30))


def records() -> list[Json]:
    kept: list[Json] = json.loads((Path(__file__).parent / "records.json").read_text())["items"]
    return kept


def read(items: list[Json]) -> tuple[list[Event], list[Gap]]:
    reducer = Reducer()
    # In pages, as they are fetched.
    pages = [json.dumps(reducer.kept({"items": items[start : start + 3]})) for start in range(0, len(items), 3)]
    documents = [Document("secrets", f"GET page {number}", WINDOW.end, text) for number, text in enumerate(pages)]
    given = list(build("helm", "helm", {"cluster": "prod"}, Scrubber()).read(documents, WINDOW))
    return [one for one in given if isinstance(one, Event)], [one for one in given if isinstance(one, Gap)]
