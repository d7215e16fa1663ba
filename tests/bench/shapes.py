"""Kubernetes objects as they are on real clusters, with all that tools and controllers leave in them."""

from datetime import datetime, timedelta
from typing import Any

from tests.bench.templates import spec

Object = dict[str, Any]
_RECORDERS = {
    "ScalingReplicaSet": "deployment-controller",
    "SuccessfulCreate": "replicaset-controller",
    "SuccessfulDelete": "replicaset-controller",
    "SuccessfulRescale": "horizontal-pod-autoscaler",
    "Completed": "job-controller",
    "SawCompletedJob": "cronjob-controller",
    "Scheduled": "default-scheduler",
    "FailedScheduling": "default-scheduler",
}
_ABNORMAL = ("Unhealthy", "BackOff", "FailedScheduling")
_FIELDS = {
    "f:count": {},
    "f:firstTimestamp": {},
    "f:involvedObject": {f"f:{name}": {} for name in ("apiVersion", "kind", "name", "namespace", "uid")},
    "f:lastTimestamp": {},
    "f:message": {},
    "f:reason": {},
    "f:source": {"f:component": {}, "f:host": {}},
    "f:type": {},
}
_NEW_FIELDS = {
    "f:action": {},
    "f:eventTime": {},
    "f:note": {},
    "f:reason": {},
    "f:regarding": {f"f:{name}": {} for name in ("apiVersion", "kind", "name", "namespace", "resourceVersion", "uid")},
    "f:reportingController": {},
    "f:reportingInstance": {},
    "f:type": {},
}
_POD_FIELDS = {
    f"f:{name}": {} for name in ("conditions", "containerStatuses", "hostIP", "phase", "podIP", "podIPs", "startTime")
}
_DIGEST = "sha256:" + "7d3f" * 16


def stamp(at: datetime) -> str:
    """To the second, as most stamps are."""
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def event(
    about: Object,
    reason: str,
    message: str,
    times: tuple[datetime, datetime],
    count: int,
    uid: str,
    host: str,
    *,
    new: bool,
) -> Object:
    """An Event object of the old recorder, or as the scheduler's new one writes it."""
    first, last = times
    component = _RECORDERS.get(reason, "kubelet")
    fields = _NEW_FIELDS if new else _FIELDS
    number = uid.replace("-", "")[:16]
    return {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {
            "name": f"{about['name']}.{number}",
            "namespace": about["namespace"],
            "uid": uid,
            "creationTimestamp": stamp(first),
            "managedFields": [_writer(component, "v1", last, fields)],
        },
        "involvedObject": {**about, "resourceVersion": "48213377"},
        "reason": reason,
        "message": message,
        "source": {} if new else {"component": component} | ({"host": host} if component == "kubelet" else {}),
        "firstTimestamp": None if new else stamp(first),
        "lastTimestamp": None if new else stamp(last),
        "count": None if new else count,
        "type": "Warning" if reason in _ABNORMAL else "Normal",
        "eventTime": f"{first:%Y-%m-%dT%H:%M:%S.482913Z}" if new else None,
        "reportingComponent": component if new else "",
        "reportingInstance": f"{component}-{host}" if new else "",
    } | ({"action": "Binding"} if new else {})


def pod(
    namespace: str, service: str, own: tuple[str, str, str], suffix: str, uid: str, host: str, ip: str, at: datetime
) -> Object:
    """A pod that is ready, of the ReplicaSet `own` (name, uid, version)."""
    name, set_uid, version = own
    ready = at + timedelta(seconds=14)
    made = spec(namespace, service, version)
    conditions = [
        {"type": kind, "status": "True", "lastProbeTime": None, "lastTransitionTime": stamp(since)}
        for kind, since in (
            ("Initialized", at + timedelta(seconds=1)),
            ("Ready", ready),
            ("ContainersReady", ready),
            ("PodScheduled", at + timedelta(seconds=1)),
        )
    ]
    statuses = [
        {
            "name": container["name"],
            "state": {"running": {"startedAt": stamp(at + timedelta(seconds=5))}},
            "lastState": {},
            "ready": True,
            "restartCount": 0,
            "image": container["image"],
            "imageID": f"{container['image'].partition(':')[0]}@{_DIGEST}",
            "containerID": f"containerd://{uid.replace('-', '') * 2}",
            "started": True,
        }
        for container in made["containers"]
    ]
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": f"{name}-{suffix}",
            "generateName": f"{name}-",
            "namespace": namespace,
            "uid": uid,
            "creationTimestamp": stamp(at),
            "labels": {**_labels(service, version), "pod-template-hash": name.rpartition("-")[2]},
            "annotations": {"prometheus.io/scrape": "true", "prometheus.io/port": "9090"},
            "ownerReferences": [_controller("ReplicaSet", name, set_uid)],
            "managedFields": [
                _writer("kube-controller-manager", "v1", at, {"f:metadata": _NEW_FIELDS, "f:spec": _FIELDS}),
                _writer("kubelet", "v1", ready, {"f:status": _POD_FIELDS}),
            ],
        },
        "spec": {**made, "nodeName": host, "serviceAccountName": service, "enableServiceLinks": True, "priority": 0},
        "status": {
            "phase": "Running",
            "conditions": conditions,
            "hostIP": host.removeprefix("ip-").partition(".")[0].replace("-", "."),
            "podIP": ip,
            "podIPs": [{"ip": ip}],
            "startTime": stamp(at),
            "containerStatuses": statuses,
            "qosClass": "Burstable",
        },
    }


