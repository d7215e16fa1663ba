"""What runs in the cluster of the play, and how its containers behave."""

from typing import Any

from msgspec.structs import replace

from tests.cluster.client import Json
from tests.cluster.pods import Script, app
from tests.incident import workloads
from tests.incident.workloads import Service, template

NAMESPACE = "shop"
NODES = {"node-a": "general", "node-b": "general", "node-c": "spare", "node-d": "old"}
"""By their pool. `node-c` will be lost and `node-d` drained, with the pods that prefer them."""
LOST, DRAINED = "node-c", "node-d"
_TOLERATED = [
    {"key": f"node.kubernetes.io/{key}", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 1}
    for key in ("not-ready", "unreachable")
]
_PREFERS = {"ledger": "spare", "mailer": "old"}
_ONLY_MAILER = {"key": "pool", "value": "old", "effect": "NoSchedule"}


_NORMAL = Script(ready=1.5, spread=0, stop=0.7)
_SCRIPTS = {
    ("search", "2.4.0"): replace(_NORMAL, image=False),
    ("catalog", "2.1.0"): replace(_NORMAL, ready=3.2),  # so that it is paused before that
    ("nightly", ""): replace(_NORMAL, fails=True),
}


def script(pod: Json) -> Script:
    """What the pods of this version do."""
    return _SCRIPTS.get((app(pod), pod["metadata"]["labels"].get("app.kubernetes.io/version", "")), _NORMAL)


def deployment(name: str, version: str, replicas: int, **spec: Any) -> Json:
    """A Deployment on the general nodes."""
    made = workloads.deployment(_service(name), version)
    made["spec"] |= {"replicas": replicas, "template": pods(name, version), **spec}
    return made


def stateful_set(name: str, version: str, replicas: int) -> Json:
    """A StatefulSet on the general nodes."""
    labels = {"app.kubernetes.io/name": name}
    spec = {"replicas": replicas, "serviceName": name, "selector": {"matchLabels": labels}}
    return {
        "apiVersion": "apps/v1",
        "kind": "StatefulSet",
        "metadata": {"name": name, "namespace": NAMESPACE, "labels": labels},
        "spec": {**spec, "template": pods(name, version)},
    }


def autoscaler(name: str) -> Json:
    """Of a Deployment."""
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": name}
    return {
        "apiVersion": "autoscaling/v1",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": name, "namespace": NAMESPACE},
        "spec": {"scaleTargetRef": target, "minReplicas": 2, "maxReplicas": 5, "targetCPUUtilizationPercentage": 70},
    }


def config_map(name: str) -> Json:
    """What the pods of a service mount.

    Before Kubernetes 1.25 the time of a change is kept only if it adds or removes a key (kubernetes/kubernetes#110058).
    """
    labels = {"app.kubernetes.io/name": name}
    known = {"name": f"{name}-settings", "namespace": NAMESPACE, "labels": labels}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": known, "data": {"currency": "USD"}}


def failing_job(name: str) -> Json:
    """A Job whose only try fails."""
    made = workloads.job(NAMESPACE, name, name)
    made["spec"]["backoffLimit"] = 0
    made["spec"]["template"]["spec"]["nodeSelector"] = {"pool": "general"}
    return made


def pods(name: str, version: str) -> Json:
    """A pod template; some pods prefer a node that will be lost or drained, those of a lost one give it up soon."""
    made = template(_service(name), version)
    if name in _PREFERS:
        made["spec"] |= {"affinity": _preferring(_PREFERS[name])}
        made["spec"]["tolerations"] = [_ONLY_MAILER] if name == "mailer" else _TOLERATED
    else:
        made["spec"]["nodeSelector"] = {"pool": "general"}
    if name == "cart":
        settings = config_map(name)["metadata"]["name"]
        made["spec"]["volumes"] = [{"name": "settings", "configMap": {"name": settings}}]
    return made


def node(name: str) -> Json:
    """A Node as it registers."""
    made = workloads.node(name)
    made["metadata"]["labels"]["pool"] = NODES[name]
    if name == DRAINED:
        made["spec"] = {"taints": [_ONLY_MAILER]}
    return made


def _preferring(pool: str) -> Json:
    def where(operator: str, *pools: str) -> Json:
        return {"matchExpressions": [{"key": "pool", "operator": operator, "values": pools}]}

    preferred = [{"weight": 100, "preference": where("In", pool)}]
    affinity: Json = {"preferredDuringSchedulingIgnoredDuringExecution": preferred}
    if pool != NODES[LOST]:
        # Nothing that is to run on is put on the node that nobody knows to be lost yet.
        elsewhere = {"nodeSelectorTerms": [where("NotIn", NODES[LOST])]}
        affinity["requiredDuringSchedulingIgnoredDuringExecution"] = elsewhere
    return {"nodeAffinity": affinity}


def _service(name: str) -> Service:
    # `reports` asks for more memory than any node has.
    return Service(NAMESPACE, name, 0, (), surge=1, unavailable=0, memory="96Gi" if name == "reports" else "128Mi")
