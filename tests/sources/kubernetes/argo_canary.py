"""An Argo Rollout in the middle of its canary."""

from typing import Any

from collector.event import Event, Kind
from collector.merge import merge
from tests.sources.kubernetes.cluster import NOON, Json, at, event, meta, owned, stamp

OLD, NEW = "web-stable", "web-canary"


def condition(kind: str, status: str, reason: str, turned: float, updated: float | None = None, **more: str) -> Json:
    updated = turned if updated is None else updated
    times = {"lastTransitionTime": stamp(at(turned)), "lastUpdateTime": stamp(at(updated))}
    return {"type": kind, "status": status, "reason": reason, "message": "", **times, **more}


def replica_set(name: str, image: str, created: float, revisions: str, replicas: int) -> Json:
    prefix = "rollout.argoproj.io/"
    newest, _, before = revisions.partition(" after ")
    notes = {prefix + "revision": newest, prefix + "desired-replicas": "4", prefix + "revision-history": before}
    container = {"name": "web", "image": f"registry.example.com/web:{image}"}
    return {
        "metadata": meta("ReplicaSet", name, at(created), annotations=notes, ownerReferences=owned("Rollout", "web")),
        "spec": {"replicas": replicas, "template": {"spec": {"containers": [container]}}},
    }


def argo(*conditions: Json, **status: Any) -> Json:
    return {
        "metadata": meta("Rollout", "web", at(-9000), labels={"app": "shopfront"}),
        "spec": {"replicas": 4, "strategy": {"canary": {"steps": [{"setWeight": 25}, {"pause": {}}]}}},
        "status": {"conditions": list(conditions), **status},
    }


def said(reason: str, message: str, first: float, last: float | None = None, count: int = 1) -> Json:
    return event(reason, message, ("Rollout", "web"), at(first), at(first if last is None else last), count)


CANARY = [
    said("RolloutUpdated", "Rollout updated to revision 2", 100),
    said("NewReplicaSetCreated", f"Created ReplicaSet {NEW} (revision 2)", 100),
    said("ScalingReplicaSet", f"Scaled up ReplicaSet {NEW} (revision 2) from 0 to 1", 101),
    said("ScalingReplicaSet", f"Scaled down ReplicaSet {OLD} (revision 1) from 4 to 3", 101),
    said("RolloutPaused", "Rollout is paused (CanaryPauseStep)", 110),
]


def waiting() -> Json:
    status = {"pauseConditions": [{"reason": "CanaryPauseStep", "startTime": stamp(at(110))}]}
    return argo(
        condition("Progressing", "Unknown", "RolloutPaused", 112),
        condition("Paused", "True", "RolloutPaused", 112),
        condition("Completed", "False", "RolloutCompleted", 100),
        **status,
    )


def canary_sets() -> list[Json]:
    return [replica_set(OLD, "1.0.0", -9000, "1", 3), replica_set(NEW, "1.1.0", 100, "2", 1)]


HOLDS = (Kind.ROLLOUT_PAUSED, Kind.ROLLOUT_RESUMED, Kind.ROLLOUT_ABORTED)


def held(events: list[Event]) -> list[tuple[Kind, float, str]]:
    told = [fact.best for fact in merge(events) if fact.kind in HOLDS]
    return [(each.kind, (each.at - NOON).total_seconds(), each.description) for each in told]


ABORTED = [
    *CANARY,
    said("RolloutResumed", "Rollout is resumed", 170),
    said("RolloutAborted", 'Rollout aborted update to revision 2: metric "errors" assessed Failed', 240),
    said("ScalingReplicaSet", f"Scaled down ReplicaSet {NEW} (revision 2) from 1 to 0", 241),
    said("ScalingReplicaSet", f"Scaled up ReplicaSet {OLD} (revision 1) from 3 to 4", 241),
]
