"""Somebody who changes a cluster, and the kubelets of its nodes, on the real controllers."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import requests

from collector.event import Event
from collector.secrets import Scrubber
from collector.source import Deadline, Document, Gap
from collector.window import Window
from sources.kubernetes import KubernetesSettings, KubernetesSource
from tests.servers.kubernetes import Kubernetes, kubernetes
from tests.servers.process import session

APPS = "/apis/apps/v1/namespaces/default"
PODS = "/api/v1/namespaces/default/pods"
NODES = ("n1", "n2", "n3")
Json = dict[str, Any]


class Hands:
    """Changes the cluster as an administrator, and plays the kubelets: pods become ready, and go when told to."""

    def __init__(self, server: Kubernetes) -> None:
        self.server = server
        self.ready: list[tuple[str, str, datetime]] = []
        """Name and image of each pod that became ready, and when."""
        self.broken: set[str] = set()
        """Images that never become ready."""
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._kubelets, daemon=True)

    def __enter__(self) -> "Hands":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    @property
    def token(self) -> str:
        """Whoever asks."""
        return self.server.token

    @property
    def tending(self) -> bool:
        """Whether the kubelets ask, and not the administrator."""
        return threading.current_thread() is self._thread

    def ask(self, method: str, path: str, body: Json | None = None) -> Json:
        asking = session(self.server.ca, self.token)
        kind = "application/strategic-merge-patch+json" if method == "PATCH" else "application/json"
        answer = asking.request(method, self.server.url + path, json=body, headers={"Content-Type": kind}, timeout=10)
        answer.raise_for_status()
        found: Json = answer.json()
        return found

    def image(self, resource: str, name: str, tag: str) -> datetime:
        time.sleep(3)  # stamps are whole seconds: let what belongs to two rollouts lie apart
        before = datetime.now(UTC)
        spec = {"spec": {"template": {"spec": {"containers": [{"name": "db", "image": f"db:{tag}"}]}}}}
        self.ask("PATCH", f"{APPS}/{resource}/{name}", spec)
        self.until(lambda: self.rolled(resource, name, tag))
        return before

    def until(self, true: Callable[[], bool]) -> None:
        end = time.monotonic() + 60
        while not true():
            assert time.monotonic() < end
            time.sleep(0.1)

    def rolled(self, resource: str, name: str, tag: str) -> bool:
        found = self.ask("GET", f"{APPS}/{resource}/{name}")
        status = found["status"]
        if status.get("observedGeneration") != found["metadata"]["generation"]:
            return False
        if resource == "statefulsets":
            done = status.get("currentRevision") == status.get("updateRevision") and status.get("readyReplicas") == 3
        else:
            done = status.get("updatedNumberScheduled") == status.get("numberReady") == 3
        return bool(done) and tag in {
            pod["spec"]["containers"][0]["image"][3:] for pod in self.ask("GET", PODS)["items"]
        }

    def _kubelets(self) -> None:
        while not self._over.wait(0.2):
            for pod in self.ask("GET", PODS)["items"]:
                try:
                    self._tend(pod)
                except requests.HTTPError as error:  # changed or gone meanwhile
                    if error.response.status_code not in (404, 409):
                        raise

    def _tend(self, pod: Json) -> None:
        name = pod["metadata"]["name"]
        if "deletionTimestamp" in pod["metadata"]:
            self.ask("DELETE", f"{PODS}/{name}", {"gracePeriodSeconds": 0})
        elif not any(one["type"] == "Ready" for one in pod["status"].get("conditions", [])):
            image = pod["spec"]["containers"][0]["image"]
            if image not in self.broken:
                self.ready.append((name, image, self.report(name, ready=True)))

    def since(self, pod: str) -> datetime:
        """When a pod was first reported ready."""
        return next(at for name, _, at in self.ready if name == pod)

    def report(self, pod: str, *, ready: bool) -> datetime:
        """What the kubelet reports when the readiness of a pod changes; when it did."""
        now = datetime.now(UTC)
        stamp = f"{now:%Y-%m-%dT%H:%M:%SZ}"
        state = {"type": "Ready", "status": str(ready), "lastTransitionTime": stamp}
        old = self.ask("GET", f"{PODS}/{pod}")["status"]
        status = {"phase": "Running", "startTime": old.get("startTime", stamp), "conditions": [state]}
        self.ask("PATCH", f"{PODS}/{pod}/status", {"status": status})
        return now


@contextlib.contextmanager
def running_hands(folder: Path) -> Iterator[Hands]:
    """A cluster of three nodes with its controllers. Raises Missing if a program is missing."""
    with kubernetes(folder) as server, server.controller_manager(), Hands(server) as playing:
        for name in NODES:
            playing.ask("POST", "/api/v1/nodes", {"metadata": {"name": name}})
            ready = {"type": "Ready", "status": "True", "lastTransitionTime": "2026-01-01T00:00:00Z"}
            ready["lastHeartbeatTime"] = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
            playing.ask("PATCH", f"/api/v1/nodes/{name}/status", {"status": {"conditions": [ready]}})
        yield playing


def read(hands: Hands) -> tuple[list[Event], list[Document]]:
    now = datetime.now(UTC)
    window = Window(now - timedelta(minutes=5), now)
    source = KubernetesSource("k8s", KubernetesSettings(kubeconfig=hands.server.kubeconfig), Scrubber())
    documents = [each for each in source.fetch(window, Deadline(60)) if isinstance(each, Document)]
    given = list(source.read(documents, window))
    assert [each for each in given if isinstance(each, Gap) and "expired" not in each.reason] == []
    return [each for each in given if isinstance(each, Event)], documents
