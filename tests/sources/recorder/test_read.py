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
from tests.sources.kubernetes.database import pod, revision

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
    assert [(fact.kind, fact.best.merge_key, len(fact.events)) for fact in merge(found)] == [
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


def test_every_end_of_a_container_and_the_loop_of_them_are_known_from_its_versions() -> None:
    def version(when: float, restarts: int) -> Seen:
        last = {"terminated": {"exitCode": 3, "reason": "Error", "finishedAt": stamp(at(when))}}
        state = {"waiting": {"reason": "CrashLoopBackOff"}}
        container = {"name": "cart", "restartCount": restarts, "state": state, "lastState": last}
        item = {
            "metadata": meta("Pod", "cart-7-abcde", at(0)),
            "status": {"phase": "Running", "startTime": stamp(at(1)), "containerStatuses": [container]},
        }
        return (when + 0.4, "MODIFIED", "p", item)

    versions = [version(10, 0), version(30, 1), version(75, 2), version(160, 3)]
    found = told(pods=versions)
    assert [each.at for each in found if each.kind == Kind.POD_CRASHED] == [at(10), at(30), at(75), at(160)]
    (loop,) = [each for each in found if each.kind == Kind.POD_CRASH_LOOP]
    assert (loop.at, loop.latest, loop.numbers["count"]) == (at(10), at(900), 4), "it waits until the store was read"
    gone = [*versions, (200.0, "DELETED", "p", versions[-1][3])]
    (loop,) = [each for each in told(pods=gone) if each.kind == Kind.POD_CRASH_LOOP]
    assert loop.latest == at(200)


def test_a_pod_that_was_removed_before_it_was_ever_ready_was_not_ready_until_then() -> None:
    never = {"type": "Ready", "status": "False", "lastTransitionTime": stamp(at(1)), "reason": "ContainersNotReady"}
    item = {
        "metadata": meta("Pod", "cart-7-abcde", at(0)),
        "status": {"phase": "Running", "startTime": stamp(at(1)), "conditions": [never]},
    }
    found = told(pods=[(1.2, "ADDED", "p", item), (400.0, "DELETED", "p", item)])
    assert [(each.at, each.latest) for each in found if each.kind == Kind.POD_NOT_READY] == [(at(1), at(400))]
    assert [
        each
        for each in told(pods=[(1.2, "ADDED", "p", item), (60.0, "DELETED", "p", item)])
        if each.kind == Kind.POD_NOT_READY
    ] == []


def test_what_a_partition_held_up_is_known_also_when_the_rollout_is_over_since() -> None:
    new, old = revision("1.1.0", 100), revision("1.0.0", -9000)
    old["revision"], new["revision"] = 1, 2

    def database(updated: int, partition: int) -> Json:
        current = "db-110" if updated == 2 else "db-100"
        strategy = {"type": "RollingUpdate", "rollingUpdate": {"partition": partition}}
        status = {
            "updatedReplicas": updated,
            "readyReplicas": 2,
            "currentRevision": current,
            "updateRevision": "db-110",
        }
        about = meta("StatefulSet", "db", at(-9000))
        return {"metadata": about, "spec": {"replicas": 2, "updateStrategy": strategy}, "status": status}

    found = told(
        controllerrevisions=[(0, "LISTED", "r1", old), (100, "ADDED", "r2", new)],
        statefulsets=[(130, "MODIFIED", "s", database(1, 1)), (430, "MODIFIED", "s", database(2, 0))],
        pods=[
            (0, "LISTED", "p0", pod(0, "db-100", -9000)),
            (126, "MODIFIED", "p1", pod(1, "db-110", 105)),
            (400, "DELETED", "p0", pod(0, "db-100", -9000)),
            (426, "MODIFIED", "p2", pod(0, "db-110", 405)),
        ],
    )
    (paused,) = [each for each in found if each.kind == Kind.ROLLOUT_PAUSED]
    assert (paused.description, paused.keys.version) == ("partition=1", "1.1.0")
    assert paused.earliest <= at(125) <= paused.latest
    (done,) = [each for each in found if each.kind == Kind.ROLLOUT_COMPLETED]
    assert done.earliest <= at(425) <= done.latest


def test_who_began_each_rollout_is_known_by_what_was_written_then() -> None:
    def web(name: str, number: int, made: float) -> Json:
        about = meta("ReplicaSet", f"web-{name}", at(made), uid=name, ownerReferences=owned("Deployment", "web"))
        about["annotations"] = {"deployment.kubernetes.io/revision": f"{number}"}
        containers = [{"name": "web", "image": f"shop/web:{number}"}]
        return {"metadata": about, "spec": {"replicas": 1, "template": {"spec": {"containers": containers}}}}

    def deployment(manager: str, when: float) -> Json:
        about = meta("Deployment", "web", at(-900), managedFields=[{"manager": manager, "time": stamp(at(when))}])
        return {"metadata": about, "spec": {"replicas": 1}}

    found = told(
        replicasets=[
            (0, "LISTED", "a", web("a", 1, -900)),
            (100, "ADDED", "b", web("b", 2, 100)),
            (300, "ADDED", "c", web("c", 3, 300)),
        ],
        deployments=[
            (100, "MODIFIED", "d", deployment("kubectl-edit", 100)),
            (300, "MODIFIED", "d", deployment("helm", 300)),
        ],
    )
    starts = {each.keys.version: each.actor for each in found if each.kind == Kind.ROLLOUT_STARTED}
    assert starts == {"1": "", "2": "kubectl-edit", "3": "helm"}
