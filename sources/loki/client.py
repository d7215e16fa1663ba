"""Queries Loki, oldest lines first (grafana.com/docs/loki/latest/reference/loki-http-api)."""

import json
import re
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlencode

from collector.secrets import Scrubber
from collector.source import BadAnswer, Deadline, Denied, Document, Gap
from sources.http import Answer, parsed
from sources.loki.settings import LokiSettings
from sources.paging import Page, pages
from sources.text import one_line
from sources.web import Web, authorisation

Json = dict[str, Any]
LIMITS = (1000, 5000)
"""Lines per request; 5000 is the default maximum of a Loki (`max_entries_limit_per_query`)."""
_DIGITS = 19
"""Digits of nanoseconds since 1970, until the year 2286."""
_ALLOWED = re.compile(r"max entries limit per query exceeded[^(]*\(\d+ > (\d{1,9})\)")


class Loki:
    """A session with one server, for use in a `with`."""

    def __init__(
        self,
        settings: LokiSettings,
        scrubber: Scrubber,
        deadline: Deadline,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Raises Denied if the token cannot be obtained."""
        self._url = f"{settings.url}/loki/api/v1/query_range"
        authorise = authorisation(settings.token(scrubber), settings.username, scrubber)
        headers = {"X-Scope-OrgID": settings.org_id} if settings.org_id else {}
        self._web = Web(
            authorise, scrubber, deadline, settings.timeout, sleep, headers=headers, ca_file=settings.ca_file
        )
        self._unread = 0

    def __enter__(self) -> Self:
        """The open session."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        """Close the connections."""
        self._web.__exit__(kind, error, tb)

    def lines(
        self, call: str, query: str, start: datetime, end: datetime, keep: Callable[[Json], Json]
    ) -> Iterator[Document | Gap]:
        """Every line from `start` (inclusive) to `end` (exclusive), page by page; a line may be in several of them.

        `keep` makes the content of a Document from an answer, where `data.result` is a list of streams with `values`.
        """
        self._unread = 0
        yield from pages(partial(self._page, call, query, _nanoseconds(end), keep), call, _nanoseconds(start), LIMITS)
        if self._unread:
            yield Gap(f"{call} of Loki: {self._unread} of its streams could not be read and were left out")

    def counts(self, call: str, query: str, start: int, end: int, step: int) -> Document:
        """Number of lines in the `step` seconds up to each multiple of `step`; times without lines are missing.

        Raises BadAnswer also if the query cannot be counted.
        """
        counted = f"sum(count_over_time({query} [{step}s]))"
        params = {"query": counted, "start": start // step * step, "end": -(-end // step) * step, "step": step}
        address, answer = self._ask(call, params)
        body = _body(answer, call, "matrix")
        kept = {"step": step, "warnings": body.get("warnings"), "data": {"result": body["data"]["result"]}}
        return _document(call, address, kept)

    def _page(self, call: str, query: str, end: int, keep: Callable[[Json], Json], start: int, limit: int) -> Page:
        """The first lines from `start` to `end`; fewer if the server has a lower limit."""
        for attempt in range(2):
            params = {"query": query, "start": start, "end": end, "limit": limit, "direction": "forward"}
            address, answer = self._ask(call, params, most=limit if attempt == 0 else None)
            allowed = _ALLOWED.search(answer.text) if answer.status == 400 else None
            if allowed is None:
                break
            limit = max(1, int(allowed[1]))
        body = _body(answer, call, "streams")
        found = body["data"]["result"]
        streams = [each for each in found if isinstance(each, dict) and isinstance(each.get("values"), list)]
        self._unread += len(found) - len(streams)
        kept = keep({"warnings": body.get("warnings"), "data": {"resultType": "streams", "result": streams}})
        values = [value for stream in streams for value in stream["values"]]
        return Page(_document(call, address, kept), [at for each in values for at in _time(each)], len(values) >= limit)

    def _ask(self, call: str, params: dict[str, Any], most: int | None = None) -> tuple[str, Answer]:
        """The address and its answer; an error answer only if the server refused as many lines as `most`."""
        what = f"{call} of Loki"
        address = f"{self._url}?{urlencode(params)}"
        answer = self._web.get(address, what, accept=(400, 404, 422), check=_tenant)
        allowed = _ALLOWED.search(answer.text) if answer.status == 400 and most is not None else None
        if answer.status >= 400 and (allowed is None or int(allowed[1]) >= (most or 0)):
            reason = one_line(answer.text)[:300]
            raise BadAnswer(f"{what}: answered {answer.status}: {reason}", "see `url` and `query`, or ask for less")
        return address, answer


def _body(answer: Answer, call: str, type_: str) -> Json:
    what = f"{call} of Loki"
    body = parsed(answer, what)
    data = body.get("data") if isinstance(body, dict) else None
    if not isinstance(data, dict) or not isinstance(data.get("result"), list):
        raise BadAnswer(f"{what}: the answer is none of Loki's", "is this the URL of a Loki?")
    if data.get("resultType") != type_:
        wanted = "lines" if type_ == "streams" else "counts"
        hint = "`query` must select lines"
        raise BadAnswer(f"{what}: the answer has no {wanted} but a {data.get('resultType')}", hint)
    return dict(body)


def _document(call: str, address: str, body: Json) -> Document:
    return Document(call, f"GET {address}", datetime.now(UTC), json.dumps(body, separators=(",", ":")))


def _time(value: Any) -> Iterator[int]:
    """The nanoseconds of a line, if they are valid."""
    written = value[0] if isinstance(value, list) and value else None
    # Python refuses to parse a number with thousands of digits.
    if isinstance(written, str) and written.isdecimal() and len(written) <= _DIGITS:
        yield int(written)


def _tenant(answer: Answer) -> None:
    if answer.status == 401 and "org id" in answer.text:
        raise Denied("Loki: 401, it has tenants", "name yours with `org_id`")


def _nanoseconds(moment: datetime) -> int:
    # As integers: a float of nanoseconds since 1970 is off by hundreds.
    since = moment - datetime.fromtimestamp(0, UTC)
    return ((since.days * 86400 + since.seconds) * 1_000_000 + since.microseconds) * 1000
