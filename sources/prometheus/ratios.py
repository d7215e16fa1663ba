"""Error ratios per service: which counters are whose, and the events of their times of raised errors."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from collector.event import Event, Identity, Kind, Subject
from collector.source import Gap
from collector.window import Window
from sources.prometheus.answers import Answers
from sources.prometheus.deltas import Bins, Counter, binned
from sources.prometheus.episodes import Change, Raised, raised
from sources.prometheus.metrics import (
    METRICS,
    NAMESPACE_LABELS,
    REPLICA_LABELS,
    SERVICE_LABELS,
    Metric,
    first_of,
    matchers,
)
from sources.prometheus.series import Extent, Series, clock, graph, instant
from sources.prometheus.settings import PrometheusSettings, RatioSettings

_LOST = 4
"""So many bins without a sample are worth telling."""


@dataclass(frozen=True, slots=True)
class _Ratio:
    """One service's ratio: its counters, and what to ask to see it."""

    title: str
    metric: str
    subject: Subject
    counters: list[Counter]
    errors: str
    total: str
    """Selectors of its counters."""


def ratio_events(
    answers: Answers, extent: Extent, window: Window, source: str, settings: PrometheusSettings
) -> Iterator[Event | Gap]:
    """Errors risen and fallen, of every service; a Gap where the samples of one are missing within the window.

    Numbers: `before` and `after` (ratios; the raised one is the level of most of its errors), `peak` and `peak_at`
    (Unix seconds; rises only), `errors` and `requests` (from the rise to the fall).
    """
    lost: list[str] = []
    for ratio in _ratios(answers, settings):
        if isinstance(ratio, Gap):
            yield ratio
            continue
        bins = binned(ratio.counters, extent.start)
        if bins is None:
            continue
        lost += [f"{ratio.metric} of {ratio.subject.service} {hole}" for hole in _holes(bins, extent, window)]
        for index, episode in enumerate(raised(bins)):
            yield from _events(ratio, episode, bins, index, extent, source)
    if lost:
        more = f" and {len(lost) - 5} more" if len(lost) > 5 else ""
        yield Gap(f"no samples of {'; '.join(lost[:5])}{more}", "not scraped then, or not running")


def _ratios(answers: Answers, settings: PrometheusSettings) -> Iterator[_Ratio | Gap]:
    """The configured ones, then of each other service the one of the first metric that knows it."""
    for ratio in settings.ratios:
        yield _configured(answers, ratio)
    taken = {ratio.service for ratio in settings.ratios}
    told: set[tuple[str, str, str]] = set()
    for metric in METRICS:
        found: dict[tuple[str, str, str], list[tuple[Series, bool]]] = {}
        names = (settings.service_label, *metric.service_labels, *SERVICE_LABELS)
        every = _once(answers.series("counters", metric.selector))
        for series in every:
            failed = metric.failed(series.labels)
            key = tuple(series.labels.get(label, "") for label in _owner(series.labels, names))
            if failed is not None and key[2]:
                found.setdefault((key[0], key[1], key[2]), []).append((series, failed))
        if every and not found:
            yield Gap(f"{metric.name}: no series has a service and one of the labels {', '.join(metric.errors)}")
        for (cluster, namespace, service), many in sorted(found.items()):
            if service in taken or (cluster, namespace, service) in told:
                continue
            told.add((cluster, namespace, service))
            yield _found(metric, Subject(cluster=cluster, namespace=namespace, service=service), many, names)


def _once(every: Iterable[Series]) -> list[Series]:
    """Of copies that several Prometheis made of one series the longest: they would count every request twice."""
    longest: dict[str, Series] = {}
    for series in every:
        key = matchers({name: value for name, value in series.labels.items() if name not in REPLICA_LABELS})
        if key not in longest or len(series.times) > len(longest[key].times):
            longest[key] = series
    return list(longest.values())


def _owner(labels: Mapping[str, str], names: tuple[str, ...]) -> tuple[str, str, str]:
    """The labels that name cluster, namespace and service."""
    return "cluster", first_of(labels, NAMESPACE_LABELS), first_of(labels, names)


