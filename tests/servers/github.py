"""A local server that answers like GitHub's REST API from given payloads."""

import contextlib
import json
import re
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

_ROUTES = (
    (re.compile(r"/repos/([^/]+/[^/]+)/deployments"), "deployments", ""),
    (re.compile(r"/repos/([^/]+/[^/]+)/deployments/(\d+)/statuses"), "statuses", ""),
    (re.compile(r"/repos/([^/]+/[^/]+)/actions/runs"), "runs", "workflow_runs"),
    (re.compile(r"/repos/([^/]+/[^/]+)/actions/runs/(\d+)/jobs"), "jobs", "jobs"),
)
"""(path, file or folder of payloads, key of the list in the answer if it is not the answer itself)."""
_LIMIT = 5000


@contextlib.contextmanager
def github(payloads: Path, token: str) -> Iterator[str]:
    """Serve `payloads/OWNER/REPOSITORY/` to whoever sends the token, and yield the base URL."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.payloads, server.token, server.used = payloads, token, 0  # type: ignore[attr-defined]  # for its handlers
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "github.com", ""
    server: Any

    def do_GET(self) -> None:
        self.server.used += 1
        sent = self.headers.get("Authorization", "")
        if not sent:
            return self._refuse(401, "Requires authentication")
        if sent not in (f"Bearer {self.server.token}", f"token {self.server.token}"):
            return self._refuse(401, "Bad credentials")
        url = urlsplit(self.path)
        for pattern, name, key in _ROUTES:
            found = pattern.fullmatch(url.path)
            if found:
                repository, *rest = found.groups()
                path = self.server.payloads / repository / (f"{name}/{rest[0]}.json" if rest else f"{name}.json")
                if path.is_file():
                    return self._page(json.loads(path.read_text()), key, parse_qs(url.query))
                if name == "statuses" and path.parent.is_dir():
                    # What was recorded has those of the incident; GitHub has an empty list for one without any.
                    return self._page([], key, parse_qs(url.query))
        return self._refuse(404, "Not Found")

    def _page(self, items: list[dict[str, Any]], key: str, asked: dict[str, list[str]]) -> None:
        items = [item for item in items if _wanted(item, asked)]
        size = min(max(int(asked.get("per_page", ["30"])[0]), 1), 100)
        page = max(int(asked.get("page", ["1"])[0]), 1)
        shown = items[(page - 1) * size : page * size]
        last = max(1, -(-len(items) // size))
        links = {"prev": page - 1, "next": page + 1, "last": last, "first": 1}
        wanted = [*(["next", "last"] if page < last else []), *(["prev", "first"] if page > 1 else [])]
        headers = [f'<{self._url(asked, links[rel])}>; rel="{rel}"' for rel in wanted]
        self._answer(200, {"total_count": len(items), key: shown} if key else shown, ", ".join(headers))

    def _url(self, asked: dict[str, list[str]], page: int) -> str:
        query = urlencode({**asked, "page": [page]}, doseq=True)
        return f"http://{self.headers['Host']}{urlsplit(self.path).path}?{query}"

    def _refuse(self, status: int, message: str) -> None:
        self._answer(
            status, {"message": message, "documentation_url": "https://docs.github.com/rest", "status": str(status)}
        )

    def _answer(self, status: int, body: object, link: str = "") -> None:
        content = json.dumps(body).encode()
        self.send_response(status)  # sends Date and Server as well
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("X-GitHub-Media-Type", "github.v3; format=json")
        self.send_header("X-RateLimit-Limit", str(_LIMIT))
        self.send_header("X-RateLimit-Remaining", str(_LIMIT - self.server.used))
        self.send_header("X-RateLimit-Used", str(self.server.used))
        self.send_header("X-RateLimit-Reset", str(int(time.time()) + 3600))
        self.send_header("X-RateLimit-Resource", "core")
        if link:
            self.send_header("Link", link)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that http.server gives
        pass


def _wanted(item: dict[str, Any], asked: dict[str, list[str]]) -> bool:
    for key in ("environment", "sha", "ref", "task", "event", "head_sha", "status"):
        if key in asked and asked[key][0] not in (item.get(key), item.get("conclusion") if key == "status" else None):
            return False
    if "branch" in asked and item["head_branch"] != asked["branch"][0]:
        return False
    return "created" not in asked or _created_within(_moment(item["created_at"]), asked["created"][0])


def _created_within(at: datetime, search: str) -> bool:
    """GitHub's search syntax for dates: `a..b` with `*` for open ends, `>=a`, `<=b`, `>a`, `<b`."""
    if ".." in search:
        first, last = search.split("..")
        return (first == "*" or _moment(first) <= at) and (last == "*" or at <= _moment(last))
    for sign, holds in ((">=", at.__ge__), ("<=", at.__le__), (">", at.__gt__), ("<", at.__lt__)):
        if search.startswith(sign):
            return bool(holds(_moment(search.removeprefix(sign))))
    return at == _moment(search)


def _moment(text: str) -> datetime:
    parsed = datetime.fromisoformat(text)
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
