"""A StatefulSet and a DaemonSet rolled over and back by the real controllers."""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from collector.event import Event, Kind
from collector.merge import merge
from collector.rollouts import Rollout, rollouts
from collector.secrets import Scrubber
from collector.source import Deadline, Document, Gap
from collector.window import Window
from sources.kubernetes import KubernetesSettings, KubernetesSource
from tests.servers.kubernetes import Kubernetes, kubernetes
from tests.servers.process import require, session

APPS = "/apis/apps/v1/namespaces/default"
PODS = "/api/v1/namespaces/default/pods"
NODES = ("n1", "n2", "n3")
_BUSY = timedelta(seconds=5)
Json = dict[str, Any]


class Hands:
    """Changes the cluster as an administrator, and plays the kubelets: pods become ready, and go when told to."""

    def __init__(self, server: Kubernetes) -> None:
        self.server = server
        self.ready: list[tuple[str, str, datetime]] = []
        """Name and image of each pod that became ready, and when."""
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._kubelets, daemon=True)

    def __enter__(self) -> "Hands":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def ask(self, method: str, path: str, body: Json | None = None) -> Json:
        asking = session(self.server.ca, self.server.token)
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
            now = datetime.now(UTC)
            ready = {"type": "Ready", "status": "True", "lastTransitionTime": f"{now:%Y-%m-%dT%H:%M:%SZ}"}
            self.ask("PATCH", f"{PODS}/{name}/status", {"status": {"phase": "Running", "conditions": [ready]}})
            self.ready.append((name, pod["spec"]["containers"][0]["image"], now))


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


@pytest.fixture(scope="module")
def hands(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hands]:
    require("etcd", "kube-apiserver", "kube-controller-manager", "openssl")
    with kubernetes(tmp_path_factory.mktemp("sets")) as server, server.controller_manager(), Hands(server) as playing:
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


@pytest.mark.parametrize(
    ("kind", "resource", "name"), [("StatefulSet", "statefulsets", "db"), ("DaemonSet", "daemonsets", "agent")]
)
def test_an_update_and_its_rollback(hands: Hands, kind: str, resource: str, name: str) -> None:
    first = datetime.now(UTC)
    hands.ask("POST", f"{APPS}/{resource}", workload(kind, name))
    hands.until(lambda: hands.rolled(resource, name, "1.0.0"))
    update = hands.image(resource, name, "1.1.0")
    back = hands.image(resource, name, "1.0.0")
    events, documents = read(hands)
    assert "canary" not in "".join(each.text for each in documents)
    found = [each for each in rollouts(merge(events)) if each.started.what.subject.workload == f"{kind}/{name}"]
    assert [(each.started.kind, each.keys.version, each.keys.replaces) for each in found] == [
        (Kind.ROLLOUT_STARTED, "1.0.0", ""),
        (Kind.ROLLOUT_STARTED, "1.1.0", "1.0.0"),
        (Kind.ROLLBACK_STARTED, "1.0.0", "1.1.0"),
    ]
    for told, true in zip(found, (first, update, back), strict=True):
        # The controller acts some time after the change was asked for, on a busy machine seconds.
        assert told.started.what.earliest - _BUSY <= true <= told.started.what.latest, told.started
        assert abs(told.started.what.at - true) <= _BUSY
        assert told.started.service == f"{name}base"
    rollback: Rollout = found[-1]
    ours = [at for pod, _, at in hands.ready if pod.startswith(f"{name}-")]
    assert len(rollback.ready) == rollback.replicas == 3
    for fact in rollback.ready:
        assert any(fact.what.earliest <= at <= fact.what.latest for at in ours), fact.what
    # On a busy machine the controller may make an old pod once more, before it sees that there is to be none.
    served = {pod for pod, image, _ in hands.ready if pod.startswith(f"{name}-") and image == "db:1.1.0"}
    stopped = [fact.what.subject.pod for fact in rollback.terminated]
    assert len(served) == 3
    assert served <= set(stopped)
    assert len(stopped) == len(set(stopped))
    assert {fact.what.keys.version for fact in rollback.terminated} == {"1.1.0"}
    assert {fact.what.keys.version for fact in found[1].terminated} == {"1.0.0"}
    assert rollback.completed
    assert rollback.completed.kind == Kind.ROLLBACK_COMPLETED
    assert rollback.completed.what.earliest <= max(ours) <= rollback.completed.what.latest
