"""An HTTP server on loopback that answers GET with what a function says."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.servers.loopback import Quiet, running

Answering = Callable[[str, Mapping[str, str], Mapping[str, str]], tuple[int, Any]]
"""From path, parameters and headers (names in lower case) to status and body; a str is sent as plain text."""


@contextmanager
def serving(answer: Answering) -> Iterator[str]:
    """Its base URL."""

    class Handler(Quiet, BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            params = {name: values[-1] for name, values in parse_qs(parts.query).items()}
            status, body = answer(parts.path, params, {name.lower(): text for name, text in self.headers.items()})
            text = (body if isinstance(body, str) else json.dumps(body)).encode()
            self.send_response(status)
            self.send_header("Content-Type", "text/plain" if isinstance(body, str) else "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

    with running(Handler) as url:
        yield url
