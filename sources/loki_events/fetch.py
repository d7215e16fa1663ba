"""Asking Loki for lines, oldest first (grafana.com/docs/loki/latest/reference/loki-http-api)."""

import json
import re
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Any
from urllib.parse import urlencode

from collector.secrets import Scrubber
from collector.source import BadAnswer, Deadline, Denied, Document, Gap
from collector.window import Window
from sources.http import Answer, decoded
from sources.loki_events.lines import entries
from sources.loki_events.settings import LokiEventsSettings
from sources.shipped_events.pages import LEAD, STEPS, STEPS_LEAD, TAIL, Page, pages
from sources.text import one_line
from sources.web import Web, authorisation

LIMITS = (1000, 5000)
"""Lines to ask for at once; 5000 is the most that a Loki allows as it comes (`max_entries_limit_per_query`)."""
_ALLOWED = re.compile(r"max entries limit per query exceeded[^(]*\(\d+ > (\d{1,9})\)")
_SECRETIVE = frozenset({"annotations", "labels", "managedFields"})
"""Not needed, and annotations may hold whole objects with the passwords in their environment."""


def fetch(
    settings: LokiEventsSettings,
    scrubber: Scrubber,
    window: Window,
    deadline: Deadline,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[Document | Gap]:
    """Yield the lines from before the window to after it, page by page, and the steps of rollouts from long before.

    The documents are Loki's JSON without statistics, and without labels and annotations of the objects in lines of
    JSON.
    """
    authorise = authorisation(settings.token(scrubber), settings.username, scrubber)
    headers = {"X-Scope-OrgID": settings.org_id} if settings.org_id else {}
    since, until = window.start - LEAD, _nanoseconds(window.end + TAIL)
    questions = (
        ("steps", f'{settings.selector} |= "{STEPS}"', window.start - STEPS_LEAD, _nanoseconds(since)),
        ("events", settings.selector, since, until),
    )
    with Web(authorise, deadline, settings.timeout, sleep, headers=headers, ca_file=settings.ca_file) as web:
        for call, query, start, end in questions:
            asked = partial(_page, web, settings.url, call, query, end)
            yield from pages(asked, call, _nanoseconds(start), LIMITS)


def _page(web: Web, url: str, call: str, query: str, end: int, start: int, limit: int) -> Page:
    """The first lines from `start` (with) to `end` (without); fewer where the server allows fewer."""
    what = f"{call} of Loki"
    for _ in range(2):
        params = {"query": query, "start": start, "end": end, "limit": limit, "direction": "forward"}
        address = f"{url}/loki/api/v1/query_range?{urlencode(params)}"
        answer = web.get(address, what, accept=(400, 404, 422), check=_tenant)
        allowed = _ALLOWED.search(answer.text) if answer.status == 400 else None
        if allowed is None or int(allowed[1]) >= limit:
            break
        limit = max(1, int(allowed[1]))
    if answer.status >= 400:
        said = one_line(answer.text)[:300]
        raise BadAnswer(f"{what}: answered {answer.status}: {said}", "see `url` and `query`, or ask for less")
    body = json.loads(decoded(answer, what))
    data = body.get("data") if isinstance(body, dict) else None
    if not isinstance(data, dict) or not isinstance(data.get("result"), list):
        raise BadAnswer(f"{what}: the answer is none of Loki's", "is this the URL of a Loki?")
    if data.get("resultType") != "streams":
        raise BadAnswer(f"{what}: the answer has no lines but a {data.get('resultType')}", "`query` must select lines")
    kept = _reduced(body)
    document = Document(call, f"GET {address}", datetime.now(UTC), json.dumps(kept, separators=(",", ":")))
    times = [entry.nanoseconds for entry in entries(document) if not isinstance(entry, Gap)]
    return Page(document, times, cut=sum(len(stream["values"]) for stream in kept["data"]["result"]) >= limit)


def _tenant(answer: Answer) -> None:
    if answer.status == 401 and "org id" in answer.text:
        raise Denied("Loki: 401, it has tenants", "name yours with `org_id`")


def _reduced(body: dict[str, Any]) -> dict[str, Any]:
    kept = [
        {**stream, "values": [_line(value) for value in stream["values"]]}
        for stream in body["data"]["result"]
        if isinstance(stream, dict) and isinstance(stream.get("values"), list)
    ]
    return {"warnings": body.get("warnings"), "data": {"resultType": "streams", "result": kept}}


def _line(value: Any) -> Any:
    if not isinstance(value, list) or len(value) < 2 or not isinstance(value[1], str) or value[1][:1] != "{":
        return value
    try:
        record = json.loads(value[1])
    except (ValueError, RecursionError):
        return value
    return [value[0], json.dumps(_without(record), separators=(",", ":"), ensure_ascii=False), *value[2:]]


def _without(record: Any) -> Any:
    if isinstance(record, list):
        return [_without(item) for item in record]
    if isinstance(record, dict):
        return {key: _without(item) for key, item in record.items() if key not in _SECRETIVE}
    return record


def _nanoseconds(moment: datetime) -> int:
    # In whole numbers: a float of nanoseconds since 1970 is off by hundreds of them.
    since = moment - datetime.fromtimestamp(0, UTC)
    return ((since.days * 86400 + since.seconds) * 1_000_000 + since.microseconds) * 1000
