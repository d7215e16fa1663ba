"""The series of a metric, grouped by service."""

import re
from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from collector.event import Subject
from sources.metric_labels import (
    NAMESPACE_LABELS,
    REPLICA_LABELS,
    SERVICE_LABELS,
    WORKLOAD_LABELS,
    first_of,
    quoted,
    spelled,
)
from sources.prometheus.metrics import Metric, Side, selector
from sources.prometheus.service_names import UNKNOWN, parsed
from sources.prometheus.settings import PrometheusSettings
from sources.promql.answers import Answers
from sources.promql.series import Series

_CLUSTER = "cluster"


class Group(Struct, frozen=True):
    """The series of one service, as one side of a metric reports them."""

    subject: Subject
    series: list[Series]
    side: Side
    names: tuple[str, ...]
    """The labels that name cluster, namespace and service."""

    @property
    def key(self) -> tuple[str, str, str]:
        """Cluster, namespace and service."""
        return self.subject.cluster, self.subject.namespace, self.subject.service

    @property
    def matchers(self) -> str:
        """The PromQL matchers that select its series."""
        found = {name: f"{spelled(name)}={quoted(value)}" for name, value in self.side.only.items()}
        for name in filter(None, self.names):
            values = sorted({one.labels[name] for one in self.series if one.labels.get(name)})
            if len(values) == 1:
                found[name] = f"{spelled(name)}={quoted(values[0])}"
            elif values:
                found[name] = f"{spelled(name)}=~{quoted('|'.join(map(re.escape, values)))}"
        return "{" + ",".join(text for _, text in sorted(found.items())) + "}"


def groups(answers: Answers, metric: Metric, name: str, settings: PrometheusSettings) -> Iterator[Group]:
    """For each service the series of the first side that reports it, best side first; `name` is one of the metric's."""
    seen: set[tuple[str, str, str]] = set()
    callees: set[tuple[str, ...]] = set()
    for side in metric.sides:
        every = [
            one
            for one in without_replicas(answers.series("counters", selector(name, side)))
            if side.reports(one.labels)
        ]
        new = [one for one in every if not side.callee or _callee(one.labels, side) not in callees]
        callees |= {_callee(one.labels, side) for one in every}
        for group in _by_service(new, side, settings):
            if group.key not in seen:
                yield group
            seen.add(group.key)


def without_replicas(every: Iterable[Series]) -> list[Series]:
    """The longest of the copies that several Prometheus servers have of one series, so each request counts once."""
    longest: dict[tuple[tuple[str, str], ...], Series] = {}
    for series in every:
        key = tuple(sorted(item for item in series.labels.items() if item[0] not in REPLICA_LABELS))
        if key not in longest or len(series.times) > len(longest[key].times):
            longest[key] = series
    return list(longest.values())


def _callee(labels: Mapping[str, str], side: Side) -> tuple[str, ...]:
    return tuple(labels.get(name, "") for name in side.callee)


def _by_service(every: Iterable[Series], side: Side, settings: PrometheusSettings) -> list[Group]:
    """Groups in order of cluster, namespace and service; series that name no service are left out."""
    found: dict[tuple[str, str, str], Group] = {}
    for series in every:
        # A label with the value `unknown` counts as missing.
        labels = {name: value for name, value in series.labels.items() if value != UNKNOWN}
        names = _names(labels, side, settings)
        cluster, namespace, service = (labels.get(name, "") for name in names)
        home, service = parsed(names[2], service)
        subject = Subject(
            cluster=cluster,
            namespace=home or namespace,
            service=service,
            workload=f"{WORKLOAD_LABELS[names[2]]}/{service}" if names[2] in WORKLOAD_LABELS else "",
        )
        if service:
            # The namespace in the service's name is more reliable than a label, which may be the reporter's.
            empty = Group(subject, [], side, (names[0], "" if home else names[1], names[2]))
            found.setdefault(empty.key, empty).series.append(series)
    return [group for _, group in sorted(found.items())]


def _names(labels: Mapping[str, str], side: Side, settings: PrometheusSettings) -> tuple[str, str, str]:
    """The names of the labels for cluster, namespace and service; empty if there is none."""
    usual = SERVICE_LABELS if side.usual else ()
    service = first_of(labels, (settings.service_label, *side.service_labels, *usual))
    return _CLUSTER, first_of(labels, side.namespace_labels or NAMESPACE_LABELS), service
