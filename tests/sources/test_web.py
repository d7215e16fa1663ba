"""A server that stops amid its answer."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from collector.secrets import Scrubber
from collector.source import Deadline, Unreachable
from sources.web import Web, authorisation


def test_an_answer_that_stops_is_called_late_and_no_missing_connection() -> None:
    over = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            self.wfile.write(b"{")
            over.wait(30)

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        web = Web(authorisation(None, "", Scrubber()), Deadline(30), 0.2, lambda _: None)
        with web, pytest.raises(Unreachable, match=r"the thing: no answer within 0\.2 s"):
            web.get(f"http://127.0.0.1:{server.server_port}/", "the thing")
    finally:
        over.set()
        server.shutdown()
        server.server_close()
