"""Which series are whose: the request counters and histograms of each service."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from collector.event import Subject
from collector.source import Gap
from sources.metric_labels import (
    NAMESPACE_LABELS,
    REPLICA_LABELS,
    SERVICE_LABELS,
    first_of,
    matchers,
    selected,
    spelled,
)
from sources.prometheus.answers import Answers
from sources.prometheus.deltas import Counter
from sources.prometheus.metrics import METRICS, Metric
from sources.prometheus.series import Series
from sources.prometheus.settings import PrometheusSettings, RatioSettings


@dataclass(frozen=True, slots=True)
class Requests:
    """The request counters of one service, and what to ask to see them."""

    title: str
    """What the ratio of its failed requests is called."""
    metric: str
    subject: Subject
    counters: list[Counter]
    errors: str
    total: str
    """Selectors of its counters."""

    @property
    def owner(self) -> str:
        """Cluster, namespace and service."""
        return owner(self.subject)


@dataclass(frozen=True, slots=True)
class Histogram:
    """The classic histograms of how long the requests of one service take."""

    metric: str
    subject: Subject
    buckets: Mapping[float, list[Series]]
    """By their bound in seconds, from the smallest; the last counts all requests."""
    bounds: Mapping[float, str]
    """As the label has them."""
    labels: Mapping[str, str]
    """What selects them."""


def owner(subject: Subject) -> str:
    """Cluster, namespace and service."""
    return "/".join(part for part in (subject.cluster, subject.namespace, subject.service) if part)


def requests(answers: Answers, settings: PrometheusSettings) -> Iterator[Requests | Gap]:
    """The configured ones, then of each other service those of the first metric that knows it."""
    for ratio in settings.ratios:
        if not ratio.ratio_query:
            yield _configured(answers, ratio)
    told: set[Subject] = set()
    for metric in METRICS:
        every = once(answers.series("counters", metric.selector(metric.name)))
        known = [series for series in every if metric.failed(series.labels) is not None]
        found = _by_service(known, metric, settings)
        if every and not found:
            yield Gap(f"{metric.name}: no series has a service and one of the labels {', '.join(metric.errors)}")
        configured = {ratio.service for ratio in settings.ratios}
        for subject, many in found.items():
            if subject.service not in configured and subject not in told:
                told.add(subject)
                yield _found(metric, subject, many, settings)


def histograms(answers: Answers, settings: PrometheusSettings) -> Iterator[Histogram]:
    """Of each service those of the first metric that knows it."""
    told: set[Subject] = set()
    for metric in METRICS:
        if not metric.buckets:
            continue
        every = once(answers.series("counters", metric.selector(metric.buckets)))
        for subject, many in _by_service(every, metric, settings).items():
            if subject not in told:
                told.add(subject)
                yield _histogram(metric, subject, many, settings)


def once(every: Iterable[Series]) -> list[Series]:
    """Of copies that several Prometheis made of one series the longest: they would count every request twice."""
    longest: dict[tuple[tuple[str, str], ...], Series] = {}
    for series in every:
        key = tuple(sorted(item for item in series.labels.items() if item[0] not in REPLICA_LABELS))
        if key not in longest or len(series.times) > len(longest[key].times):
            longest[key] = series
    return list(longest.values())


def _by_service(every: Iterable[Series], metric: Metric, settings: PrometheusSettings) -> dict[Subject, list[Series]]:
    """In order of cluster, namespace and service."""
    found: dict[tuple[str, str, str], list[Series]] = {}
    for series in every:
        cluster, namespace, service = (series.labels.get(name, "") for name in _names(series.labels, metric, settings))
        # OpenTelemetry's and the Operator's job is `namespace/service`.
        if service := service.rpartition("/")[2]:
            found.setdefault((cluster, namespace, service), []).append(series)
    return {
        Subject(cluster=cluster, namespace=namespace, service=service): many
        for (cluster, namespace, service), many in sorted(found.items())
    }


def _names(labels: Mapping[str, str], metric: Metric, settings: PrometheusSettings) -> tuple[str, str, str]:
    """The labels that name cluster, namespace and service."""
    service = (settings.service_label, *metric.service_labels, *SERVICE_LABELS)
    return "cluster", first_of(labels, NAMESPACE_LABELS), first_of(labels, service)


def _selecting(labels: Mapping[str, str], metric: Metric, settings: PrometheusSettings) -> dict[str, str]:
    """What selects the series of the service that has these labels."""
    return {name: labels[name] for name in _names(labels, metric, settings) if labels.get(name)} | dict(metric.only)


def _found(metric: Metric, subject: Subject, many: Sequence[Series], settings: PrometheusSettings) -> Requests:
    labels = many[0].labels
    outcome = next(name for name in metric.errors if name in labels)
    total = matchers(_selecting(labels, metric, settings))
    errors = f'{total[:-1]},{spelled(outcome)}=~"{metric.errors[outcome]}"}}'
    counters = [Counter(series, failed=bool(metric.failed(series.labels)), total=True) for series in many]
    errors, total = selected(metric.name, errors), selected(metric.name, total)
    return Requests(metric.title, metric.name, subject, counters, errors, total)


def _configured(answers: Answers, ratio: RatioSettings) -> Requests:
    errors = [Counter(one, failed=True, total=False) for one in once(answers.series("counters", ratio.error_query))]
    total = [Counter(one, failed=False, total=True) for one in once(answers.series("counters", ratio.total_query))]
    subject = Subject(service=ratio.service)
    return Requests(ratio.name, ratio.total_query, subject, errors + total, ratio.error_query, ratio.total_query)


def _histogram(metric: Metric, subject: Subject, many: Sequence[Series], settings: PrometheusSettings) -> Histogram:
    buckets: dict[float, list[Series]] = {}
    bounds: dict[float, str] = {}
    for series in many:
        bound = _bound(series.labels.get("le", "")) * metric.unit
        if bound == bound:
            buckets.setdefault(bound, []).append(series)
            bounds[bound] = series.labels["le"]
    labels = _selecting(many[0].labels, metric, settings)
    return Histogram(metric.buckets, subject, dict(sorted(buckets.items())), bounds, labels)


def _bound(text: str) -> float:
    """NaN if it is none."""
    try:
        return float(text)
    except ValueError:
        return float("nan")
