"""Records that Helm wrote on a real API server; see `records.json` beside this."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from collector.window import Window

Json = dict[str, Any]
NOW = datetime(2026, 11, 26, 6, 7, tzinfo=UTC)
WINDOW = Window(NOW, NOW + timedelta(minutes=30))


def records() -> list[Json]:
    kept: list[Json] = json.loads((Path(__file__).parent / "records.json").read_text())["items"]
    return kept
