"""What runs in the cluster of the story, and since when."""

import hashlib
from datetime import UTC, datetime

from msgspec import Struct

from tests.cluster.client import Json
from tests.cluster.pods import Script

NODES = tuple(f"ip-10-20-{part}.eu-central-1.compute.internal" for part in ("1-17", "1-63", "2-21", "3-44"))
NAMESPACES = ("analytics", "identity", "payments", "platform", "shop")


NORMAL = Script()


class Service(Struct, frozen=True):
    """A Deployment and how its pods behave."""

    namespace: str
    name: str
    replicas: int
    releases: tuple[tuple[str, str], ...]
    """(date and time it was deployed, version), oldest first."""
    script: Script = NORMAL
    surge: str = "25%"
    unavailable: str | int = "25%"
    min_ready: int = 0
    memory: str = "256Mi"


CHECKOUT = Service(
    "shop",
    "checkout",
    6,
    (
        ("2026-02-03T09:31:12", "1.4.3"),
        ("2026-02-10T13:05:41", "1.4.4"),
        ("2026-02-17T10:22:09", "1.4.5"),
        ("2026-03-02T15:47:33", "1.4.6"),
        ("2026-03-09T09:12:58", "1.4.7"),
        ("2026-03-17T11:38:20", "1.4.8"),
        ("2026-03-24T10:12:04", "1.4.9"),
    ),
    Script(ready=34.6, spread=0.8, stop=2.5, refused=2),
    surge="50%",
    unavailable=0,
    min_ready=30,
    memory="512Mi",
)
SEARCH = Service(
    "shop",
    "search",
    4,
    (("2026-02-19T08:44:50", "2.2.7"), ("2026-03-12T14:01:37", "2.2.8"), ("2026-03-26T09:20:15", "2.3.0")),
    Script(ready=12, refused=1),
)
SERVICES = (
    CHECKOUT,
    SEARCH,
    Service("shop", "storefront", 4, (("2026-03-11T16:20:44", "5.12.0"), ("2026-03-30T08:05:02", "5.13.2"))),
    Service("shop", "cart", 3, (("2026-02-25T12:30:19", "3.8.1"), ("2026-03-19T10:50:36", "3.8.2"))),
    Service("shop", "recommendations", 3, (("2026-03-20T13:15:27", "0.31.0"),)),
    Service("payments", "ledger", 3, (("2026-03-05T09:02:11", "7.4.0"), ("2026-03-18T09:03:55", "7.4.1"))),
    Service("payments", "payment-gateway", 3, (("2026-03-16T14:40:08", "4.0.6"),)),
    Service("payments", "fraud-scoring", 2, (("2026-03-23T15:26:49", "2026.3.2"),), Script(ready=20, mounts=3)),
    Service("identity", "auth", 3, (("2026-03-10T11:11:42", "6.1.0"), ("2026-03-27T13:33:05", "6.1.1"))),
    Service("identity", "session-store", 2, (("2026-02-12T10:05:30", "1.9.4"),)),
    Service("platform", "feature-flags", 2, (("2026-03-13T08:55:16", "1.22.0"),)),
    Service("platform", "mail-relay", 2, (("2026-02-27T15:10:23", "0.9.12"),)),
    Service("platform", "metrics-forwarder", 1, (("2026-03-31T17:48:52", "0.4.0-rc1"),), Script(runs=1, fails=True)),
    Service("analytics", "clickstream-ingest", 2, (("2026-03-25T12:14:40", "3.3.0"),)),
)
JOB_RUNS = Script(runs=14)
"""How the pods of the cron jobs behave."""
CRON_JOBS = (
    ("payments", "sync-exchange-rates", 1),
    ("platform", "synthetic-probe", 1),
    ("shop", "expire-carts", 2),
    ("analytics", "rollup-clicks", 5),
)
"""(namespace, name, minutes between runs)."""


def revision(name: str, version: str) -> str:
    """The commit that a version was built from."""
    return hashlib.sha1(f"{name} {version}".encode(), usedforsecurity=False).hexdigest()


def moment(text: str) -> datetime:
    """`2026-03-24T10:12:04`, or `14:02:50` on the day of the incident, in UTC."""
    return datetime.fromisoformat(text if "T" in text else f"2026-04-01T{text}").replace(tzinfo=UTC)


def template(service: Service, version: str) -> Json:
    """The pod template of a version."""
    image = f"registry.example.com/{service.namespace}/{service.name}:{version}"
    return {
        "metadata": {
            "labels": {"app.kubernetes.io/name": service.name, "app.kubernetes.io/version": version},
            "annotations": {"org.opencontainers.image.revision": revision(service.name, version)},
        },
        "spec": {
            "containers": [
                {
                    "name": service.name,
                    "image": image,
                    "ports": [{"name": "http", "containerPort": 8080}],
                    "resources": {"requests": {"cpu": "100m", "memory": service.memory}},
                    "readinessProbe": {"httpGet": {"path": "/healthz", "port": "http"}, "periodSeconds": 10},
                }
            ],
        },
    }


def deployment(service: Service, version: str) -> Json:
    """The Deployment as it is first created: without pods, so that its history is quickly made."""
    labels = {"app.kubernetes.io/name": service.name}
    rolling = {"maxSurge": service.surge, "maxUnavailable": service.unavailable}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": service.name, "namespace": service.namespace, "labels": labels},
        "spec": {
            "replicas": 0,
            "minReadySeconds": service.min_ready,
            "selector": {"matchLabels": labels},
            "strategy": {"type": "RollingUpdate", "rollingUpdate": rolling},
            "template": template(service, version),
        },
    }


def node(name: str) -> Json:
    """A Node, and its status as its kubelet reports it."""
    room = {"cpu": "16", "memory": "64Gi", "pods": "110"}
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {
            "name": name,
            "labels": {"kubernetes.io/hostname": name, "kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64"},
        },
        "status": {
            "capacity": room,
            "allocatable": room,
            "nodeInfo": {
                "machineID": hashlib.md5(name.encode(), usedforsecurity=False).hexdigest(),
                "systemUUID": hashlib.md5(f"{name} uuid".encode(), usedforsecurity=False).hexdigest(),
                "bootID": hashlib.md5(f"{name} boot".encode(), usedforsecurity=False).hexdigest(),
                "kernelVersion": "5.10.0-28-cloud-amd64",
                "osImage": "Debian GNU/Linux 11 (bullseye)",
                "containerRuntimeVersion": "containerd://1.4.13",
                "kubeletVersion": "v1.20.2",
                "kubeProxyVersion": "v1.20.2",
                "operatingSystem": "linux",
                "architecture": "amd64",
            },
        },
    }


def job(namespace: str, name: str, run: str, memory: str = "64Mi") -> Json:
    """A Job, for one run of a cron job or for itself."""
    labels = {"app.kubernetes.io/name": name}
    container = {
        "name": name,
        "image": f"registry.example.com/{namespace}/{name}:1.0.3",
        "resources": {"requests": {"cpu": "50m", "memory": memory}},
    }
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": run, "namespace": namespace, "labels": labels},
        "spec": {
            "template": {
                "metadata": {"labels": labels},
                "spec": {"containers": [container], "restartPolicy": "Never"},
            }
        },
    }