def replica_set(
    place: tuple[str, ...], own: tuple[str, str, str], at: datetime, replicas: int, revisions: tuple[int, ...]
) -> Object:
    """A ReplicaSet of the Deployment `place` (namespace, name, uid); its newest revision comes first."""
    namespace, service, owner = place
    name, uid, version = own
    notes = {"deployment.kubernetes.io/desired-replicas": "10", "deployment.kubernetes.io/max-replicas": "13"}
    notes["deployment.kubernetes.io/revision"] = str(revisions[0])
    if revisions[1:]:
        notes["deployment.kubernetes.io/revision-history"] = ",".join(map(str, revisions[1:]))
    labels = {**_labels(service, version), "pod-template-hash": name.rpartition("-")[2]}
    return {
        "apiVersion": "apps/v1",
        "kind": "ReplicaSet",
        "metadata": {
            "name": name,
            "namespace": namespace,
            "uid": uid,
            "generation": 2,
            "creationTimestamp": stamp(at),
            "labels": labels,
            "annotations": notes,
            "ownerReferences": [_controller("Deployment", service, owner)],
            "managedFields": [_writer("kube-controller-manager", "apps/v1", at, {"f:spec": _FIELDS})],
        },
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": spec(namespace, service, version)},
        },
        "status": {"replicas": replicas, "readyReplicas": replicas, "observedGeneration": 2},
    }


def deployment(
    place: tuple[str, ...], version: str, replicas: int, at: datetime, updated: datetime, revision: int
) -> Object:
    """A Deployment whose latest rollout completed at `updated`."""
    namespace, name, uid = place
    done = {
        "type": "Progressing",
        "status": "True",
        "lastUpdateTime": stamp(updated),
        "lastTransitionTime": stamp(at),
        "reason": "NewReplicaSetAvailable",
        "message": f'ReplicaSet "{name}" has successfully progressed.',
    }
    labels = _labels(name, version)
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {
            "name": name,
            "namespace": namespace,
            "uid": uid,
            "generation": revision,
            "creationTimestamp": stamp(at),
            "labels": labels,
            "annotations": {"deployment.kubernetes.io/revision": str(revision)},
            "managedFields": [_writer("kubectl-client-side-apply", "apps/v1", at, {"f:spec": _FIELDS})],
        },
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": {"app.kubernetes.io/name": name}},
            "template": {"metadata": {"labels": labels}, "spec": spec(namespace, name, version)},
            "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": "25%", "maxSurge": "25%"}},
        },
        "status": {
            "observedGeneration": revision,
            "replicas": replicas,
            "updatedReplicas": replicas,
            "readyReplicas": replicas,
            "availableReplicas": replicas,
            "conditions": [done],
        },
    }


def node(name: str, uid: str, at: datetime) -> Object:
    """A Node that is ready."""
    ready = {"type": "Ready", "status": "True", "lastTransitionTime": stamp(at), "reason": "KubeletReady"}
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {
            "name": name,
            "uid": uid,
            "creationTimestamp": stamp(at),
            "labels": {"kubernetes.io/hostname": name, "kubernetes.io/os": "linux"},
            "managedFields": [_writer("kubelet", "v1", at, {"f:status": _POD_FIELDS})],
        },
        "status": {"conditions": [ready], "capacity": {"cpu": "16", "memory": "64Gi", "pods": "110"}},
    }


def _labels(service: str, version: str) -> dict[str, str]:
    return {
        "app.kubernetes.io/name": service,
        "app.kubernetes.io/version": version,
        "app.kubernetes.io/part-of": "shop",
    }


def _controller(kind: str, name: str, uid: str) -> Object:
    known = {"apiVersion": "apps/v1", "kind": kind, "name": name, "uid": uid}
    return {**known, "controller": True, "blockOwnerDeletion": True}


def _writer(manager: str, version: str, at: datetime, fields: Object) -> Object:
    known = {"manager": manager, "operation": "Update", "apiVersion": version, "time": stamp(at)}
    return {**known, "fieldsType": "FieldsV1", "fieldsV1": fields}
