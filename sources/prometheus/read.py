"""Makes Events and Gaps from documents: what Prometheus reports of the window, and what it cannot."""

from collections.abc import Iterable, Iterator

import numpy as np

from collector.event import Event, Kind
from collector.source import Document, Gap
from collector.window import Window
from sources.prometheus.alerts import alert_events
from sources.prometheus.availability import started
from sources.prometheus.coverage_gaps import uncounted
from sources.prometheus.latency import latency_events
from sources.prometheus.ratio_queries import ratio_query_events
from sources.prometheus.ratios import request_events
from sources.prometheus.rules import Rules
from sources.prometheus.settings import PrometheusSettings
from sources.promql.answers import Answers
from sources.promql.series import Extent, instant
from sources.promql.sorted_numbers import median

_SILENCE = 300.0
"""Seconds without any sample that are worth a Gap: after this time Prometheus itself considers a value gone."""


def read(
    documents: Iterable[Document], window: Window, source: str, settings: PrometheusSettings
) -> Iterator[Event | Gap]:
    """All Events and Gaps of the documents; see `PrometheusSource.read`."""
    answers, rules, starts = Answers(), Rules(), set[float]()
    for document in documents:
        if document.call in ("rules", "restarts"):
            answers.add_warnings(document)
        if document.call == "rules":
            yield from rules.add(document)
        elif document.call == "restarts":
            for found in started(document):
                if isinstance(found, Gap):
                    yield found
                else:
                    starts.add(found)
        else:
            yield from answers.add(document)
    yield from answers.warnings()
    extent = answers.extent()
    if extent is None:
        return
    yield from _unseen(answers, extent, window)
    yield from uncounted(answers, window, settings)
    alerts, for_state = answers.series("alerts", "ALERTS"), answers.series("alerts_for_state", "ALERTS_FOR_STATE")
    fired: list[Event] = []
    for given in alert_events(alerts, for_state, rules, starts, extent, source, settings.service_label):
        if isinstance(given, Event) and given.kind == Kind.ALERT_FIRING:
            fired.append(given)
        yield given
    yield from request_events(answers, extent, window, source, settings, fired)
    yield from ratio_query_events(answers, extent, window, source, settings)
    yield from latency_events(answers, extent, window, source, settings)


def _unseen(answers: Answers, extent: Extent, window: Window) -> Iterator[Gap]:
    """Times of the window without any sample."""
    start, end = window.start.timestamp(), min(window.end.timestamp(), extent.end)
    if end <= start:
        yield Gap("the window lies in the future")
        return
    if not extent.steady and answers.names:
        return
    inside = extent.alive[(extent.alive >= start) & (extent.alive <= end)]
    if not len(inside):
        hint = "beyond its retention, not running then, or not the right server"
        yield Gap(f"no samples at all from {_span(start, end)}", hint, fatal=not answers.names)
        return
    limit = max(_SILENCE, 3 * median(np.diff(inside))) if len(inside) > 1 else _SILENCE
    edges = np.concatenate(([start], inside, [end]))
    for index in np.flatnonzero(np.diff(edges) > limit).tolist():
        hint = "before its retention" if index == 0 else "was Prometheus running?"
        yield Gap(f"no samples at all from {_span(edges[index], edges[index + 1])}", hint)


def _span(start: float, end: float) -> str:
    return f"{instant(start):%Y-%m-%d %H:%M:%S} to {instant(end):%H:%M:%S} UTC"
