"""Nodes that are cordoned and then rid of their pods, and what only looks like it."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from msgspec.structs import replace

from collector.event import Event, Kind
from collector.merge import merge
from collector.source import Deadline, Document, Gap
from tests.collector.build import WINDOW
from tests.examples import rarely
from tests.servers.process import require
from tests.servers.prometheus import prometheus
from tests.servers.victoriametrics import victoriametrics
from tests.sources.kube_state_metrics.answers import documents, ksm, read
from tests.sources.kube_state_metrics.derived import Series
from tests.sources.kube_state_metrics.drain_series import CORDON, LEAVE, NODES, finished, node, phases, pod, until
from tests.sources.kube_state_metrics.sampling import clock, sampled, since
from tests.sources.kubernetes import cluster
from tests.sources.kubernetes.drains import cordoned, stopped
from tests.sources.prometheus.samples import LAST, Sampled, at, openmetrics, steps, utc

Server = Callable[[Path, str], AbstractContextManager[str]]
FACT = "prod/Node/n1/drained"


STAY = [
    *pod("agent", owner="DaemonSet"),
    *pod("proxy", owner="Node"),
    *pod("other", on="n2"),
    *pod("tolerant", made="14:03:00"),
    *pod("nightly", owner="Job"),
    *finished("nightly", "13:30:00"),
]


def drains(events: list[Event]) -> list[tuple[str, str, str, dict[str, float]]]:
    return [
        (clock(e.earliest), clock(e.latest), e.summary, dict(e.numbers))
        for e in events
        if (e.kind, e.merge_key) == (Kind.NODE_DRAINED, FACT)
    ]


def test_it_is_drained_between_the_samples_that_showed_its_last_pod_and_none() -> None:
    told = "Node n1 is drained: 2 pods stopped since it was cordoned"
    assert drains(read([*STAY, *LEAVE, *NODES])[0]) == [("14:04:50", "14:05:05", told, {"pods": 2})]
    # One that finishes leaves the node as well; one with a request that was seen goes from this on.
    more = [*pod("batch", owner="Job"), *finished("batch", "14:06:00")]
    told = "Node n1 is drained: 3 pods stopped since it was cordoned"
    assert drains(read([*STAY, *LEAVE, *NODES, *more])[0]) == [("14:05:50", "14:06:05", told, {"pods": 3})]
    asked = read([*STAY, *NODES, *pod("c", "14:09:00", asked="14:04:00")])[0]
    (event,) = [event for event in asked if event.kind == Kind.NODE_DRAINED]
    assert (clock(event.earliest), clock(event.at), clock(event.latest)) == ("14:03:50", "14:08:57", "14:09:05")


@pytest.mark.parametrize(
    ("nodes", "pods"),
    [
        # A pod stays; it had none; its cordon was lifted first; it was lost with its pods, which went later.
        (NODES, [*LEAVE, *pod("stays")]),
        (NODES, []),
        (NODES, [*pod("batch", owner="Job"), *finished("batch", "14:01:00"), *pod("gone", "14:01:00")]),
        (node("n1", lambda t: float(at(CORDON) <= t < at("14:04:00"))), LEAVE),
        (node("n1", lambda t: float(at(CORDON) <= t < at("14:04:00") or t > at("14:04:30"))), LEAVE),
        (node("n1", lambda t: since(CORDON, 1, 0)(t) if t < at("14:04:00") else None), LEAVE),
    ],
)
def test_what_is_no_drain(nodes: Series, pods: Series) -> None:
    assert drains(read([*STAY, *nodes, *pods])[0]) == []


@pytest.mark.parametrize("again", [False, True])
def test_a_node_that_was_lost_before_its_pods_was_not_drained(again: bool) -> None:
    """They are seen once more when the node is not: it is removed at once, and its pods when that is noticed."""
    lost = [until(one, "14:05:00") for one in NODES[:2]]
    if again:
        # A machine in the cloud that is made anew under its name.
        lost[0].samples.extend((time, at("14:20:00")) for time in steps(at("14:20:05"), LAST))
        lost[1].samples.extend((time, 0) for time in steps(at("14:20:05"), LAST))
    assert drains(read([*STAY, *pod("a", "14:05:10"), *lost, *NODES[2:]])[0]) == []
    assert len(drains(read([*STAY, *pod("a", "14:05:00"), *lost, *NODES[2:]])[0])) == 1


def test_pods_and_nodes_may_be_told_of_by_other_shards() -> None:
    """A pod is seen at other times than its node, so that the last time may be before that of the node's cordon."""
    pods = [*STAY, *pod("a", "14:02:01"), *pod("b", "14:02:01")]
    shard = [
        replace(one, labels=one.labels | {"instance": "b"}, samples=[(t - 7, v) for t, v in one.samples])
        for one in pods
    ]
    also = sampled("kube_pod_created", {"namespace": "x", "pod": "y", "uid": "z"}, at("09:00:00"))
    assert [each[3] for each in drains(read([*shard, also, *NODES])[0])] == [{"pods": 2}]


