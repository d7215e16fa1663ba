"""Which entries of the log matter, and which parts of them are kept: nothing that may be secret."""

import re
from datetime import timedelta
from typing import Any

from sources.cluster.facts.workloads import DELETABLE
from sources.cluster.fields import condition, get, moment, objects, text
from sources.cluster.pod_status import BACK_OFF, EVICTED, UNDER_WAY, containers
from sources.fact import Moment
from sources.kubernetes_audit.locks import is_lock
from sources.kubernetes_audit.who import ARGO, component

Json = dict[str, Any]
SESSIONS = frozenset({"exec", "attach", "portforward"})
_WRITES = frozenset({"create", "update", "patch", "delete", "deletecollection"})
_NOISE = re.compile(r"events|leases|endpoints|endpointslices|tokenreviews|\w*accessreviews|certificatesigningrequests")
_QUIET = frozenset({"status", "token", "finalize", "approval", "log", "proxy"})
"""Subresources that people do not write by hand."""
_STATUS = frozenset(
    {
        ("deployments", "deployment-controller"),
        ("rollouts", ARGO),
        ("statefulsets", "statefulset-controller"),
        ("daemonsets", "daemon-set-controller"),
        ("nodes", "node-controller"),
        ("pods", "node-controller"),
    }
)
"""The statuses that show the progress of a rollout, or a lost node with its pods, and who reports them."""
REFUSED = 429
"""The status with which an eviction is refused because of a budget: the pod still exists then."""
_FRESH = timedelta(minutes=1)
_OF_A_ROLLOUT = frozenset({"replicasets", "controllerrevisions"})
_WORKLOADS = frozenset({"deployments", "statefulsets", "daemonsets", "replicasets", "controllerrevisions", "rollouts"})
_GROUPS = {"rollouts": "argoproj.io", "jobs": "batch", "nodes": ""}
"""The group of each resource with a name that other groups use as well."""
_KEPT = frozenset(
    {
        ("pods", "status"),
        ("pods", "binding"),
        ("pods", ""),
        ("nodes", "status"),
        ("nodes", ""),
        ("jobs", "status"),
        ("jobs", ""),
    }
)
_OF_PODS = frozenset({("delete", ""), ("create", "eviction"), ("create", "binding")})
_SETS = frozenset({"statefulset-controller", "daemon-set-controller"})
_NOTES = re.compile(
    r"app|app\.kubernetes\.io/[\w-]+|(deployment\.kubernetes|rollout\.argoproj)\.io/[\w-]+|org\.opencontainers\.image\.revision"
    r"|kubectl\.kubernetes\.io/(restartedAt|default-container)|controller-revision-hash|checksum/[\w.-]+"
)
"""The labels and annotations that are read; others may contain anything."""
_OPERATION = re.compile(r"/spec/(replicas|paused|unschedulable|template/(spec/containers/\d+/image|.*restartedAt))")
"""The paths of a JSON patch that are read."""
_NOTED: Any = object()
_META = {
    "name": 1,
    "namespace": 1,
    "uid": 1,
    "creationTimestamp": 1,
    "deletionTimestamp": 1,
    "generation": 1,
    "labels": _NOTED,
    "annotations": _NOTED,
}
_AMOUNTS = dict.fromkeys(("cpu", "memory", "ephemeral-storage"), 1)
_REFERENCE = {"name": 1, "key": 1}
_PROBE: Json = {
    **dict.fromkeys(("initialDelaySeconds", "periodSeconds", "timeoutSeconds"), 1),
    **dict.fromkeys(("failureThreshold", "successThreshold", "terminationGracePeriodSeconds"), 1),
    **{handler: {"port": 1} for handler in ("httpGet", "tcpSocket", "grpc")},
}
"""Only the numbers of a probe are kept: its path, headers and command may hold secrets."""
_CONTAINERS = [
    {
        "name": 1,
        "image": 1,
        "resources": {"limits": _AMOUNTS, "requests": _AMOUNTS},
        # Only the names of variables, never their values.
        "env": [{"name": 1, "valueFrom": {"configMapKeyRef": _REFERENCE, "secretKeyRef": _REFERENCE}}],
        "envFrom": [{"configMapRef": {"name": 1}, "secretRef": {"name": 1}}],
        **dict.fromkeys(("livenessProbe", "readinessProbe", "startupProbe"), _PROBE),
    }
]
_PART = {"configMap": {"name": 1}, "secret": {"name": 1, "secretName": 1}}
_VOLUMES = [{**_PART, "projected": {"sources": [_PART]}}]
_TEMPLATE = {
    "metadata": {"labels": _NOTED, "annotations": _NOTED},
    "spec": {
        "terminationGracePeriodSeconds": 1,
        "containers": _CONTAINERS,
        "initContainers": _CONTAINERS,
        "volumes": _VOLUMES,
    },
}
_CONDITION = ("type", "status", "reason", "message", "lastUpdateTime", "lastTransitionTime", "lastHeartbeatTime")
# Termination messages of containers and answers of registries are not kept.
_STATE = {
    "waiting": {"reason": 1},
    "running": {"startedAt": 1},
    "terminated": {"exitCode": 1, "reason": 1, "startedAt": 1, "finishedAt": 1},
}
_CONTAINER = {"name": 1, "restartCount": 1, "state": _STATE, "lastState": _STATE}
_COUNTED = (
    *("observedGeneration", "readyReplicas", "updatedReplicas", "currentRevision", "updateRevision"),
    *("desiredNumberScheduled", "updatedNumberScheduled", "numberReady", "failed"),
)
_OBJECT = {
    "kind": 1,
    "revision": 1,
    "data": {"spec": {"template": _TEMPLATE}},  # of a ControllerRevision
    "target": {"kind": 1, "name": 1},  # of a Binding
    "metadata": {**_META, "ownerReferences": [{"kind": 1, "name": 1, "controller": 1}]},
    "spec": {
        "replicas": 1,
        "minReadySeconds": 1,
        "paused": 1,
        "unschedulable": 1,
        "nodeName": 1,
        "template": _TEMPLATE,
        "updateStrategy": {"type": 1, "rollingUpdate": {"partition": 1}},
    },
    "status": {
        "replicas": 1,
        **dict.fromkeys(("phase", "startTime", "abort", "abortedAt", "promoteFull", "currentStepIndex"), 1),
        "pauseConditions": [{"reason": 1, "startTime": 1}],
        "reason": 1,
        "message": 1,
        "nodeInfo": {"bootID": 1, "machineID": 1},
        "conditions": [dict.fromkeys(_CONDITION, 1)],
        "containerStatuses": [_CONTAINER],
        "initContainerStatuses": [_CONTAINER],
        **dict.fromkeys(_COUNTED, 1),
    },
}