def _found(metric: Metric, subject: Subject, many: list[tuple[Series, bool]], names: tuple[str, ...]) -> _Ratio:
    labels = many[0][0].labels
    owner = {name: labels[name] for name in _owner(labels, names) if labels.get(name)} | dict(metric.only)
    outcome = next(name for name in metric.errors if name in labels)
    total = matchers(owner)
    errors = f'{total[:-1]},{outcome}=~"{metric.errors[outcome]}"}}'
    counters = [Counter(series, failed, total=True) for series, failed in many]
    return _Ratio(metric.title, metric.name, subject, counters, metric.name + errors, metric.name + total)


def _configured(answers: Answers, ratio: RatioSettings) -> _Ratio:
    errors = [Counter(one, failed=True, total=False) for one in _once(answers.series("counters", ratio.error_query))]
    total = [Counter(one, failed=False, total=True) for one in _once(answers.series("counters", ratio.total_query))]
    subject = Subject(service=ratio.service)
    return _Ratio(ratio.name, ratio.total_query, subject, errors + total, ratio.error_query, ratio.total_query)


def _holes(bins: Bins, extent: Extent, window: Window) -> Iterator[str]:
    """When, within the window, there are no samples."""
    inside = (bins.edges[:-1] >= window.start.timestamp()) & (bins.edges[1:] <= min(extent.end, window.end.timestamp()))
    first = int(np.argmax(bins.seen > 0))
    missing = np.concatenate(([False], (bins.seen <= 0) & inside & (np.arange(len(inside)) > first), [False]))
    turns = np.flatnonzero(np.diff(missing.astype(int)))
    for begin, end in zip(turns[::2].tolist(), turns[1::2].tolist(), strict=True):
        if end - begin >= _LOST:
            yield f"{clock(bins.edges[begin])}-{clock(bins.edges[end])} UTC"


def _events(ratio: _Ratio, episode: Raised, bins: Bins, index: int, extent: Extent, source: str) -> Iterator[Event]:
    subject = ratio.subject
    owner = "/".join(part for part in (subject.cluster, subject.namespace, subject.service) if part)
    width = int(max(60, 4 * bins.step))
    query = f"sum(rate({ratio.errors}[{width}s])) / sum(rate({ratio.total}[{width}s]))"
    identity = f"{ratio.metric}-{owner}-{index}"
    counts = {"errors": round(episode.errors), "requests": round(episode.requests)}
    scale = f"{counts['errors']:,} of {counts['requests']:,} requests; resolution {bins.step:g} s"

    def event(kind: Kind, change: Change, summary: str, numbers: dict[str, float]) -> Event:
        return Event(
            kind=kind,
            at=instant(change.at),
            earliest=instant(change.earliest),
            latest=instant(change.latest),
            summary=summary,
            source=source,
            native_id=f"{identity}/{kind.value}",
            subject=subject,
            keys=Identity(measure=ratio.title, episode=identity),
            numbers=numbers | counts,
            url=graph(extent.base, query, change.at),
            query=query,
            fact=f"{ratio.title} of {owner}",
        )

    if (rise := episode.rise) is not None:
        still = "" if episode.fall else f"; still so at {clock(bins.edges[-1])} UTC"
        peak = f"peak {episode.peak:.1%} at {instant(episode.peak_at):%H:%M} UTC"
        summary = f"{ratio.title} of {subject.service} rises from {episode.before:.1%} to {episode.level:.1%}"
        numbers = {"before": episode.before, "after": episode.level, "peak": episode.peak, "peak_at": episode.peak_at}
        yield event(Kind.ERRORS_ROSE, rise, f"{summary} ({peak}; {scale}){still}", numbers)
    if (fall := episode.fall) is not None:
        before = "" if episode.rise else f"; it was raised before {clock(extent.start)} UTC already"
        summary = f"{ratio.title} of {subject.service} falls from {episode.level:.1%} to {episode.after:.1%}"
        numbers = {"before": episode.level, "after": episode.after}
        yield event(Kind.ERRORS_FELL, fall, f"{summary} ({scale}){before}", numbers)
