"""Events of a node that is cordoned, and of the pods on it."""

from datetime import datetime

from tests.sources.kubernetes.cluster import Json, event, meta, owned, stamp


def cordoned(name: str, when: datetime) -> Json:
    taint = {"key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule", "timeAdded": stamp(when)}
    return {"metadata": {"name": name, "uid": name}, "spec": {"unschedulable": True, "taints": [taint]}}


def stopped(pod: str, when: datetime, host: str) -> Json:
    return event("Killing", "Stopping container web", ("Pod", pod), when, source={"component": "kubelet", "host": host})


def pod_on(name: str, host: str, created: datetime, owner: str = "ReplicaSet") -> Json:
    found = {"metadata": meta("Pod", name, created, ownerReferences=owned(owner, "own")), "spec": {"nodeName": host}}
    return {**found, "status": {"phase": "Running"}}
