"""Records that Helm wrote on a real API server; see `records.json` beside this."""

import base64
import gzip
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


def packed(release: Json) -> str:
    return base64.b64encode(base64.b64encode(gzip.compress(json.dumps(release).encode()))).decode()


def opened(item: Json) -> Json:
    release: Json = json.loads(gzip.decompress(base64.b64decode(base64.b64decode(item["data"]["release"]))))
    return release


def record(number: int, created: float, status: str, modified: float | None = None, **release: Any) -> Json:
    """One that is made here, as Helm writes it."""
    labels = {"owner": "helm", "name": "cart", "version": str(number), "status": status}
    labels |= {} if modified is None else {"modifiedAt": str(int((NOW + timedelta(seconds=modified)).timestamp()))}
    content = {"name": "cart", "namespace": "shop", "version": number, "info": {"status": status}, **release}
    return {
        "metadata": {
            "name": f"sh.helm.release.v1.cart.v{number}",
            "namespace": "shop",
            "creationTimestamp": f"{NOW + timedelta(seconds=created):%Y-%m-%dT%H:%M:%SZ}",
            "labels": labels,
        },
        "type": "helm.sh/release.v1",
        "data": {"release": packed(content)},
    }
