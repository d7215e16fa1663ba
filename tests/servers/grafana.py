"""A Grafana as far as its state history and annotations go, with the paging that its documentation and code have.

Annotations: those that began by `to` and ended since `from`, both inclusive, what ended last first, in no order
where that is the same, 100 if no limit is given. History: `from` inclusive, `to` exclusive, the newest within the
limit but given in any order, never more than 5000.
"""

import json
import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from msgspec import Struct, field

TOKEN = "glsa_canary0123456789"
FIELDS = ("time", "line", "labels")


class Grafana(Struct):
    """What it holds, and what it was asked."""

    annotations: list[dict[str, Any]] = field(default_factory=list)
    history: list[tuple[int, dict[str, Any]]] | None = field(default_factory=list)
    """Milliseconds and line; None if the history is kept as annotations."""
    cap: int = 10**9
    """Annotations that it gives at most, whatever it is asked for."""
    settings: dict[str, Any] | None = None
    data_sources: list[dict[str, Any]] | None = None
    """What it says of itself and of its data sources; None if the token may not see that."""
    asked: list[str] = field(default_factory=list)

    def answer(self, path: str, params: dict[str, str]) -> tuple[int, Any]:
        """Status and body."""
        about = {"/api/frontend/settings": self.settings, "/api/datasources": self.data_sources}
        if path in about:
            return (403, {"message": "Permission needed"}) if about[path] is None else (200, about[path])
        start, to = int(params["from"]), int(params["to"])
        if path.endswith("/api/annotations"):
            return 200, self.find(start, to, int(params.get("limit", 0)) or 100, params.get("type", ""))
        if not path.endswith("/api/v1/rules/history"):
            return 404, {"message": "Not found"}
        if self.history is None:
            return 500, {"message": "ruleUID is required to query annotations", "traceID": ""}
        found = [row for row in self.history if start * 1000 <= row[0] < to * 1000]
        found = sorted(found, key=lambda row: -row[0])[: min(int(params.get("limit", 0)) or 1000, 5000)]
        return 200, frame(random.Random(1).sample(found, len(found)))

    def find(self, start: int, to: int, limit: int, type_: str = "") -> list[dict[str, Any]]:
        """Annotations, the way the API selects them."""
        kinds = {"alert": (True,), "annotation": (False,)}.get(type_, (True, False))
        found = [one for one in self.annotations if bool(one.get("alertId")) in kinds]
        found = [one for one in found if one["time"] <= to and one.get("timeEnd", one["time"]) >= start]
        random.Random(len(self.asked) + to).shuffle(found)
        found.sort(key=lambda one: (-one.get("timeEnd", one["time"]), -one["time"]))
        return found[: min(limit, self.cap)]


def frame(rows: list[tuple[int, dict[str, Any]]], fields: tuple[str, ...] = FIELDS) -> dict[str, Any]:
    """The data frame of some transitions, with its columns in that order."""
    stream = {"folderUID": "f1", "from": "state-history", "group": "1m", "orgID": "1"}
    columns: dict[str, list[Any]] = {
        "time": [at for at, _ in rows],
        "line": [line for _, line in rows],
        "labels": [stream for _ in rows],
    }
    types = {"time": "time", "line": "other", "labels": "other"}
    schema = {"name": "states", "fields": [{"name": name, "type": types[name], "labels": {}} for name in fields]}
    return {"schema": schema, "data": {"values": [columns[name] for name in fields]}}


@contextmanager
def serving(grafana: Grafana, prefix: str = "/grafana") -> Iterator[str]:
    """Its base URL, on loopback; without the token it answers 401."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            grafana.asked.append(self.path)
            status, body = 401, {"message": "Invalid API key"}
            if self.headers.get("Authorization") == f"Bearer {TOKEN}":
                params = {name: values[-1] for name, values in parse_qs(parts.query).items()}
                status, body = grafana.answer(parts.path.removeprefix(prefix), params)
            text = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
            """Be quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}{prefix}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
