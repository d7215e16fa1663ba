"""kube-state-metrics, and a Prometheus that scrapes it every second: what is read of it, as it computes it.

Names, labels and values are those of kubernetes/kube-state-metrics v2, internal/store/*.go, as it comes: without any
label or annotation of an object allowed in the metrics.
"""

import threading
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.cluster.client import Client, Json
from tests.evidence.truth import condition, stamp
from tests.servers.kubernetes import Kubernetes
from tests.sources.prometheus.samples import Sampled

EVERY = 1.0
_TARGET = {"job": "kube-state-metrics", "instance": "10.244.0.9:8080"}
_KINDS = ("ConfigMap", "Deployment", "Job", "Node", "Pod", "ReplicaSet", "StatefulSet")
_REASONS = ("Evicted", "NodeAffinity", "NodeLost", "Shutdown", "UnexpectedAdmissionError")
_Sample = tuple[str, dict[str, str], float]


class Sampler:
    """Samples from when it is entered until it is left."""

    def __init__(self, server: Kubernetes) -> None:
        """Nothing is sampled yet."""
        self._cluster = Client(server, "kube-state-metrics")
        self._found: dict[tuple[str, tuple[tuple[str, str], ...]], list[tuple[float, float]]] = {}
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def series(self) -> list[Sampled]:
        """Everything sampled."""
        return [Sampled(name, {**_TARGET, **dict(labels)}, samples) for (name, labels), samples in self._found.items()]

    def _run(self) -> None:
        due = time.time()
        with ThreadPoolExecutor(len(_KINDS)) as every:
            while not self._over.wait(max(0.0, due - time.time())):
                # All at once, as it holds them: one after the other the first would be old by the time of the last.
                listed = list(every.map(self._cluster.list, _KINDS))
                now = time.time()
                self._keep(listed, now)
                due = max(due + EVERY, now)

    def _keep(self, listed: Iterable[Json], now: float) -> None:
        for kind, found in zip(_KINDS, listed, strict=True):
            for item in found["items"]:
                for name, labels, value in _OF[kind](item):
                    key = (name, tuple(sorted((key, text) for key, text in labels.items() if text)))
                    self._found.setdefault(key, []).append((round(now, 3), value))


def _deployment(item: Json) -> Iterator[_Sample]:
    labels, status = _named(item, "deployment"), item["status"]
    yield "kube_deployment_created", labels, _born(item)
    yield "kube_deployment_spec_replicas", labels, item["spec"]["replicas"]
    yield "kube_deployment_spec_paused", labels, float(item["spec"].get("paused", False))
    yield "kube_deployment_metadata_generation", labels, item["metadata"]["generation"]
    yield "kube_deployment_status_observed_generation", labels, status.get("observedGeneration", 0)
    yield "kube_deployment_status_replicas", labels, status.get("replicas", 0)
    for count in ("ready", "updated", "available", "unavailable"):
        yield f"kube_deployment_status_replicas_{count}", labels, status.get(f"{count}Replicas", 0)
    for one in status.get("conditions", []):
        yield from _condition("kube_deployment_status_condition", labels | {"condition": one["type"]}, one["status"])


def _replica_set(item: Json) -> Iterator[_Sample]:
    labels, status = _named(item, "replicaset"), item["status"]
    yield "kube_replicaset_created", labels, _born(item)
    yield from _owned("kube_replicaset_owner", labels, item)
    yield "kube_replicaset_spec_replicas", labels, item["spec"]["replicas"]
    yield "kube_replicaset_status_replicas", labels, status.get("replicas", 0)
    yield "kube_replicaset_status_ready_replicas", labels, status.get("readyReplicas", 0)


def _stateful_set(item: Json) -> Iterator[_Sample]:
    labels, status = _named(item, "statefulset"), item["status"]
    yield "kube_statefulset_created", labels, _born(item)
    yield "kube_statefulset_replicas", labels, item["spec"]["replicas"]
    yield "kube_statefulset_metadata_generation", labels, item["metadata"]["generation"]
    yield "kube_statefulset_status_observed_generation", labels, status.get("observedGeneration", 0)
    yield "kube_statefulset_status_replicas", labels, status.get("replicas", 0)
    for count in ("available", "current", "ready", "updated"):
        yield f"kube_statefulset_status_replicas_{count}", labels, status.get(f"{count}Replicas", 0)
    for which in ("current", "update"):
        revision = {"revision": status.get(f"{which}Revision", "")}
        yield f"kube_statefulset_status_{which}_revision", labels | revision, 1


def _config_map(item: Json) -> Iterator[_Sample]:
    labels = _named(item, "configmap")
    yield "kube_configmap_created", labels, _born(item)
    yield "kube_configmap_metadata_resource_version", labels, float(item["metadata"]["resourceVersion"])


