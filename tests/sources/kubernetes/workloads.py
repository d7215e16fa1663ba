"""Workloads to create on a real API server."""

from tests.sources.kubernetes.hands import APPS, Hands, Json


def workload(kind: str, name: str) -> Json:
    labels = {"app.kubernetes.io/name": f"{name}base"}
    container = {"name": "db", "image": "db:1.0.0", "env": [{"name": "PASSWORD", "value": "canary"}]}
    spec: Json = {
        "selector": {"matchLabels": labels},
        "template": {"metadata": {"labels": labels}, "spec": {"containers": [container]}},
    }
    if kind == "StatefulSet":
        spec |= {"serviceName": name, "replicas": 3}
        spec["template"]["spec"]["nodeName"] = "n1"
    return {"apiVersion": "apps/v1", "kind": kind, "metadata": {"name": name, "labels": labels}, "spec": spec}


PLACE = f"{APPS}/deployments/web"


def deployment() -> Json:
    labels = {"app": "web"}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "web", "image": "web:1.0.0"}]}}
    spec = {"replicas": 2, "selector": {"matchLabels": labels}, "template": template}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "labels": labels}, "spec": spec}


def progress(hands: Hands) -> str:
    conditions = hands.ask("GET", PLACE)["status"].get("conditions", [])
    return next((one["reason"] for one in conditions if one["type"] == "Progressing"), "")