def reduced(item: Any) -> Json | None:
    """One entry with only the fields that are read; None if it is of no use for a timeline.

    Objects are kept only for workloads, Jobs, pods and nodes, never for Secrets, ConfigMaps or anything else, and of
    these only names, images, counts and conditions. The URL is not kept: that of an exec contains the command.
    """
    verb, resource, sub = (
        text(item, "verb"),
        text(item, "objectRef", "resource"),
        text(item, "objectRef", "subresource"),
    )
    code = get(item, "responseStatus", "code")
    refused = isinstance(code, int) and code >= 400
    refused_eviction = (verb, resource, sub, code) == ("create", "pods", "eviction", REFUSED)
    if not _done(text(item, "stage"), sub) or (refused and not refused_eviction) or _dry(item):
        return None
    known = "" if of_others(resource, text(item, "objectRef", "apiGroup")) else resource
    asked, answered = (_object(get(item, field), known, sub) for field in ("requestObject", "responseObject"))
    by = component(text(item, "user", "username"), text(item, "userAgent"))
    if not (_of_the_system(verb, resource, sub, by) if by else _of_people(verb, resource, sub)):
        return None
    if is_lock(verb, resource, text(item, "objectRef", "name"), text(item, "user", "username")):
        return None
    if by and sub == "status" and not _is_news(verb, resource, by, asked, moment(item.get("stageTimestamp"))):
        return None
    kept: Json = {
        name: item[name]
        for name in ("auditID", "stage", "verb", "userAgent", "requestReceivedTimestamp", "stageTimestamp")
        if isinstance(item.get(name), str)
    }
    kept["user"] = {"username": text(item, "user", "username")}
    if text(item, "impersonatedUser", "username"):
        kept["impersonatedUser"] = {"username": text(item, "impersonatedUser", "username")}
    if refused_eviction:
        kept["responseStatus"] = {"code": code}
    named = ("resource", "namespace", "name", "apiGroup", "subresource")
    kept["objectRef"] = _picked(item.get("objectRef"), dict.fromkeys(named, 1))
    for field, value in (("requestObject", asked), ("responseObject", answered)):
        if value is not None:  # even if nothing in it is read, it shows that the log has content
            kept[field] = value
    return kept


