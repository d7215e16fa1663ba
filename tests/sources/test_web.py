"""A server that stops amid its answer, and a proxy for which a package is missing."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from unittest import mock

import pytest
import requests

from collector.secrets import Scrubber
from collector.source import Deadline, Unreachable
from sources.web import Web, authorisation, no_answer


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
        web = Web(authorisation(None, "", Scrubber()), Scrubber(), Deadline(30), 0.2, lambda _: None)
        with web, pytest.raises(Unreachable, match=r"the thing: no answer within 0\.2 s"):
            web.get(f"http://127.0.0.1:{server.server_port}/", "the thing")
    finally:
        over.set()
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize("variable", ["ALL_PROXY", "HTTP_PROXY"])
def test_a_socks_proxy_without_its_package_names_the_extra(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, "socks5://127.0.0.1:1")
    with mock.patch("requests.adapters.SOCKSProxyManager", _without_socks):
        with requests.Session() as session, pytest.raises(requests.exceptions.InvalidSchema) as failed:
            session.get("http://prom.invalid", timeout=1)
        reason, hint = no_answer(failed.value)
    assert reason == "the proxy of the environment is a SOCKS proxy, for which PySocks is missing"
    assert "pm-timeline[socks]" in hint


def _without_socks(*given: object, **more: object) -> None:
    """As requests has it where PySocks is not installed."""
    raise requests.exceptions.InvalidSchema("Missing dependencies for SOCKS support.")