def away(one: Sampled, begin: str, end: str = "23:00:00") -> Sampled:
    return replace(one, samples=[sample for sample in one.samples if not at(begin) <= sample[0] < at(end)])


def test_while_nobody_looked_no_pod_went() -> None:
    every = [*STAY, *LEAVE, *NODES]
    seen = [away(one, "14:04:00", "14:12:00") for one in every]
    assert [each[:2] for each in drains(read(seen)[0])] == [("14:03:50", "14:12:05")]
    # Never again: then it may have its pods still. Nor was it drained where some of its pods are not read.
    ended = [one for one in (away(one, "14:04:00") for one in every) if one.samples]
    assert drains(read(ended)[0]) == []
    part = list(ksm(namespaces=["shop"]).read(documents(every), WINDOW))
    assert drains([each for each in part if isinstance(each, Event)]) == []
    assert [each.hint for each in part if isinstance(each, Gap) and "drained" in each.reason] == [
        "leave `namespaces` out"
    ]


def fetched(server: Server, folder: Path, series: Series) -> list[Document]:
    with server(folder, openmetrics(series)) as url:
        return [each for each in ksm(url).fetch(WINDOW, Deadline(60)) if isinstance(each, Document)]


@pytest.mark.parametrize(
    ("server", "programs"), [(prometheus, ("prometheus", "promtool")), rarely(victoriametrics, ("victoria-metrics",))]
)
def test_out_of_a_real_server_it_is_one_fact_with_the_live_api(
    server: Server, programs: tuple[str, ...], tmp_path: Path
) -> None:
    require(*programs)
    busy = [one for number in range(150) for one in finished(f"job-{number}.x", "14:20:00")]
    idle = [one for number in range(50) for one in finished(f"web-{number}", "23:00:00")]
    given = fetched(server, tmp_path / "calm", [*STAY, *LEAVE, *busy, *idle, *node("n1", lambda _: 1)])
    assert phases(given) == set()
    # It may be the node of kube-state-metrics itself, which goes on elsewhere.
    elsewhere = [away(replace(one, labels=one.labels | {"instance": "b"}), "00:00:00", CORDON) for one in NODES[:2]]
    moved = fetched(server, tmp_path / "moved", [*STAY, *(until(one, CORDON) for one in NODES[:2]), *elsewhere])
    assert phases(moved) == {"nightly"}
    given = fetched(server, tmp_path / "busy", [*STAY, *LEAVE, *NODES, *busy, *idle])
    # Of pods that never finished the phase is not read; of those that did all of it.
    assert phases(given) == {"nightly", *(f"job-{number}.x" for number in range(150))}
    ours = [each for each in ksm().read(given, WINDOW) if isinstance(each, Event)]
    assert [each[:2] for each in drains(ours)] == [("14:04:50", "14:05:05")]
    ends = {"a": "14:02:20", "b": "14:04:28"}
    live = cluster.read(
        {
            "nodes": [cordoned("n1", utc(at(CORDON)))],
            "events": [stopped(name, utc(at(when)), "n1") for name, when in ends.items()],
            "pods": [{"metadata": cluster.meta("Pod", "tolerant", utc(at("14:03:00"))), "spec": {"nodeName": "n1"}}],
        }
    )[0]
    (fact,) = [fact for fact in merge([*live, *ours]) if fact.kind == Kind.NODE_DRAINED]
    assert {(event.source, event.numbers["pods"]) for event in fact.events} == {("k8s", 2), ("ksm", 2)}
    assert clock(fact.best.at) == "14:04:28"
