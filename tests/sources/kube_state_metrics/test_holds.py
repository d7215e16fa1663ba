"""Deployments that are paused and go on."""

from collections.abc import Callable
from pathlib import Path

import pytest

from collector.event import Event, Kind
from collector.merge import merge
from collector.source import Deadline, Document
from collector.stories.rollouts import rollouts
from tests.collector.build import WINDOW
from tests.examples import rarely
from tests.servers.process import require
from tests.servers.prometheus import prometheus
from tests.sources.kube_state_metrics.answers import ksm, read
from tests.sources.kube_state_metrics.hold_series import course
from tests.sources.kube_state_metrics.sampling import clock
from tests.sources.kubernetes import cluster
from tests.sources.kubernetes.argo_canary import condition
from tests.sources.prometheus.samples import at, openmetrics, utc

HELD = (Kind.ROLLOUT_PAUSED, Kind.ROLLOUT_RESUMED)


def paused(*spans: tuple[str, str]) -> Callable[[float], float]:
    return lambda time: float(any(at(begin) <= time < at(end) for begin, end in spans))


def held(events: list[Event]) -> list[tuple[Kind, str, str, str, str]]:
    return [(e.kind, clock(e.earliest), clock(e.latest), e.keys.replica_set, e.summary) for e in events]


def of(events: list[Event]) -> list[Event]:
    return [event for event in events if event.kind in HELD]


def test_a_pause_is_of_the_rollout_that_was_under_way_else_of_the_deployment() -> None:
    events = of(read(course(paused(("14:03:00", "14:10:00"), ("14:15:00", "14:15:30")), "14:12:00"))[0])
    assert held(events) == [
        (Kind.ROLLOUT_PAUSED, "14:02:50", "14:03:05", "cart-new", "Rollout of cart paused"),
        (Kind.ROLLOUT_RESUMED, "14:09:50", "14:10:05", "cart-new", "Rollout of cart resumed"),
        (Kind.ROLLOUT_PAUSED, "14:14:50", "14:15:05", "", "Deployment cart paused"),
        (Kind.ROLLOUT_RESUMED, "14:15:20", "14:15:35", "", "Deployment cart resumed"),
    ]
    assert {event.merge_key for event in events} == {
        f"prod/shop/Deployment/cart/{word}" for word in ("paused", "resumed")
    }
    assert events[0].query == 'kube_deployment_spec_paused{namespace="shop",deployment="cart"}'


def test_what_begins_between_the_same_two_samples_began_before_a_pause_and_after_a_resumption() -> None:
    before = of(read(course(paused(("14:02:04", "14:30:00")), "14:12:00"))[0])[0]
    assert held([before]) == [(Kind.ROLLOUT_PAUSED, "14:02:03", "14:02:05", "cart-new", "Rollout of cart paused")]
    after = of(read(course(paused(("13:30:00", "14:02:03")), "14:12:00"))[0])[-1]
    assert held([after]) == [(Kind.ROLLOUT_RESUMED, "14:01:50", "14:02:04", "cart-new", "Rollout of cart resumed")]
    assert clock(after.at) == "14:02:03"


def test_what_was_paused_before_there_were_samples_has_no_time_and_what_is_missing_is_said() -> None:
    every = course(lambda _: 1, "14:12:00")
    assert of(read(every)[0]) == []
    gaps = {gap.reason for gap in read([one for one in every if "paused" not in one.name])[1]}
    assert "kube_deployment_spec_paused is missing, so paused and resumed rollouts cannot be seen" in gaps


@pytest.mark.parametrize("under_way", [True, rarely(False)])
def test_out_of_a_real_prometheus_it_is_one_fact_with_the_live_api(under_way: bool, tmp_path: Path) -> None:
    require("prometheus", "promtool")
    done = "14:12:00" if under_way else "14:02:30"
    with prometheus(tmp_path, openmetrics(course(paused(("14:03:00", "14:10:00")), done))) as url:
        documents = [each for each in ksm(url).fetch(WINDOW, Deadline(60)) if isinstance(each, Document)]
    ours = [event for event in ksm().read(documents, WINDOW) if isinstance(event, Event)]
    times = [(utc(at(clock)) - cluster.NOON).total_seconds() for clock in ("14:03:00", "14:10:00")]
    object_ = cluster.meta("Deployment", "cart", cluster.NOON)
    conditions = [condition("Progressing", "Unknown", "DeploymentResumed", *times)]
    live = cluster.read({"deployments": [{"metadata": object_, "status": {"conditions": conditions}}]})[0]
    facts = merge([*live, *ours])
    both = [fact for fact in facts if fact.kind in HELD]
    assert [(fact.kind, clock(fact.best.at), {event.source for event in fact.events}) for fact in both] == [
        (Kind.ROLLOUT_PAUSED, "14:03:00", {"k8s", "ksm"}),
        (Kind.ROLLOUT_RESUMED, "14:10:00", {"k8s", "ksm"}),
    ]
    (rollout,) = [each for each in rollouts(facts) if each.keys.replica_set == "cart-new"]
    assert [fact.kind for fact in rollout.holds] == (list(HELD) if under_way else [])
