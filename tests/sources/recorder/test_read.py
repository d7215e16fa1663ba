"""What is read from recorded versions, without a store."""

import json
from typing import Any

from collector.event import Event, Kind
from collector.merge import merge
from collector.secrets import Scrubber
from collector.source import Document
from collector.window import Window
from sources.recorder import RecorderSettings, RecorderSource
from tests.sources.kubernetes.cluster import at, event, meta, owned, stamp

Json = dict[str, Any]
Seen = tuple[float, str, str, Json]
"""Second, change, uid and object."""


def told(**resources: list[Seen]) -> list[Event]:
    """What these versions tell."""
    documents, number = [], 0
    for resource, seen in resources.items():
        versions: list[Json] = []
        for second, change, uid, item in seen:
            number += 1
            known = {"id": number, "change": change, "seen": at(second).isoformat(), "since": None, "uid": uid}
            versions.append({**known, "version": f"{number}", "object": item})
        documents.append(Document(resource, "", at(900), json.dumps({"cluster": "prod", "versions": versions})))
    source = RecorderSource("recorder", RecorderSettings(store="sqlite:////x.db"), Scrubber())
    return [each for each in source.read(documents, Window(at(0), at(900))) if isinstance(each, Event)]


def test_a_cordon_and_its_end_are_one_fact_each_with_what_the_kubelet_records_later() -> None:
    def node(*taints: Json) -> Json:
        return {"metadata": {"name": "n1", "uid": "n1"}, "spec": {"taints": list(taints)}}

    def said(reason: str, second: float) -> Json:
        return event(reason, f"Node n1 status is now: {reason}", ("Node", "n1"), at(second))

    closed = {"key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule", "timeAdded": stamp(at(60))}
    found = told(
        nodes=[(60.2, "MODIFIED", "n1", node(closed)), (120.2, "MODIFIED", "n1", node())],
        events=[
            (69, "ADDED", "e1", said("NodeNotSchedulable", 69)),
            (129, "ADDED", "e2", said("NodeSchedulable", 129)),
        ],
    )
    assert [(fact.kind, fact.best.fact, len(fact.events)) for fact in merge(found)] == [
        (Kind.NODE_CHANGED, "prod/Node/n1/cordoned", 2),
        (Kind.NODE_CHANGED, "prod/Node/n1/uncordoned", 2),
    ]


def test_the_sizes_of_a_replica_set_that_was_made_again_are_all_known() -> None:
    def web(uid: str, size: int) -> Json:
        about = meta("ReplicaSet", "web-6d94bb54cf", at(-900), uid=uid, ownerReferences=owned("Deployment", "web"))
        about["annotations"] = {"deployment.kubernetes.io/revision": "1"}
        containers = [{"name": "web", "image": "shop/web:1"}]
        return {"metadata": about, "spec": {"replicas": size, "template": {"spec": {"containers": containers}}}}

    said = event("ScalingReplicaSet", "Scaled up replica set web-6d94bb54cf to 5", ("Deployment", "web"), at(200))
    found = told(
        replicasets=[
            (100, "ADDED", "a", web("a", 3)),
            (200.1, "MODIFIED", "a", web("a", 5)),
            (300, "DELETED", "a", web("a", 5)),
            (400, "ADDED", "b", web("b", 2)),
        ],
        events=[(200.2, "ADDED", "e1", said)],
    )
    assert [each.numbers for each in found if each.kind == Kind.SCALED] == [{"count": 1, "was": 3, "replicas": 5}]
