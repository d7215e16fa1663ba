"""A server that misbehaves in one chosen way, and echoes every secret it is sent."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

FAULTS = (
    "refused",
    "hanging",
    "dripping",
    "500",
    "401",
    "403",
    "429",
    "429-for-an-hour",
    "html",
    "login-redirect",
    "cut-json",
    "cut-connection",
    "other-json",
)
UNENDING = ("hanging", "dripping")
"""No answer is ever whole; whoever waits for it waits for `LASTS`."""
LASTS = 90.0
"""Seconds; longer than any test that does not wait for it."""


@contextmanager
def faulty(fault: str) -> Iterator[str]:
    """The URL of a server with that fault, on loopback."""
    over = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            said = f"you sent {self.headers.get('Authorization')} to {self.path}"
            if fault == "hanging":
                over.wait(LASTS)
            elif fault == "dripping":
                self._start(200, "application/json", 1_000_000)
                end = time.monotonic() + LASTS
                while not over.wait(0.1) and time.monotonic() < end:
                    self.wfile.write(b" ")
            elif fault in ("500", "401", "403"):
                self._answer(int(fault), "application/json", f'{{"message": "{said}", "error": "{said}"}}')
            elif fault.startswith("429"):
                wait = "3600" if fault.endswith("hour") else "1"
                self._answer(429, "text/plain", said, {"Retry-After": wait, "X-Echo": said})
            elif fault == "login-redirect" and not self.path.startswith("/login"):
                self._answer(302, "text/html", said, {"Location": f"/login?{said.split()[3]}"})
            elif fault in ("html", "login-redirect"):
                self._answer(200, "text/html", f"<!doctype html><title>Log in</title><p>{said}</p>")
            elif fault == "cut-json":
                self._answer(200, "application/json", f'{{"status": "success", "said": "{said}", "data": {{"resul')
            elif fault == "cut-connection":
                self._start(200, "application/json", 100_000)
                self.wfile.write(f'{{"said": "{said}", "items": ['.encode())
                self.close_connection = True
            else:
                self._answer(
                    200, "application/json", f'[1, null, "{said}", {{"items": 3, "data": [], "status": "success"}}]'
                )

        do_POST = do_GET  # noqa: N815 - the name is the base class's

        def _answer(self, status: int, kind: str, body: str, headers: dict[str, str] | None = None) -> None:
            self._start(status, kind, len(body.encode()), headers)
            self.wfile.write(body.encode())

        def _start(self, status: int, kind: str, length: int, headers: dict[str, str] | None = None) -> None:
            self.send_response(status)
            for name, value in {"Content-Type": kind, "Content-Length": str(length), **(headers or {})}.items():
                self.send_header(name, value)
            self.end_headers()

        def handle(self) -> None:
            try:
                super().handle()
            except OSError:
                self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
            """Be quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    url = f"http://127.0.0.1:{server.server_port}"
    if fault == "refused":
        server.server_close()
        yield url
        return
    # It looks so often whether it is to stop: each of many short tests waits for that.
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield url
    finally:
        over.set()
        server.shutdown()
        server.server_close()
        thread.join(5)
