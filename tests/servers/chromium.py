"""Opens pages in Chromium, and returns what a script finds in each. One start for all pages of one call."""

import json
import tempfile
import threading
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from msgspec import Struct

from tests.servers.process import binary, require, running, wait_until

_FOLDER = Path(__file__).parent


class Page(Struct, frozen=True):
    """A page, and what is done with it."""

    text: str
    """HTML, with a <head>."""
    script: str = ""
    """The body of an asynchronous function, run once the page is loaded; what it returns is the result."""
    width: int = 900
    scripts: bool = True
    """Whether the page's own scripts run; if not, `script` runs outside of it, with the page as `page`."""


def opened(pages: Sequence[Page], *, dark: bool = False) -> list[Any]:
    """What the script of each page returned. Raises AssertionError for an error of a page or of its policy.

    The scripts stand before the policy (CSP) of the page, which restricts only what comes after it.
    """
    require("chromium")
    harness = (_FOLDER / "chromium.html").read_text().replace("PAGES", _embedded(pages))
    with (
        _Results(("127.0.0.1", 0), _Handler) as server,
        # It may write into its profile until it has ended.
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
    ):
        server.asked = []
        server.page = harness.encode(errors="surrogatepass")
        threading.Thread(target=server.serve_forever, daemon=True).start()
        command = [
            binary("chromium"),
            *("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"),
            *(
                "--disable-background-networking",
                "--no-proxy-server",
                f"--user-data-dir={folder}/profile",
                "--window-size=1200,900",
            ),
            *(f"--blink-settings=preferredColorScheme={0 if dark else 1}", f"http://127.0.0.1:{server.server_port}/"),
        ]
        log = Path(folder, "chromium.log")
        try:
            with running(command, log) as process:
                wait_until(lambda: server.results is not None, process, log, seconds=180)
        finally:
            server.shutdown()
    assert server.results is not None
    assert len(server.results) == len(pages)
    assert set(server.asked) <= {"/", "/favicon.ico"}, "a page loads what it should not"
    for result in server.results:
        assert result["errors"] == [], result["errors"]
    return [result["found"] for result in server.results]


class _Results(ThreadingHTTPServer):
    """Serves the one page, and takes what it found."""

    daemon_threads = True
    page = b""
    results: list[Any] | None = None
    asked: list[str]


class _Handler(BaseHTTPRequestHandler):
    server: _Results

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        self._answer(200 if self.path == "/" else 404, self.server.page if self.path == "/" else b"")

    def do_POST(self) -> None:
        self.server.results = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self._answer(200, b"")

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *given: object) -> None:  # noqa: A002 - as the library calls it
        """It is of no interest."""


def _embedded(pages: Sequence[Page]) -> str:
    listed = [
        {"text": page.text, "script": page.script, "width": page.width, "scripts": page.scripts} for page in pages
    ]
    return json.dumps(listed).replace("<", "\\u003c")
