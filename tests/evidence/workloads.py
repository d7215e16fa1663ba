"""What runs in the cluster of the play, and how its containers behave."""

from dataclasses import dataclass
from typing import Any

from tests.incident import workloads
from tests.incident.cluster import Json
from tests.incident.life import app
from tests.incident.workloads import Service, template

NAMESPACE = "shop"
NODES = {"node-a": "general", "node-b": "general", "node-c": "spare"}
"""By their pool. `node-c` will be lost, with the pods that prefer it."""
LOST = "node-c"
_TOLERATED = [
    {"key": f"node.kubernetes.io/{key}", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 1}
    for key in ("not-ready", "unreachable")
]
_PREFERS_SPARE = {
    "nodeAffinity": {
        "preferredDuringSchedulingIgnoredDuringExecution": [
            {
                "weight": 100,
                "preference": {"matchExpressions": [{"key": "pool", "operator": "In", "values": ["spare"]}]},
            }
        ]
    }
}


@dataclass(frozen=True, slots=True)
class Script:
    """How the containers of a pod behave; all times in seconds."""

    ready: float = 1.3
    """From being started to passing the readiness probe."""
    stop: float = 0.7
    """From being told to stop to being gone."""
    image: bool = True
    """Its image can be pulled."""


_SCRIPTS = {("search", "2.4.0"): Script(image=False)}


def script(pod: Json) -> Script:
    """What the pods of this version do."""
    return _SCRIPTS.get((app(pod), pod["metadata"]["labels"].get("app.kubernetes.io/version", "")), Script())


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


def pods(name: str, version: str) -> Json:
    """A pod template; the pods of `ledger` prefer the node that will be lost, and give it up soon."""
    made = template(_service(name), version)
    if name == "ledger":
        made["spec"] |= {"affinity": _PREFERS_SPARE, "tolerations": _TOLERATED}
    else:
        made["spec"]["nodeSelector"] = {"pool": "general"}
    return made


def node(name: str) -> Json:
    """A Node as it registers."""
    made = workloads.node(name)
    made["metadata"]["labels"]["pool"] = NODES[name]
    return made


def _service(name: str) -> Service:
    # `reports` asks for more memory than any node has.
    return Service(NAMESPACE, name, 0, (), surge=1, unavailable=0, memory="96Gi" if name == "reports" else "128Mi")
