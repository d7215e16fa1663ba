"""From documents to Events and Gaps: what Prometheus says of the window, and what it cannot say."""

from collections.abc import Iterable, Iterator

import numpy as np

from collector.event import Event
from collector.source import Document, Gap
from collector.window import Window
from sources.prometheus.alerts import alert_events
from sources.prometheus.answers import Answers
from sources.prometheus.fetch import LONGEST_COUNTED, MOST_SERIES, natives, too_long
from sources.prometheus.latency import latency_events
from sources.prometheus.presence import started
from sources.prometheus.ratios import request_events
from sources.prometheus.rules import Rules
from sources.prometheus.sampled import sampled_events
from sources.prometheus.series import Extent, instant
from sources.prometheus.settings import PrometheusSettings

_SILENCE = 300.0
"""Seconds without a sample of anything that are worth telling: Prometheus itself takes a value for gone by then."""


def read(
    documents: Iterable[Document], window: Window, source: str, settings: PrometheusSettings
) -> Iterator[Event | Gap]:
    """Everything that the documents tell; see `PrometheusSource.read`."""
    answers, rules, starts = Answers(), Rules(), set[float]()
    for document in documents:
        if document.call in ("rules", "restarts"):
            answers.hear(document)
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
    yield from _uncounted(answers, window, settings)
    alerts, for_state = answers.series("alerts", "ALERTS"), answers.series("alerts_for_state", "ALERTS_FOR_STATE")
    yield from alert_events(alerts, for_state, rules, starts, extent, source, settings.service_label)
    yield from request_events(answers, extent, window, source, settings)
    yield from sampled_events(answers, extent, window, source, settings)
    yield from latency_events(answers, extent, window, source, settings)


def _unseen(answers: Answers, extent: Extent, window: Window) -> Iterator[Gap]:
    """Times of the window for which there is no sample at all."""
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
    limit = max(_SILENCE, 3 * float(np.median(np.diff(inside)))) if len(inside) > 1 else _SILENCE
    edges = np.concatenate(([start], inside, [end]))
    for index in np.flatnonzero(np.diff(edges) > limit).tolist():
        hint = "before its retention" if index == 0 else "was Prometheus running?"
        yield Gap(f"no samples at all from {_span(edges[index], edges[index + 1])}", hint)


def _uncounted(answers: Answers, window: Window, settings: PrometheusSettings) -> Iterator[Gap]:
    """Counters that were not read, or that are not there."""
    if too_long(window):
        hours = LONGEST_COUNTED.total_seconds() / 3600
        yield Gap(f"error ratios: not computed for more than {hours:g} hours at once", "ask for a shorter window")
        return
    for selector, count in answers.counts.items():
        if count > MOST_SERIES:
            reason = f"{selector}: {count} series, more than the {MOST_SERIES} that are read"
            yield Gap(reason, "name the services that matter in `ratios`")
    for name in natives(answers.names or []):
        if not any(name in selector for selector in answers.counts):
            hint = f"name it in `ratios`, where its counts are read: total_query = '{name}'"
            yield Gap(f"{name}: a native histogram, which is not looked through by itself", hint)
    missing = [one.service for one in settings.ratios if one.total_query and not answers.counts.get(one.total_query, 1)]
    if missing:
        yield Gap(f"ratios: no samples for {', '.join(missing)}", "does total_query select anything?")
    if answers.names and not answers.counts and not settings.ratios:
        yield Gap("error ratios: none of the usual request counters exists here", "name yours in `ratios`")


def _span(start: float, end: float) -> str:
    return f"{instant(start):%Y-%m-%d %H:%M:%S} to {instant(end):%H:%M:%S} UTC"
