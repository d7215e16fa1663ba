"""Queries Elasticsearch or OpenSearch for documents, oldest first.

Only features that both have always had are used, and that a read permission allows: a search sorted by one time, with
the query in the URL parameter `source`. Points in time differ between the two, and not all of them can sort by id, so
pages overlap by their last time instead (see `sources.paging`).
"""

import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any
from urllib.parse import quote, urlencode

import requests

from collector.json_text import encode
from collector.secrets import Scrubber
from collector.source import BadAnswer, Deadline, Document, Gap
from collector.window import Window
from sources.elasticsearch_events.hits import hits
from sources.elasticsearch_events.settings import ElasticsearchEventsSettings
from sources.http import decoded, parsed
from sources.paging import Page, pages
from sources.shipped_events.sensitive import SENSITIVE, without_sensitive
from sources.shipped_events.span import LEAD, STEPS, STEPS_LEAD, TAIL
from sources.shipped_events.watched import REASONS, STORED
from sources.text import one_line
from sources.web import Web, authorisation

LIMITS = (1000, 10_000)
"""Documents to request at once; 10,000 is the server's default maximum (`index.max_result_window`)."""


def fetch(
    settings: ElasticsearchEventsSettings,
    scrubber: Scrubber,
    window: Window,
    deadline: Deadline,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[Document | Gap]:
    """Yield the documents from before the window to after it, page by page, and the steps of rollouts from long before.

    Only the mapped fields of the documents are requested: annotations may hold secrets. No time field is in all
    documents, so each document is found by the one of its times that is closest to its last occurrence.
    """
    since = window.start - LEAD
    questions = (("steps", window.start - STEPS_LEAD, since), ("events", since, window.end + TAIL))
    paths = settings.times
    authorise = _authorise(settings, scrubber)
    with Web(authorise, scrubber, deadline, settings.timeout, sleep, ca_file=settings.ca_file) as web:
        for call, start, end in questions:
            for number, path in enumerate(paths):
                asked = partial(_page, web, settings, call, paths[: number + 1], _milliseconds(end))
                yield from pages(asked, f"{call} by {path}", _milliseconds(start), LIMITS)


def _authorise(
    settings: ElasticsearchEventsSettings, scrubber: Scrubber
) -> Callable[[requests.PreparedRequest], requests.PreparedRequest]:
    token = settings.token(scrubber)
    if token is None or settings.username or settings.scheme == "Bearer":
        return authorisation(token, settings.username, scrubber)

    def authorise(request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"ApiKey {token}"
        return request

    return authorise


def _page(
    web: Web,
    settings: ElasticsearchEventsSettings,
    call: str,
    paths: Sequence[str],
    end: int,
    start: int,
    limit: int,
) -> Page:
    """The first documents with a time in the last of `paths` and none in the others."""
    what = f"{call} of {settings.index}"
    question = {
        "size": limit,
        "track_total_hits": False,
        "_source": _wanted(settings),
        # In milliseconds even if a mapping has nanoseconds; an index without the field has nothing to sort.
        "sort": [{paths[-1]: {"order": "asc", "unmapped_type": "date", "numeric_type": "date"}}],
        "query": _query(settings, call, paths, start, end),
    }
    params = {"source": json.dumps(question, separators=(",", ":")), "source_content_type": "application/json"}
    address = f"{settings.url}/{quote(settings.index, safe=',*')}/_search"
    answer = web.get(f"{address}?{urlencode(params)}", what, accept=(400, 404))
    if answer.status >= 400:
        raise BadAnswer(f"{what}: answered {answer.status}: {_reason(answer.text)}", "see `url`, `index` and `fields`")
    text = encode(without_sensitive(parsed(answer, what))) if _is_otel(settings) else decoded(answer, what)
    document = Document(call, f"GET {address}?source={json.dumps(question)}", datetime.now(UTC), text)
    body = document.json()
    found = body.get("hits") if isinstance(body, dict) else None
    if not isinstance(found, dict) or not isinstance(found.get("hits"), list):
        raise BadAnswer(f"{what}: the answer is none to a search", "is this the URL of an Elasticsearch or OpenSearch?")
    times = [hit.sort for hit in hits(document) if not isinstance(hit, Gap)]
    return Page(document, times, cut=len(found["hits"]) >= limit)


def _query(
    settings: ElasticsearchEventsSettings, call: str, paths: Sequence[str], start: int, end: int
) -> Mapping[str, Any]:
    within: list[dict[str, Any]] = [{"range": {paths[-1]: {"gte": start, "lte": end, "format": "epoch_millis"}}}]
    reasons = REASONS if _is_otel(settings) else tuple(filter(None, (settings.every_field["reason"],)))
    if call == "steps" and reasons:
        within.append(_any({"match": {reason: STEPS}} for reason in reasons))
    if _is_otel(settings):
        # A Collector usually writes its other records into the same data streams.
        events: list[dict[str, Any]] = [
            {"match": {f"{of}.k8s.resource.name": "events"}} for of in ("attributes", "Attributes")
        ]
        within.append(_any([*events, *({"exists": {"field": reason}} for reason in REASONS)]))
    if settings.query:
        within.append({"query_string": {"query": settings.query}})
    return {"bool": {"filter": within, "must_not": [{"exists": {"field": path}} for path in paths[:-1]]}}


def _any(of: Iterable[dict[str, Any]]) -> dict[str, Any]:
    every = list(of)
    return every[0] if len(every) == 1 else {"bool": {"should": every, "minimum_should_match": 1}}


def _is_otel(settings: ElasticsearchEventsSettings) -> bool:
    return settings.format == "opentelemetry"


def _wanted(settings: ElasticsearchEventsSettings) -> Any:
    """The fields to request."""
    if _is_otel(settings):
        return {"includes": list(STORED), "excludes": [f"*.{name}" for name in sorted(SENSITIVE)]}
    return sorted({path for path in settings.every_field.values() if path})


def _reason(text: str) -> str:
    """The innermost reason of the error, which names the index or field."""
    try:
        error = json.loads(text)["error"]
        causes = error["root_cause"] if isinstance(error, dict) and error.get("root_cause") else [error]
        return one_line(str(causes[0]["reason"]))[:300]
    except (ValueError, KeyError, TypeError, IndexError, RecursionError):
        return one_line(text)[:300]


def _milliseconds(moment: datetime) -> int:
    since = moment - datetime.fromtimestamp(0, UTC)
    return (since.days * 86400 + since.seconds) * 1000 + since.microseconds // 1000