def of_others(resource: str, group: str) -> bool:
    """Whether a resource only shares the name of one that is read here: `nodes` of longhorn.io."""
    return _GROUPS.get(resource, group) != group


def _done(stage: str, sub: str) -> bool:
    """Whether the request took effect: a session does when it starts, everything else when the server has answered."""
    return stage in ("ResponseComplete", "Panic") or (stage == "ResponseStarted" and sub in SESSIONS)


def _dry(item: Any) -> bool:
    """Whether the request was a dry run: the URL shows that, or the options in what was sent."""
    sent = item.get("requestObject")
    options = (get(sent, "dryRun"), get(sent, "deleteOptions", "dryRun"))
    return "dryRun=" in text(item, "requestURI") or any(isinstance(each, list) and each for each in options)


def _of_people(verb: str, resource: str, sub: str) -> bool:
    if sub in SESSIONS:
        return verb in ("create", "get")
    return (
        verb in _WRITES
        and bool(resource)
        and not _NOISE.fullmatch(resource)
        and (sub not in _QUIET or (resource, sub) == ("rollouts", "status"))
    )


def _of_the_system(verb: str, resource: str, sub: str, by: str) -> bool:
    if verb not in _WRITES:
        return False
    if resource == "pods" and sub != "status":
        return (verb, sub) in _OF_PODS or (verb == "create" and not sub and by in _SETS)
    if resource == "nodes" and not sub:
        return verb in ("create", "delete")
    if resource in DELETABLE and not sub and verb in ("delete", "deletecollection"):
        return True
    return sub in ("scale", "status") or (resource in _OF_A_ROLLOUT and not sub)


def _is_news(verb: str, resource: str, by: str, asked: Any, at: Moment | None) -> bool:
    """Whether a component's status report is news: most repeat what is known."""
    if resource == "pods" and by == "scheduler":
        return condition(asked, "PodScheduled").get("status") == "False"
    if resource == "pods" and by == "kubelet":
        ready = condition(asked, "Ready").get("status") in ("True", "False")
        failed = text(asked, "status", "phase") == "Failed" or text(asked, "status", "reason") in EVICTED
        return ready or failed or any(map(_in_trouble, containers(asked)))
    if resource == "nodes" and by == "kubelet":
        # Also those that a problem detector sets, which mostly has the name of its node.
        states = (moment(each.get("lastTransitionTime")) for each in objects(asked, "status", "conditions"))
        # Of what the machine is, a patch has only what has changed.
        rebooted = verb == "patch" and bool(text(asked, "status", "nodeInfo", "bootID"))
        return rebooted or any(since and at and at.earliest - since.latest <= _FRESH for since in states)
    if resource == "jobs":
        # One without content shows that the log has no contents.
        return by == "job-controller" and (asked is None or condition(asked, "Failed").get("status") == "True")
    return (resource, by) in _STATUS


def _in_trouble(status: Json) -> bool:
    died = any(isinstance(get(status, state, "terminated"), dict) for state in ("state", "lastState"))
    return died or text(status, "state", "waiting", "reason") not in UNDER_WAY - {BACK_OFF}


def _object(value: Any, resource: str, sub: str) -> Any:
    if resource not in _WORKLOADS and (resource, sub) not in _KEPT:
        return None
    if isinstance(value, list):  # a JSON patch
        return [
            {"path": text(each, "path"), "value": get(each, "value")}
            for each in value
            if _OPERATION.fullmatch(text(each, "path"))
            and text(each, "op") != "test"  # which changes nothing
            and (isinstance(get(each, "value"), str | int) or text(each, "op") == "remove")
        ]
    return _picked(value, _OBJECT)


def _picked(value: Any, shape: Any) -> Any:
    """The parts of `value` that `shape` names; 1 stands for a plain value. Null, which removes a field, is kept."""
    if value is None:
        return None
    if shape is _NOTED:
        notes = value.items() if isinstance(value, dict) else ()
        return {key: note for key, note in notes if _NOTES.fullmatch(key) and isinstance(note, str)}
    if isinstance(shape, dict):
        if not isinstance(value, dict):
            return {}
        kept = {key: _picked(value[key], below) for key, below in shape.items() if key in value}
        return {key: each for key, each in kept.items() if each not in ({}, [])}
    if isinstance(shape, list):
        kept_ = [_picked(each, shape[0]) for each in value] if isinstance(value, list) else []
        return [each for each in kept_ if each not in ({}, [])]
    return value if isinstance(value, str | int | bool) else None
