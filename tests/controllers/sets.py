"""A StatefulSet and a DaemonSet that are rolled over, and back."""

import time
from collections.abc import Sequence
from datetime import UTC, datetime

from msgspec import Struct

from collector.event import Event
from collector.source import Document
from collector.window import Window
from tests.sources.kubernetes.hands import Hands, apps, pods, read
from tests.sources.kubernetes.workloads import workload

NAMESPACE = "data"
SETS = (("StatefulSet", "statefulsets", "db"), ("DaemonSet", "daemonsets", "agent"))
VERSIONS = ("1.0.0", "1.1.0", "1.0.0")


class Seen(Struct, frozen=True):
    """What the live API reports of it, and the truth."""

    events: Sequence[Event]
    documents: Sequence[Document]
    window: Window
    changed: dict[str, Sequence[datetime]]
    """When each of the versions was asked for, by the name of the set."""
    ready: Sequence[tuple[str, str, datetime]]
    """Pod and image, and when it became ready."""


def play(hands: Hands) -> Seen:
    """Roll both over at the same time."""
    begun = datetime.now(UTC)
    changed: dict[str, list[datetime]] = {name: [] for _, _, name in SETS}
    for number, version in enumerate(VERSIONS):
        for kind, resource, name in SETS:
            changed[name].append(datetime.now(UTC))
            if number:
                spec = {"spec": {"template": {"spec": {"containers": [{"name": "db", "image": f"db:{version}"}]}}}}
                hands.ask("PATCH", f"{apps(NAMESPACE)}/{resource}/{name}", spec)
            else:
                hands.ask("POST", f"{apps(NAMESPACE)}/{resource}", workload(kind, name))
        for _, resource, name in SETS:
            hands.until(lambda: _rolled(hands, resource, name, version))  # noqa: B023 - called at once
        time.sleep(3)  # stamps are whole seconds: let what belongs to two rollouts lie apart
    events, documents = read(hands, NAMESPACE)
    return Seen(events, documents, Window(begun, datetime.now(UTC)), changed, hands.ready)


def _rolled(hands: Hands, resource: str, name: str, version: str) -> bool:
    found = hands.ask("GET", f"{apps(NAMESPACE)}/{resource}/{name}")
    status = found["status"]
    if status.get("observedGeneration") != found["metadata"]["generation"]:
        return False
    if resource == "statefulsets":
        done = status.get("currentRevision") == status.get("updateRevision") and status.get("readyReplicas") == 3
    else:
        done = status.get("updatedNumberScheduled") == status.get("numberReady") == 3
    ours = [pod for pod in hands.ask("GET", pods(NAMESPACE))["items"] if pod["metadata"]["name"].startswith(f"{name}-")]
    return bool(done) and f"db:{version}" in {pod["spec"]["containers"][0]["image"] for pod in ours}
