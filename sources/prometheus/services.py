"""The request counters and histograms of each service."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from msgspec import Struct

from collector.event import Subject
from collector.source import Gap
from sources.metric_labels import quoted, selected, spelled
from sources.prometheus.deltas import Counter
from sources.prometheus.groups import Group, groups, without_replicas
from sources.prometheus.metrics import METRICS, Metric, selector
from sources.prometheus.settings import LatencySettings, PrometheusSettings, RatioSettings
from sources.promql.answers import Answers
from sources.promql.series import Series

_MOST_NAMED = 5


class Requests(Struct, frozen=True):
    """The request counters of one service, and the selectors that show them."""

    title: str
    """Name of the ratio of failed requests."""
    metric: str
    subject: Subject
    counters: list[Counter]
    errors: str
    total: str
    """Selector of all counters; `errors` selects failed requests."""

    @property
    def owner(self) -> str:
        """Cluster, namespace and service."""
        return owner(self.subject)


class Histogram(Struct, frozen=True):
    """The classic histograms of request durations of one service."""

    metric: str
    subject: Subject
    buckets: Mapping[float, list[Series]]
    """Series by bound in seconds, smallest first; the last bound counts all requests."""
    bounds: Mapping[float, str]
    """The bounds as written in the label `le`."""
    selector: str
    """PromQL selector of all its buckets."""
    configured: bool = False
    wanted: float | None = None
    """The configured bound in seconds."""
    title: str = ""
    """The configured name in the table."""

    def bucket(self, bound: float) -> str:
        """The selector of one bucket."""
        labels = f"le={quoted(self.bounds[bound])}"
        if not self.selector.endswith("}"):
            return f"{self.selector}{{{labels}}}"
        inside = self.selector[:-1].rstrip(" ,")
        return f"{inside}{'' if inside.endswith('{') else ','}{labels}}}"


def owner(subject: Subject) -> str:
    """Cluster, namespace and service."""
    return "/".join(part for part in (subject.cluster, subject.namespace, subject.service) if part)


def requests(answers: Answers, settings: PrometheusSettings) -> Iterator[Requests | Gap]:
    """The configured counters, then for each other service those of the first metric with series about it."""
    for ratio in settings.ratios:
        if not ratio.ratio_query:
            yield _configured(answers, ratio)
    configured = {ratio.service for ratio in settings.ratios}
    seen: set[tuple[str, str, str]] = set()
    silent: dict[str, list[Group]] = {}
    for metric in METRICS:
        every = list(groups(answers, metric, metric.name, settings))
        if not every and any(answers.series("counters", selector(metric.name, side)) for side in metric.sides):
            yield Gap(f"{metric.name}: no series names a service", "which label does? set it as `service_label`")
        for group in every:
            known = [one for one in group.series if metric.failed(one.labels) is not None]
            if not known:
                silent.setdefault(f"{metric.name}/{', '.join(metric.errors)}", []).append(group)
            elif group.subject.service not in configured and group.key not in seen:
                seen.add(group.key)
                yield _found(metric, group, known)
    yield from _without_outcome(silent, configured, seen)


def histograms(answers: Answers, settings: PrometheusSettings) -> Iterator[Histogram]:
    """The configured histograms, then for each other service those of the first metric with series about it."""
    for latency in settings.latencies:
        yield _configured_histogram(answers, latency)
    configured = {latency.service for latency in settings.latencies}
    seen: set[tuple[str, str, str]] = set()
    for metric in METRICS:
        if not metric.buckets:
            continue
        for group in groups(answers, metric, metric.buckets, settings):
            if group.subject.service not in configured and group.key not in seen:
                seen.add(group.key)
                which = selected(metric.buckets, group.matchers)
                yield Histogram(metric.buckets, group.subject, *_buckets(group.series, metric.unit), selector=which)


def named(many: Sequence[str]) -> str:
    """`a, b and 3 more`."""
    more = f" and {len(many) - _MOST_NAMED} more" if len(many) > _MOST_NAMED else ""
    return ", ".join(many[:_MOST_NAMED]) + more


def _without_outcome(
    silent: Mapping[str, Sequence[Group]], configured: Collection[str], seen: Collection[tuple[str, str, str]]
) -> Iterator[Gap]:
    """Gaps for services with series that do not show which requests failed, by metric and the labels that would."""
    for what, many in silent.items():
        metric, _, labels = what.partition("/")
        unknown = {one.subject.service for one in many if one.key not in seen and one.subject.service not in configured}
        if unknown:
            reason = f"{metric}: no series of {named(sorted(unknown))} has one of the labels {labels}"
            yield Gap(reason, "name theirs in `ratios`")


def _found(metric: Metric, group: Group, known: Sequence[Series]) -> Requests:
    outcome = next(name for name in metric.errors if name in known[0].labels)
    total = group.matchers
    errors = f'{total[:-1]},{spelled(outcome)}=~"{metric.errors[outcome]}"}}'
    counters = [Counter(series, failed=bool(metric.failed(series.labels)), total=True) for series in known]
    errors, total = selected(metric.name, errors), selected(metric.name, total)
    return Requests(metric.title, metric.name, group.subject, counters, errors, total)


def _configured(answers: Answers, ratio: RatioSettings) -> Requests:
    errors = [
        Counter(one, failed=True, total=False)
        for one in without_replicas(answers.series("counters", ratio.error_query))
    ]
    total = [
        Counter(one, failed=False, total=True)
        for one in without_replicas(answers.series("counters", ratio.total_query))
    ]
    subject = Subject(service=ratio.service)
    return Requests(ratio.name, ratio.total_query, subject, errors + total, ratio.error_query, ratio.total_query)


def _configured_histogram(answers: Answers, latency: LatencySettings) -> Histogram:
    query = latency.buckets_query
    series = without_replicas(answers.series("counters", query))
    subject = Subject(service=latency.service)
    found = _buckets(series, latency.seconds_per_unit)
    return Histogram(query, subject, *found, query, True, latency.bound, latency.name)


def _buckets(many: Sequence[Series], unit: float) -> tuple[dict[float, list[Series]], dict[float, str]]:
    """The series by bound in seconds, smallest first, and the bounds as written in the label."""
    buckets: dict[float, list[Series]] = {}
    bounds: dict[float, str] = {}
    for series in many:
        bound = _bound(series.labels.get("le", "")) * unit
        if bound == bound:
            buckets.setdefault(bound, []).append(series)
            bounds[bound] = series.labels["le"]
    return dict(sorted(buckets.items())), bounds


def _bound(text: str) -> float:
    """NaN if the text is no number."""
    try:
        return float(text)
    except ValueError:
        return float("nan")
