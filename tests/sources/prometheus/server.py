"""A local server that answers as a test tells it to."""

import json
import ssl
import threading
from collections.abc import Callable
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from collector.secrets import Scrubber
from collector.source import Deadline, Document, Gap
from collector.window import Window
from sources.prometheus import PrometheusSettings, PrometheusSource
from tests.sources.prometheus.samples import WINDOW

Reply = tuple[int, dict[str, str], str]


class Server:
    """Answers each request with `reply(path, headers)`, or not at all if that is None; remembers the requests."""

    def __init__(self, reply: Callable[[str, Message], Reply | None], tls: ssl.SSLContext | None = None) -> None:
        self.asked: list[tuple[str, Message]] = []
        seen, released = self.asked, threading.Event()

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                seen.append((self.path, self.headers))
                answer = reply(self.path, self.headers)
                if answer is None:
                    released.wait(10)
                    return
                status, headers, text = answer
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *_: object) -> None:
                pass

        class Quiet(ThreadingHTTPServer):
            def handle_error(self, *_: object) -> None:
                """A client that hangs up is what some tests are about."""

        self._released = released
        self._http = Quiet(("127.0.0.1", 0), Handler)
        if tls is not None:
            self._http.socket = tls.wrap_socket(self._http.socket, server_side=True)
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self._http.server_port}"

    def __enter__(self) -> "Server":
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,))
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._released.set()
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()

    @property
    def paths(self) -> list[str]:
        """What was asked, in order."""
        return [path for path, _ in self.asked]


def fetch(
    url: str, window: Window = WINDOW, scrubber: Scrubber | None = None, **settings: object
) -> list[Document | Gap]:
    made = PrometheusSettings.model_validate({"url": url, **settings})
    source = PrometheusSource("prom", made, scrubber or Scrubber(), sleep=lambda seconds: None)
    return list(source.fetch(window, Deadline(30)))


def ok(data: object, **more: object) -> Reply:
    return 200, {"Content-Type": "application/json"}, json.dumps({"status": "success", "data": data, **more})


def error(status: int, kind: str, text: str) -> Reply:
    return status, {}, json.dumps({"status": "error", "errorType": kind, "error": text})


def empty(path: str, _: object = None) -> Reply:
    """Success, and nothing found."""
    return ok([] if "/label/" in path else {"resultType": "vector", "result": []})
