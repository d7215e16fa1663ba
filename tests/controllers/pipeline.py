"""A pipeline that deploys, rolls back and scales; somebody who deletes a pod and makes a Secret."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import requests
from msgspec import Struct, field

from collector.window import Window
from tests.cluster.client import Client
from tests.incident.workloads import SEARCH, deployment, template
from tests.servers.kubernetes import Kubernetes
from tests.servers.process import session
from tests.sources.kubernetes.hands import apps, pods

NAMESPACE = "search"


class Seen(Struct, frozen=True):
    """When what was done; the rest is in the audit log."""

    did: dict[str, datetime] = field(default_factory=dict)

    @property
    def window(self) -> Window:
        """From the first to the last of it."""
        return Window(self.did["created"], self.did["secret"] + timedelta(seconds=5))


def play(server: Kubernetes) -> Seen:
    """Do it, each step when the controllers have done what comes of the one before."""
    ci, asking, seen = Client(server, "deployer"), session(server.ca, server.token), Seen()
    made = deployment(SEARCH, "2.2.8")
    made["metadata"]["namespace"] = NAMESPACE
    made["spec"] |= {"replicas": 2, "minReadySeconds": 0}
    place = server.url + pods(NAMESPACE)

    def running() -> list[str]:
        """The versions of the pods, once the Deployment says that it is complete."""
        url = f"{server.url}{apps(NAMESPACE)}/deployments/{made['metadata']['name']}"
        found = asking.get(url, timeout=10).json()["status"]
        progress = next((c["reason"] for c in found.get("conditions", []) if c["type"] == "Progressing"), "")
        labels = [pod["metadata"]["labels"]["app.kubernetes.io/version"] for pod in _pods(asking, place)]
        settled = progress == "NewReplicaSetAvailable" and found.get("availableReplicas") == len(labels)
        return labels if settled else []

    def do(what: str, action: Callable[[], object], then: Callable[[], bool]) -> None:
        seen.did[what] = datetime.now(UTC)
        action()
        end = time.monotonic() + 60
        while not then():
            assert time.monotonic() < end, "the controllers did not get there"
            time.sleep(0.1)
        time.sleep(1.1)  # stamps are to the second

    do("created", lambda: ci.create(made), lambda: running() == ["2.2.8"] * 2)
    new = {"spec": {"template": template(SEARCH, "2.3.0")}}
    do("deployed", lambda: ci.patch(made, new), lambda: running() == ["2.3.0"] * 2)
    old = {"spec": {"template": template(SEARCH, "2.2.8")}}
    do("rolled back", lambda: ci.patch(made, old), lambda: running() == ["2.2.8"] * 2)
    size = {"spec": {"replicas": 3}}
    do("scaled", lambda: ci.patch(made, size, "scale"), lambda: running() == ["2.2.8"] * 3)
    names = {pod["metadata"]["name"] for pod in _pods(asking, place)}
    first = f"{place}/{min(names)}"
    gone = lambda: len(names & {pod["metadata"]["name"] for pod in _pods(asking, place)}) == 2  # noqa: E731 - asked again
    do("deleted", lambda: asking.delete(first, timeout=10).raise_for_status(), gone)
    secret = {"kind": "Secret", "metadata": {"name": "api-key"}, "stringData": {"k": "canary-live"}}
    secrets = f"{server.url}/api/v1/namespaces/{NAMESPACE}/secrets"
    do("secret", lambda: asking.post(secrets, json=secret, timeout=10).raise_for_status(), lambda: True)
    return seen


def _pods(asking: requests.Session, place: str) -> list[dict[str, dict[str, dict[str, str]]]]:
    found: list[dict[str, dict[str, dict[str, str]]]] = asking.get(place, timeout=10).json()["items"]
    return found
