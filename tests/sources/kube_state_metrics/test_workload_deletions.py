"""Workloads whose series end."""

from collector.event import Event, Kind
from tests.sources.kube_state_metrics.answers import read
from tests.sources.kube_state_metrics.derived import Series
from tests.sources.kube_state_metrics.sampling import BORN, POD, clock, sampled
from tests.sources.prometheus.samples import at


def deletions(series: Series) -> list[tuple[str, str, str, str]]:
    found: list[Event] = [each for each in read(series)[0] if each.kind == Kind.WORKLOAD_DELETED]
    return [(clock(each.earliest), clock(each.latest), each.summary, each.merge_key) for each in found]


def replicas(kind: str, name: str, until: str) -> Series:
    metric = {"deployment": "kube_deployment_spec_replicas", "statefulset": "kube_statefulset_replicas"}[kind]
    return [sampled(metric, {"namespace": "shop", kind: name}, lambda t: 2 if t < at(until) else None)]


def test_a_workload_was_deleted_between_the_last_scrape_with_it_and_the_first_without() -> None:
    pod = [sampled("kube_pod_created", POD, BORN)]
    gone, there = replicas("deployment", "web", "14:10:00"), replicas("deployment", "api", "23:00:00")
    base = replicas("statefulset", "db", "14:12:00")
    assert deletions([*pod, *gone, *there, *base]) == [
        ("14:09:50", "14:10:05", "Deployment web was deleted", "prod/shop/Deployment/web/deleted"),
        ("14:11:50", "14:12:05", "StatefulSet db was deleted", "prod/shop/StatefulSet/db/deleted"),
    ]


def test_where_kube_state_metrics_was_not_scraped_any_more_nothing_was_deleted() -> None:
    pod = [sampled("kube_pod_created", POD, lambda t: BORN if t < at("14:10:00") else None)]
    assert deletions([*pod, *replicas("deployment", "web", "14:10:00")]) == []
