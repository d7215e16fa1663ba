"""Pods that are to go because their node was lost, and what only looks like it."""

import pytest

from collector.event import Kind
from tests.sources.kube_state_metrics.answers import read
from tests.sources.kube_state_metrics.derived import Series
from tests.sources.kube_state_metrics.sampling import BORN, POD, replica_set, sampled, since
from tests.sources.prometheus.samples import at


def cluster(ready_until: str, deleted: str, replicas_until: str = "") -> Series:
    node = {"node": "n1", "condition": "Ready", "status": "true"}
    owner = {"owner_kind": "ReplicaSet", "owner_name": "cart-1", "owner_is_controller": "true"}
    return [
        sampled("kube_pod_created", POD, BORN),
        sampled("kube_pod_owner", POD | owner, 1),
        sampled("kube_pod_info", POD | {"node": "n1"}, 1),
        sampled("kube_pod_deletion_timestamp", POD, since(deleted, at(deleted) + 30)),
        sampled("kube_node_status_condition", node, lambda time: float(time < at(ready_until))),
        *replica_set("cart-1", BORN, lambda time: 2 if replicas_until and time < at(replicas_until) else 1),
    ]


@pytest.mark.parametrize(
    ("series", "evicted"),
    [
        (cluster("14:05:00", "14:10:00"), True),
        # Its node is fine; it was deleted before the node was lost; a smaller size takes such pods first.
        (cluster("14:20:00", "14:10:00"), False),
        (cluster("14:11:00", "14:10:00"), False),
        (cluster("14:05:00", "14:10:00", "14:10:00"), False),
        (cluster("14:05:00", "14:10:00", "13:40:00"), True),
    ],
)
def test_a_pod_that_is_deleted_while_its_node_is_lost_is_evicted(series: Series, evicted: bool) -> None:
    found = [event for event in read(series)[0] if event.kind == Kind.POD_EVICTED]
    assert len(found) == evicted
    for event in found:
        assert event.merge_key == "prod/shop/Pod/cart-1-abcde/evicted"
        assert event.earliest.timestamp() <= at("14:10:00") <= event.latest.timestamp()
        assert event.subject.workload == "Deployment/cart"
