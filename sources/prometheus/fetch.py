"""What is asked of Prometheus, in which order and in which pages."""

import re
from collections.abc import Iterator
from datetime import timedelta

from collector.source import BadAnswer, Document, Gap
from collector.window import Window
from sources.prometheus.client import Client
from sources.prometheus.metrics import METRICS, selectors
from sources.prometheus.settings import PrometheusSettings

LEAD = timedelta(hours=1)
"""What was normal before the window."""
TAIL = timedelta(minutes=15)
LONGEST_COUNTED = timedelta(hours=12)
"""Of a longer window the counters are not read: at their full resolution they would be gigabytes."""
MOST_SERIES = 2000
"""Of one counter; more are not read."""
_ALERT_PAGE = 24 * 3600
_COUNTER_PAGE = 30 * 60


def fetch(client: Client, settings: PrometheusSettings, window: Window) -> Iterator[Document | Gap]:
    """All answers. What one question does not get becomes a Gap; what no question would get is raised."""
    wide = window.widened(lead=LEAD, tail=TAIL)
    start, end = int(wide.start.timestamp()), int(wide.end.timestamp())
    known = "|".join(["ALERTS", "up", *(metric.name for metric in METRICS)])
    document, names = client.names(known, start, end)
    yield document
    yield from _or_gap(_alive(client, start, end))
    yield from _or_gap(_pages(client, "alerts", "ALERTS", start, end, _ALERT_PAGE))
    yield from _or_gap(_pages(client, "alerts_for_state", "ALERTS_FOR_STATE", start, end, _ALERT_PAGE))
    if too_long(window):
        return
    asked = [metric.selector for metric in METRICS if metric.name in names]
    asked += [selector for ratio in settings.ratios for selector in selectors(ratio)]
    for selector in dict.fromkeys(asked):
        yield from _or_gap(_counters(client, selector, start, end))


def too_long(window: Window) -> bool:
    """Whether the window is too long to read counters for."""
    return window.end - window.start > LONGEST_COUNTED


def how_many(result: object) -> int:
    """The number in the answer to `series`; 0 if there is none, as an empty count has."""
    match result:
        case [{"value": [_, str(number)]}] if re.fullmatch("[0-9]{1,15}", number):
            return int(number)
    return 0


def _alive(client: Client, start: int, end: int) -> Iterator[Document]:
    """When targets were scraped at all: tells a silent Prometheus from one with nothing to say."""
    yield client.over("alive", "max(timestamp(up))", start, end, max(60, (end - start) // 10_000))


def _counters(client: Client, selector: str, start: int, end: int) -> Iterator[Document]:
    document, result = client.at("series", f"count(count_over_time({selector}[{end - start}s]))", end)
    yield document
    if 0 < how_many(result) <= MOST_SERIES:
        yield from _pages(client, "counters", selector, start, end, _COUNTER_PAGE)


def _pages(client: Client, call: str, selector: str, start: int, end: int, page: int) -> Iterator[Document]:
    """Raw samples in pages of bounded time. At the seams 2.x gives a sample twice, 3.x once: read merges them."""
    for begin in range(start, end, page):
        yield client.raw(call, selector, begin, min(begin + page, end))


def _or_gap(documents: Iterator[Document]) -> Iterator[Document | Gap]:
    try:
        yield from documents
    except BadAnswer as error:
        yield Gap(error.reason, error.hint)
