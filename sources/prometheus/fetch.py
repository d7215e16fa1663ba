"""The requests to Prometheus, their order and their pages."""

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from collector.source import BadAnswer, Document, Gap, SourceError
from collector.window import Window
from sources.prometheus.metric_names import configured, similar
from sources.prometheus.metrics import METRICS, Metric, selector, selectors
from sources.prometheus.settings import PrometheusSettings
from sources.promql.limits import LEAD, MOST_SERIES, TAIL, how_many, too_long
from sources.promql.names import question

if TYPE_CHECKING:
    # Only for types: `read` imports this module and must not import the client.
    from sources.promql.client import Client

_MOST_POINTS = 10_800
_RATIO_STEP = 15
_ALERT_PAGE = 24 * 3600
_COUNTER_PAGE = 30 * 60
_MOST_PAGES = 100
"""Maximum pages of rules."""


def fetch(client: "Client", settings: PrometheusSettings, window: Window) -> Iterator[Document | Gap]:
    """All answers. A bad answer to one question becomes a Gap; errors that would affect every question are raised."""
    wide = window.widened(lead=LEAD, tail=TAIL)
    start, end = int(wide.start.timestamp()), int(wide.end.timestamp())
    wanted = list(dict.fromkeys(name for metric in METRICS for name in metric.names))
    histograms = [name for name in map(_native, wanted) if name]
    known = dict.fromkeys(("ALERTS", "up", *wanted, *histograms, *configured(settings)))
    try:
        document, names = client.names(question(known), start, end)
    except BadAnswer as error:
        # Some proxies lack this endpoint. If nothing else is answered either, this is the error to report.
        try:
            alive = list(_alive(client, start, end))
        except BadAnswer:
            raise error from None
        yield Gap(error.reason, error.hint)
        yield from alive
        names = ["ALERTS", *wanted]
    else:
        yield document
        yield from _or_gap(_nearest(client, set(configured(settings)) - set(names), start, end))
        yield from _or_gap(_alive(client, start, end))
    yield from _or_gap(_pages(client, "alerts", "ALERTS", start, end, _ALERT_PAGE))
    yield from _or_gap(_pages(client, "alerts_for_state", "ALERTS_FOR_STATE", start, end, _ALERT_PAGE))
    if "ALERTS" in names:
        yield from _or_gap(_restarts(client, start, end))
        yield from _rules(client)
    if too_long(window):
        return
    # Several counters go with the same histogram.
    once: set[str] = set()
    for metric in METRICS:
        for name in metric.names:
            if name in names and name not in once:
                once.add(name)
                yield from _or_gap(_sides(client, metric, name, start, end))
    own = [selector for ratio in settings.ratios for selector in selectors(ratio)]
    own += [latency.buckets_query for latency in settings.latencies]
    for query in dict.fromkeys(own):
        yield from _or_gap(_counters(client, query, start, end))
    for query in dict.fromkeys(ratio.ratio_query for ratio in settings.ratios if ratio.ratio_query):
        yield from _or_gap(_sampled(client, query, start, end))


def natives(names: Collection[str]) -> list[str]:
    """The existing native histograms of metrics that we would read as classic ones."""
    classic = {metric.buckets for metric in METRICS if metric.name in names}
    missing = (_native(metric.name) for metric in METRICS if metric.buckets not in classic)
    return sorted({name for name in missing if name in names})


def grid(start: int, end: int, least: int = 60) -> tuple[int, int, int]:
    """Start, end and step of a range query between these times; the step is a multiple of `least`.

    Start and end are multiples of the step, to which VictoriaMetrics and Mimir would move them. There are fewer points
    than the 11,000 that Prometheus returns at most.
    """
    step = least * max(1, -(-(end - start) // (least * _MOST_POINTS)))
    return -(-start // step) * step, end // step * step, step


def _native(counter: str) -> str:
    """The native histogram that counts the same as a counter; empty if there is none."""
    return counter.removesuffix("_count") if counter.endswith("_count") else ""


def _alive(client: "Client", start: int, end: int) -> Iterator[Document]:
    """When targets were scraped at all, so that an outage of Prometheus is not mistaken for calm."""
    yield client.over("alive", "max(timestamp(up))", *grid(start, end))


def _restarts(client: "Client", start: int, end: int) -> Iterator[Document]:
    """When a Prometheus was started; an alert that is pending again since then need not be new."""
    query = "max(process_start_time_seconds and on (job, instance) prometheus_build_info)"
    yield client.over("restarts", query, *grid(start, end))


def _rules(client: "Client") -> Iterator[Document | Gap]:
    """The current alerting rules. Alerts are reported even without them."""
    after = ""
    for _ in range(_MOST_PAGES):
        try:
            document, after = client.rules(after)
        except SourceError as error:
            # Servers that only store samples have no rules, and others may not publish them.
            if not client.absent():
                yield Gap(f"{error.reason}; what the alerts mean is unknown", error.hint)
            return
        yield document
        if not after:
            return
    yield Gap(f"rules: truncated after {_MOST_PAGES} pages; what some alerts mean is unknown")


def _nearest(client: "Client", unknown: Collection[str], start: int, end: int) -> Iterator[Document]:
    """Names of existing metrics that resemble configured ones that do not exist."""
    if pattern := similar(unknown):
        yield client.names(pattern, start, end, "nearest")[0]


def _sides(client: "Client", metric: Metric, name: str, start: int, end: int) -> Iterator[Document]:
    """The counters of every side that reports requests, except for services that a better side reports."""
    earlier: list[str] = []
    asked: set[str] = set()
    for side in metric.sides:
        query, before = selector(name, side), list(earlier)
        if query in asked or (before and not side.callee):
            continue
        asked.add(query)
        if before:
            span = f"[{end - start}s]"
            others = " or ".join(f"count_over_time({one}{span})" for one in before)
            unless = f"count(count_over_time({query}{span}) unless on ({', '.join(side.callee)}) ({others}))"
            document, result = client.at("unreported", unless, end)
            yield document
            if not how_many(result):
                continue
        found = 0
        for document in _counters(client, query, start, end):
            found = max(found, _counted(document))
            yield document
        if found:
            earlier.append(query)


def _counted(document: Document) -> int:
    """The number of series in an answer to `series`; 0 in any other."""
    return how_many(document.json()["data"]["result"]) if document.call == "series" else 0


def _counters(client: "Client", selector: str, start: int, end: int) -> Iterator[Document]:
    document, result = client.at("series", f"count(count_over_time({selector}[{end - start}s]))", end)
    yield document
    if 0 < how_many(result) <= MOST_SERIES:
        yield from _pages(client, "counters", selector, start, end, _COUNTER_PAGE)


def _sampled(client: "Client", query: str, start: int, end: int) -> Iterator[Document]:
    yield client.over("ratio", query, *grid(start, end, _RATIO_STEP))


def _pages(client: "Client", call: str, selector: str, start: int, end: int, page: int) -> Iterator[Document]:
    """Raw samples in pages of bounded time. At page borders 2.x returns a sample twice, 3.x once; read merges them."""
    for begin in range(start, end, page):
        yield client.raw(call, selector, begin, min(begin + page, end))


def _or_gap(documents: Iterator[Document]) -> Iterator[Document | Gap]:
    try:
        yield from documents
    except BadAnswer as error:
        yield Gap(error.reason, error.hint)
