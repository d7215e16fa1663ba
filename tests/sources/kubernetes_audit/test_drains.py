"""Nodes that somebody cordons and then rids of their pods."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.event import Event, Kind
from tests.examples import examples
from tests.sources.kubernetes_audit.log import Json, at, controller, entry, lines, told
from tests.sources.kubernetes_audit.spoiling import costs_no_other

T = at("14:10:00")
SCHEDULER = {"userAgent": "kube-scheduler/v1.29.2 (linux/amd64) kubernetes/4b8e819/scheduler"}


def later(seconds: float) -> datetime:
    return T + timedelta(seconds=seconds)


def bound(seconds: float, pod: str, node: str = "n1") -> Json:
    body = {"requestObject": {"target": {"kind": "Node", "name": node}}}
    return entry(later(seconds), "system:kube-scheduler", "create", "pods/binding", pod, **body, **SCHEDULER)


def cordon(seconds: float, user: str = "dana", node: str = "n1", closed: bool | None = True) -> Json:
    body = {"requestObject": {"spec": {"unschedulable": closed}}}
    return entry(later(seconds), user, "patch", "nodes", node, namespace="", **body)


def evict(seconds: float, pod: str, user: str = "dana", code: int = 201) -> Json:
    return entry(later(seconds), user, "create", "pods/eviction", pod, responseStatus={"code": code})


def gone(seconds: float, pod: str, node: str = "n1") -> Json:
    """The kubelet removes it in the end."""
    return entry(later(seconds), f"system:node:{node}", "delete", "pods", pod)


def report(seconds: float, pod: str, node: str = "n1", owner: str = "ReplicaSet", **status: Any) -> Json:
    state = {"type": "Ready", "status": "True", "lastTransitionTime": f"{later(seconds):%Y-%m-%dT%H:%M:%SZ}"}
    meta = {"name": pod, "ownerReferences": [{"kind": owner, "name": "own", "controller": True}]}
    whole = {"metadata": meta, "spec": {"nodeName": node}}
    sent = {"status": {"conditions": [state], **status}}
    user = f"system:node:{node}"
    return entry(later(seconds), user, "patch", "pods/status", pod, requestObject=sent, responseObject=whole)


def drains(tmp_path: Path, *entries: Json) -> list[Event]:
    (tmp_path / "audit.log").write_text(lines(sorted(entries, key=lambda each: str(each["stageTimestamp"]))))
    return [each for each in told(tmp_path, cluster="prod")[0] if each.kind == Kind.NODE_DRAINED]


PODS = (bound(-60, "a"), bound(-50, "b"), bound(-40, "elsewhere", "n2"))


def test_a_drain_is_told_at_the_last_eviction_that_was_granted_with_who(tmp_path: Path) -> None:
    log = [
        *PODS,
        evict(-5, "before"),
        cordon(0),
        evict(1, "a"),
        *(evict(2 + 5 * n, "b", code=429) for n in range(4)),
        evict(22, "b"),
        evict(30, "elsewhere"),
        evict(40, "nowhere"),
        evict(50, "a", user="sam"),
        gone(60, "a"),
    ]
    (drained,) = drains(tmp_path, *log)
    assert (drained.at, drained.latest) == (later(22), later(22.004))
    said = "as far as the log shows: 2 pods evicted since it was cordoned"
    assert drained.summary == f"Node n1 is drained by dana, {said}"
    assert (drained.actor, drained.numbers, drained.merge_key) == ("dana", {"pods": 2}, "prod/Node/n1/drained")
    assert drained.subject.workload == "Node/n1"


def test_only_what_its_kubelet_asks_afterwards_may_tell_where_a_pod_was(tmp_path: Path) -> None:
    """Nothing of it has content but the cordon."""
    deleted = entry(later(3), "dana", "delete", "pods", "db-0")
    log = [cordon(0), evict(1, "a"), evict(2, "b"), deleted, gone(4, "b", "n2"), gone(5, "a"), gone(6, "db-0")]
    (drained,) = drains(tmp_path, *log)
    assert drained.at == later(3)
    assert drained.summary.endswith("1 pod evicted and 1 pod deleted since it was cordoned")


def test_who_cordons_a_node_and_deletes_a_pod_by_hand_does_not_drain_it(tmp_path: Path) -> None:
    deleted = entry(later(3), "dana", "delete", "pods", "a")
    assert drains(tmp_path, bound(-60, "a"), cordon(0), deleted, gone(5, "a")) == []


@pytest.mark.parametrize(
    ("left", "is_drained"),
    [
        ([bound(-9, "left")], False),
        ([report(-9, "left")], False),
        ([bound(-9, "left", "n2")], True),
        ([bound(-9, "left"), report(-8, "left", owner="DaemonSet")], True),
        ([report(-9, "kube-proxy-n1", owner="Node")], True),
        ([bound(-9, "left"), report(-8, "left", phase="Succeeded")], True),
        ([bound(-9, "left"), entry(later(9), controller("replicaset"), "delete", "pods", "left")], True),
        ([bound(-9, "left"), evict(9, "left", user="sam")], True),
        ([bound(-9, "left"), gone(-8, "left"), bound(-7, "left", "n2")], True),
        ([bound(9, "new")], True),
        ([bound(9, "new"), report(8, "new")], True),
        ([bound(-9, "left"), evict(9, "left", code=429)], False),
        ([evict(1 + 5 * n, "old", code=429) for n in range(9)], False),
        ([evict(2, "old", code=429), evict(7, "old")], True),
        ([evict(2, "old", code=429), entry(later(7), controller("job"), "delete", "pods", "old")], True),
        ([evict(2, "old", code=429, user="sam")], True),
        ([evict(90, "old", code=429)], True),
        ([bound(-9, "old", "n2"), evict(2, "old", code=429)], True),
        ([evict(2, "old", code=500)], True),
    ],
)
def test_a_node_on_which_the_log_knows_of_another_pod_is_not_drained(
    left: list[Json], is_drained: bool, tmp_path: Path
) -> None:
    assert bool(drains(tmp_path, *PODS, cordon(0), evict(1, "a"), evict(2, "b"), *left)) is is_drained


def test_what_others_did_and_what_came_after_it_was_opened_is_no_part_of_it(tmp_path: Path) -> None:
    assert not drains(tmp_path, *PODS, cordon(0), evict(1, "a", user="sam"), evict(2, "b", user="sam"))
    assert not drains(tmp_path, *PODS, cordon(0), cordon(1, closed=None), evict(2, "a"), evict(3, "b"))
    assert not drains(tmp_path, *PODS, cordon(0), evict(1, "a", code=429), evict(2, "b", code=500))
    agent = [report(-9, "agent", owner="DaemonSet"), entry(later(1), "dana", "delete", "pods", "agent")]
    assert not drains(tmp_path, cordon(0), *agent)
    removed = entry(later(3), "system:serviceaccount:kube-system:cluster-autoscaler", "delete", "nodes", "n1")
    (once,) = drains(tmp_path, *PODS, cordon(0), evict(1, "a"), evict(2, "b"), removed, bound(4, "c"), evict(5, "c"))
    assert once.at == later(2), "afterwards it is another node of that name"
    twice = drains(
        tmp_path, *PODS, cordon(0), evict(1, "a"), evict(2, "b"), cordon(9, closed=None), bound(10, "c"), cordon(20),
        evict(21, "c"), cordon(30, node="n2"), evict(31, "elsewhere"),
    )  # fmt: skip
    assert [(each.at, each.subject.workload) for each in twice] == [
        (later(2), "Node/n1"),
        (later(21), "Node/n1"),
        (later(31), "Node/n2"),
    ]


def test_a_pod_of_a_set_is_evicted_from_each_node_to_which_it_comes(tmp_path: Path) -> None:
    log = [
        bound(-60, "db-0"), cordon(0), evict(1, "db-0"), evict(2, "db-0"), gone(5, "db-0"),
        bound(6, "db-0", "n2"), cordon(90, node="n2"), evict(91, "db-0"), evict(96, "db-0"), gone(99, "db-0", "n2"),
    ]  # fmt: skip
    assert [(each.at, each.subject.workload) for each in drains(tmp_path, *log)] == [
        (later(1), "Node/n1"),
        (later(91), "Node/n2"),
    ]
    assert [each.at for each in told(tmp_path)[0] if each.kind == Kind.POD_EVICTED] == [later(1), later(91)]


def test_nodes_of_others_are_no_nodes(tmp_path: Path) -> None:
    """Longhorn has one of the same name for each."""
    longhorn = {"resource": "nodes", "namespace": "longhorn-system", "name": "n1", "apiGroup": "longhorn.io"}
    by = "system:serviceaccount:longhorn-system:longhorn-service-account"
    theirs = [
        entry(later(n), by, verb, "nodes", "n1", objectRef=longhorn) for n, verb in ((3, "delete"), (4, "create"))
    ]
    (drained,) = drains(tmp_path, *PODS, cordon(0), evict(1, "a"), *theirs, evict(5, "b"))
    assert drained.at == later(5)
    found = [each.summary.partition(" by ")[0] for each in told(tmp_path)[0] if each.actor == by]
    assert found == ["nodes.longhorn.io longhorn-system/n1 deleted", "nodes.longhorn.io longhorn-system/n1 created"]
    assert not [each for each in told(tmp_path)[0] if each.actor == by and each.kind == Kind.NODE_CHANGED]


def test_a_whole_node_that_was_sent_cordons_it_if_it_was_open_before(tmp_path: Path) -> None:
    def sent(seconds: float, closed: bool) -> Json:
        whole = {"metadata": {"name": "n1"}, "spec": {"unschedulable": True} if closed else {}}
        return entry(later(seconds), "dana", "update", "nodes", "n1", namespace="", requestObject=whole)

    first = [sent(0, True), *PODS, evict(1, "a"), evict(2, "b")]
    assert not drains(tmp_path, *first), "it may have been closed before"
    (drained,) = drains(tmp_path, sent(-1, False), *first)
    assert drained.at == later(2)
    found = told(tmp_path, cluster="prod")[0]
    assert [(each.at, each.summary[:19], each.merge_key) for each in found if each.kind == Kind.NODE_CHANGED] == [
        (later(0), "Node n1 is cordoned", "prod/Node/n1/cordoned")
    ]


@examples(25)
@given(data=st.data())
def test_entries_of_any_shape_cost_no_other(data: st.DataObject) -> None:
    costs_no_other(data, [*PODS, cordon(0), evict(1, "a"), evict(2, "b"), report(3, "c"), gone(4, "a")])
