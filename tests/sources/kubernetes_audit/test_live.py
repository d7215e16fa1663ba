"""The log of a real API server, of what the real controllers and a pipeline asked it."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests

from collector.event import Event, Kind
from collector.gather import Gathered
from collector.timeline import Scope, draft
from collector.window import Window
from tests.cluster.client import Client
from tests.incident.workloads import SEARCH, deployment, template
from tests.servers.kubernetes import Kubernetes, kubernetes
from tests.servers.process import require, session
from tests.sources.kubernetes.hands import Hands
from tests.sources.kubernetes_audit.log import POLICY, Json, told

PODS = "/api/v1/namespaces/shop/pods"


def until(ready: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not ready():
        assert time.monotonic() < end, "the controllers did not get there"
        time.sleep(0.1)


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, datetime]]:
    """The folder of the log, and when the pipeline did what."""
    require("etcd", "kube-apiserver", "kube-controller-manager", "openssl")
    did: dict[str, datetime] = {}
    with kubernetes(tmp_path_factory.mktemp("audited"), POLICY) as server:
        ci, asking = Client(server, "deployer"), session(server.ca, server.token)
        made = deployment(SEARCH, "2.2.8")
        made["spec"] |= {"replicas": 2, "minReadySeconds": 0}
        running = lambda: _running(asking, server)  # noqa: E731 - asked again and again

        def do(what: str, action: Callable[[], object], then: Callable[[], bool]) -> None:
            did[what] = datetime.now(UTC)
            action()
            until(then)
            time.sleep(1.1)  # stamps are to the second

        ci.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}})
        with server.controller_manager("--use-service-account-credentials"), Hands(server, token=server.node_token):
            do("created", lambda: ci.create(made), lambda: running() == ["2.2.8"] * 2)
            new = {"spec": {"template": template(SEARCH, "2.3.0")}}
            do("deployed", lambda: ci.patch(made, new), lambda: running() == ["2.3.0"] * 2)
            old = {"spec": {"template": template(SEARCH, "2.2.8")}}
            do("rolled back", lambda: ci.patch(made, old), lambda: running() == ["2.2.8"] * 2)
            size = {"spec": {"replicas": 3}}
            do("scaled", lambda: ci.patch(made, size, "scale"), lambda: running() == ["2.2.8"] * 3)
            pods = [pod["metadata"]["name"] for pod in asking.get(server.url + PODS, timeout=10).json()["items"]]
            gone = lambda: len(set(pods) & set(_names(asking, server))) == 2  # noqa: E731 - as above
            do("deleted", lambda: asking.delete(f"{server.url}{PODS}/{pods[0]}", timeout=10).raise_for_status(), gone)
            secret = {"kind": "Secret", "metadata": {"name": "api-key"}, "stringData": {"k": "canary-live"}}
            secrets = server.url + "/api/v1/namespaces/shop/secrets"
            do("secret", lambda: asking.post(secrets, json=secret, timeout=10).raise_for_status(), lambda: True)
        folder = server.audit_log.parent
    return folder, did


def _running(asking: requests.Session, server: Kubernetes) -> list[str]:
    """The versions of the pods, once the Deployment says that it is complete."""
    found = asking.get(f"{server.url}/apis/apps/v1/namespaces/shop/deployments/search", timeout=10).json()["status"]
    progress = next((c["reason"] for c in found.get("conditions", []) if c["type"] == "Progressing"), "")
    pods = asking.get(server.url + PODS, timeout=10).json()["items"]
    labels = [pod["metadata"]["labels"]["app.kubernetes.io/version"] for pod in pods]
    settled = progress == "NewReplicaSetAvailable" and found.get("availableReplicas") == len(labels)
    return labels if settled else []


def _names(asking: requests.Session, server: Kubernetes) -> list[str]:
    return [pod["metadata"]["name"] for pod in asking.get(server.url + PODS, timeout=10).json()["items"]]


def test_a_real_log_tells_what_was_done_and_what_came_of_it(log: tuple[Path, dict[str, datetime]]) -> None:
    folder, did = log
    window = Window(did["created"], did["secret"] + timedelta(seconds=5))
    events, gaps = told(folder, window, namespaces=["shop"])
    assert not gaps
    assert len(list(folder.iterdir())) > 1, "it was rotated"
    ours = [event for event in events if event.kind not in (Kind.POD_READY, Kind.POD_TERMINATED, Kind.OTHER)]
    assert [(each.kind, each.keys.version, each.keys.replaces, each.actor) for each in ours] == [
        (Kind.ROLLOUT_STARTED, "2.2.8", "", "admin"),
        (Kind.ROLLOUT_COMPLETED, "2.2.8", "", ""),
        (Kind.ROLLOUT_STARTED, "2.3.0", "2.2.8", "admin"),
        (Kind.ROLLOUT_COMPLETED, "2.3.0", "", ""),
        (Kind.ROLLBACK_STARTED, "2.2.8", "2.3.0", "admin"),
        (Kind.ROLLBACK_COMPLETED, "2.2.8", "", ""),
        (Kind.SCALED, "", "", "admin"),
        (Kind.CONFIG_CHANGED, "", "", "admin"),
    ]
    done = [*ours[:-1:2], ours[-1]]
    for event, what in zip(done, ("created", "deployed", "rolled back", "scaled", "secret"), strict=True):
        # The first rollout waits for the controllers to start.
        assert did[what] <= event.at <= did[what] + timedelta(seconds=60 if what == "created" else 3)
    assert ours[-2].numbers == {"replicas": 3, "was": 2}
    assert ours[-1].summary.startswith("Secret api-key was created by admin with python-requests")
    assert [event.actor for event in events if event.kind == Kind.POD_TERMINATED] == ["", "", "", "", "admin"]


def test_the_rows_of_the_service(log: tuple[Path, dict[str, datetime]]) -> None:
    folder, did = log
    window = Window(did["created"], did["secret"] + timedelta(seconds=5))
    events: list[Event] = told(folder, window)[0]
    rows = draft(Gathered(tuple(events), ()), window, Scope(services=("search",))).rows
    commits: list[str] = [_commit(version) for version in ("2.2.8", "2.3.0")]
    texts = [row.text for row in rows]
    assert texts[0] == f"Rollout of search 2.2.8 starts: commit {commits[0]}, by admin"
    assert f"Rollout of search 2.3.0 (replaces 2.2.8) starts: commit {commits[1]}, by admin" in texts
    assert any(text.startswith("New pods of search 2.3.0 pass health checks: 2/2 ready") for text in texts)
    assert "Old pods of search 2.2.8 terminated: 2/2, rollout complete" in texts
    assert f"Rollback of search from 2.3.0 to 2.2.8 initiated in the cluster: commit {commits[0]}, by admin" in texts
    assert "Rollback of search to 2.2.8 complete: 2/2 pods ready" in texts
    assert "Deployment shop/search scaled from 2 to 3 by admin" in texts


def _commit(version: str) -> str:
    notes: Json = template(SEARCH, version)["metadata"]["annotations"]
    found: str = notes["org.opencontainers.image.revision"]
    return found[:7]
