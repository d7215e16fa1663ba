"""A server that misbehaves in one chosen way, and echoes every secret it is sent."""

import threading
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


@contextmanager
def faulty(fault: str) -> Iterator[str]:
    """The URL of a server with that fault, on loopback."""
    over = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            said = f"you sent {self.headers.get('Authorization')} to {self.path}"
            if fault == "hanging":
                over.wait(30)
            elif fault == "dripping":
                self._start(200, "application/json", 1_000_000)
                while not over.wait(0.1):
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
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield url
    finally:
        over.set()
        server.shutdown()
        server.server_close()
        thread.join(5)
