"""An API server that answers what a test wants."""

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

CANARY = "canary-token-2f1b"

Reply = tuple[int, dict[str, str], str]


def refusal(status: int, **headers: str) -> Reply:
    return status, headers, json.dumps({"kind": "Status", "message": f"no, {CANARY}"})


class Server:
    """Plays an API server with one function from path to reply."""

    def __init__(self, reply: Callable[[str], Reply]) -> None:
        self.asked: list[str] = []
        self.tokens: set[str] = set()
        self.accepted: dict[str, str] = {}
        self.impersonated: list[tuple[str, str]] = []
        """The headers of the last request that say as whom it is made."""
        ours = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                ours.asked.append(self.path)
                ours.accepted[self.path.partition("?")[0]] = self.headers.get("Accept", "")
                ours.tokens.add(self.headers.get("Authorization", ""))
                ours.impersonated = [one for one in self.headers.items() if one[0].startswith("Impersonate")]
                status, headers, body = reply(self.path)
                self.send_response(status)
                for name, value in {"Content-Length": str(len(body)), **headers}.items():
                    self.send_header(name.replace("_", "-"), value)
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, *_: object) -> None: ...

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}"

    def __enter__(self) -> "Server":
        threading.Thread(target=self.http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.http.shutdown()
        self.http.server_close()