def _job(item: Json) -> Iterator[_Sample]:
    labels, status = _named(item, "job_name"), item["status"]
    yield "kube_job_created", labels, _born(item)
    ended = condition(item, "Failed")
    if ended:
        yield from _condition("kube_job_failed", labels, ended["status"], "condition")
    if status.get("failed") and ended:
        for reason in ("BackoffLimitExceeded", "DeadlineExceeded", "Evicted"):
            yield "kube_job_status_failed", labels | {"reason": reason}, float(ended["reason"] == reason)
    else:
        yield "kube_job_status_failed", labels, status.get("failed", 0)


def _node(item: Json) -> Iterator[_Sample]:
    labels = {"node": item["metadata"]["name"]}
    yield "kube_node_created", labels, _born(item)
    yield "kube_node_spec_unschedulable", labels, float(item["spec"].get("unschedulable", False))
    for one in item["status"].get("conditions", []):
        yield from _condition("kube_node_status_condition", labels | {"condition": one["type"]}, one["status"])


def _pod(item: Json) -> Iterator[_Sample]:
    labels, status = _named(item, "pod") | {"uid": item["metadata"]["uid"]}, item["status"]
    node = item["spec"].get("nodeName", "")
    info = {"node": node, "host_ip": status.get("hostIP", ""), "pod_ip": status.get("podIP", "")}
    (owner,) = item["metadata"]["ownerReferences"]
    yield "kube_pod_info", labels | info | {"created_by_kind": owner["kind"], "created_by_name": owner["name"]}, 1
    yield "kube_pod_created", labels, _born(item)
    yield from _owned("kube_pod_owner", labels, item)
    if "deletionTimestamp" in item["metadata"]:
        yield "kube_pod_deletion_timestamp", labels, stamp(item["metadata"]["deletionTimestamp"])
    for phase in ("Pending", "Succeeded", "Failed", "Unknown", "Running"):
        yield "kube_pod_status_phase", labels | {"phase": phase}, float(status["phase"] == phase)
    for reason in _REASONS:
        yield "kube_pod_status_reason", labels | {"reason": reason}, float(status.get("reason") == reason)
    scheduled, ready = condition(item, "PodScheduled"), condition(item, "Ready")
    if scheduled.get("status") == "True":
        yield "kube_pod_status_scheduled_time", labels, stamp(scheduled["lastTransitionTime"])
    elif scheduled:
        yield "kube_pod_status_unschedulable", labels, 1
    if ready:
        yield from _condition("kube_pod_status_ready", labels, ready["status"], "condition")
        if ready["status"] == "True":
            yield "kube_pod_status_ready_time", labels, stamp(ready["lastTransitionTime"])
    specs = {one["name"]: one["image"] for one in item["spec"]["containers"]}
    for one in status.get("containerStatuses") or ():
        yield from _container(one, specs[one["name"]], labels)


def _container(one: Json, image: str, labels: dict[str, str]) -> Iterator[_Sample]:
    ours = labels | {"container": one["name"]}
    ids = {"image_id": one["imageID"], "container_id": one.get("containerID", "")}
    yield "kube_pod_container_info", ours | ids | {"image_spec": image, "image": one["image"]}, 1
    yield "kube_pod_container_status_restarts_total", ours, one["restartCount"]
    yield "kube_pod_container_status_ready", ours, float(one["ready"])
    state, died = one["state"], one["lastState"].get("terminated")
    begun = state.get("running") or state.get("terminated")
    if begun:
        yield "kube_pod_container_state_started", ours, stamp(begun["startedAt"])
    if "waiting" in state:
        yield "kube_pod_container_status_waiting_reason", ours | {"reason": state["waiting"]["reason"]}, 1
    if died:
        yield "kube_pod_container_status_last_terminated_reason", ours | {"reason": died["reason"]}, 1
        yield "kube_pod_container_status_last_terminated_exitcode", ours, died["exitCode"]
        yield "kube_pod_container_status_last_terminated_timestamp", ours, stamp(died["finishedAt"])


def _condition(name: str, labels: dict[str, str], status: str, label: str = "status") -> Iterator[_Sample]:
    for value in ("true", "false", "unknown"):
        yield name, labels | {label: value}, float(status.lower() == value)


def _owned(name: str, labels: dict[str, str], item: Json) -> Iterator[_Sample]:
    for owner in item["metadata"]["ownerReferences"]:
        whose = {"owner_kind": owner["kind"], "owner_name": owner["name"], "owner_is_controller": "true"}
        yield name, labels | whose, 1


def _named(item: Json, kind: str) -> dict[str, str]:
    return {"namespace": item["metadata"]["namespace"], kind: item["metadata"]["name"]}


def _born(item: Json) -> float:
    return stamp(item["metadata"]["creationTimestamp"])


_OF: dict[str, Any] = {
    "ConfigMap": _config_map,
    "Deployment": _deployment,
    "Job": _job,
    "Node": _node,
    "Pod": _pod,
    "ReplicaSet": _replica_set,
    "StatefulSet": _stateful_set,
}
