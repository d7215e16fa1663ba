"""A server that stops amid its answer, and a proxy for which a package is missing."""

import socket
import socketserver
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


@pytest.fixture
def dead() -> str:
    """The address of a port at which nobody listens."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{one.getsockname()[1]}"


@pytest.mark.parametrize(
    ("variable", "scheme", "url"),
    [
        ("HTTP_PROXY", "http", "http://prom.invalid/"),
        ("HTTPS_PROXY", "http", "https://prom.invalid/"),
        ("ALL_PROXY", "socks5", "http://127.0.0.2/"),
        ("all_proxy", "socks5h", "https://prom.invalid/"),
    ],
)
def test_a_proxy_that_is_down_is_named_instead_of_the_system_behind_it(
    variable: str, scheme: str, url: str, dead: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, f"{scheme}://ada:secret@{dead}")
    reason, hint = refused(url)
    assert reason == f"the thing: no connection to the proxy {scheme}://***@{dead} (connection refused)"
    assert hint == f"is the proxy up? see {variable}, and NO_PROXY for systems that need no proxy"


def test_a_proxy_whose_name_nobody_knows_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "proxy.invalid:3128")
    monkeypatch.setenv("HTTPS_PROXY", "socks5h://proxy.invalid")
    assert "the proxy http://proxy.invalid:3128 (its name cannot be resolved)" in refused("http://prom.invalid")[0]
    assert "the name of the proxy socks5h://proxy.invalid cannot" in refused("https://prom.invalid")[0]


def test_a_system_that_its_proxy_does_not_reach_is_down_itself(dead: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with Refusing(b"\x05\x00", b"\x05\x05\x00\x01\x00\x00\x00\x00\x00\x00") as proxy:
        monkeypatch.setenv("ALL_PROXY", f"socks5h://{proxy}")
        reason, hint = refused("http://prom.invalid")
    assert reason.startswith(f"the thing: the proxy socks5h://{proxy} does not reach it (")
    assert hint == "is the URL right, and is it up?"
    with Refusing(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n") as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://{proxy}")
        reason, hint = refused("https://prom.invalid")
    assert reason.startswith(f"the thing: the proxy http://{proxy} refuses the connection (407 Proxy Auth")
    assert "HTTPS_PROXY" in hint
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    assert refused(f"http://{dead}") == ("the thing: connection refused", "is the URL right, and is it up?")


def refused(url: str) -> tuple[str, str]:
    """Reason and hint of a request that fails."""
    web = Web(authorisation(None, "", Scrubber()), Scrubber(), Deadline(30), 5, lambda _: None)
    with web, pytest.raises(Unreachable) as failed:
        web.get(url, "the thing")
    return failed.value.reason, failed.value.hint


class Refusing:
    """A proxy that answers each message with the next of its answers."""

    def __init__(self, *answers: bytes) -> None:
        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                for answer in answers:
                    self.request.recv(65536)
                    self.request.sendall(answer)

        self.server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def __enter__(self) -> str:
        return f"127.0.0.1:{self.server.server_address[1]}"

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()
