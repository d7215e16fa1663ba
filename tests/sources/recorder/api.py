"""An API server that answers watches as a test wants: with its documented ways to refuse, end and break off."""

import contextlib
import json
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from msgspec import Struct, field

Json = dict[str, Any]
IDLE = 0.2
"""Seconds after which a watch ends for which nothing is planned."""


def item(name: str, version: str, **more: object) -> Json:
    metadata = {"name": name, "namespace": "shop", "uid": f"uid-{name}", "resourceVersion": version}
    return {"metadata": metadata, **more}


def change(kind: str, name: str, version: str, **more: object) -> Json:
    return {"type": kind, "object": item(name, version, **more)}


def bookmark(version: str) -> Json:
    return {"type": "BOOKMARK", "object": {"metadata": {"resourceVersion": version, "creationTimestamp": None}}}


EXPIRED = {
    "kind": "Status",
    "status": "Failure",
    "reason": "Expired",
    "code": 410,
    "message": "too old resource version",
}


class Plan(Struct):
    """One answer to a watch."""

    told: Sequence[Json] = ()
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: bool = False
    """The connection breaks in the middle of another change."""
    lasts: float = IDLE


class Api(Struct):
    """What there is, what is planned, and what was asked."""

    folder: Path
    url: str = ""
    version: str = "100"
    items: dict[str, list[Json]] = field(default_factory=lambda: defaultdict(list))
    plans: dict[str, list[Plan]] = field(default_factory=lambda: defaultdict(list))
    dead: bool = False
    """It hangs up on everybody."""
    asked: list[tuple[float, str, str]] = field(default_factory=list)
    """When, what of (`pods`), and since which version; `list` for a list."""

    @property
    def kubeconfig(self) -> Path:
        path = self.folder / "kubeconfig"
        config = {
            "clusters": [{"name": "c", "cluster": {"server": self.url}}],
            "users": [{"name": "u", "user": {"token": "canary-token"}}],
            "contexts": [{"name": "x", "context": {"cluster": "c", "user": "u"}}],
            "current-context": "x",
        }
        path.write_text(json.dumps(config))
        return path

    def since(self, resource: str) -> list[str]:
        """What was asked of it, in order."""
        return [version for _, asked, version in self.asked if asked == resource]


@contextlib.contextmanager
def api(folder: Path) -> Iterator[Api]:
    made, over = Api(folder), threading.Event()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            url, given = urlsplit(self.path), parse_qs(urlsplit(self.path).query)
            resource = url.path.rpartition("/")[2]
            watched = "watch" in given
            version = given["resourceVersion"][0] if watched else "list"
            made.asked.append((time.monotonic(), resource, version))
            if made.dead:
                self.close_connection = True
                return
            if resource == "rollouts":
                self._whole(404, {}, {"message": "no such resource"})
            elif not watched:
                self._whole(200, {}, {"items": made.items[resource], "metadata": {"resourceVersion": made.version}})
            else:
                plans = made.plans[resource]
                self._watch(plans.pop(0) if plans else Plan())

        def _watch(self, plan: Plan) -> None:
            if plan.status != 200:
                self._whole(plan.status, plan.headers, {**EXPIRED, "code": plan.status})
                return
            self.send_response(200)
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            for told in plan.told:
                self._chunk(json.dumps(told).encode() + b"\n")
            if plan.cut:
                self._chunk(b'{"type": "ADDED", "object": {"metadata": {"na')
                self.close_connection = True
                return
            over.wait(plan.lasts)
            self._chunk(b"")

        def _chunk(self, data: bytes) -> None:
            self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")

        def _whole(self, status: int, headers: Mapping[str, str], body: Json) -> None:
            data = json.dumps(body).encode()
            self.send_response(status)
            for name, value in {
                "Content-Type": "application/json",
                "Content-Length": str(len(data)),
                **headers,
            }.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
            """Be quiet."""

        def handle(self) -> None:
            with contextlib.suppress(OSError):
                super().handle()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    made.url = f"http://127.0.0.1:{server.server_port}"
    # It looks so often whether it is to stop: each of many short tests waits for that.
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield made
    finally:
        over.set()
        server.shutdown()
        server.server_close()
        thread.join(5)
