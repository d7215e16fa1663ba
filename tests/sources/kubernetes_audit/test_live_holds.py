"""The log of a real API server of a pause, of readiness lost and back, and of a canary that somebody aborts."""

import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec import Struct
from msgspec.structs import replace

from collector.event import Event, Kind
from collector.window import Window
from sources.kubernetes_audit.loki import narrowed
from tests.cluster.client import Client
from tests.servers.kubernetes import Kubernetes, kubernetes
from tests.servers.loki import Loki
from tests.servers.process import require
from tests.sources.kubernetes.hands import APPS, NODES, PODS, Hands, Json
from tests.sources.kubernetes.workloads import PLACE, deployment, progress
from tests.sources.kubernetes_audit import shipping
from tests.sources.kubernetes_audit.log import told
from tests.sources.kubernetes_audit.shipping import QUERY, shipped

POLICY = {
    "apiVersion": "audit.k8s.io/v1",
    "kind": "Policy",
    "rules": [
        {
            "level": "Request",
            "resources": [
                {"group": "apps"},
                {"group": "argoproj.io"},
                {"group": "", "resources": ["pods", "pods/status"]},
            ],
        },
        {"level": "Metadata"},
    ],
}
pytestmark = pytest.mark.thorough
ROLLOUT = "/apis/argoproj.io/v1alpha1/namespaces/default/rollouts"
SECOND = timedelta(seconds=1)


def asked(server: Kubernetes, token: str, method: str, path: str, body: Json) -> Json:
    return Client(replace(server, token=token), "argo-rollouts").ask(method, path, body)


def controller(playing: Hands) -> str:
    """The token of the account that Argo Rollouts installs."""
    api, about = "/api/v1/namespaces", {"name": "argo-rollouts"}
    playing.ask("POST", api, {"metadata": about})
    playing.ask("POST", f"{api}/argo-rollouts/serviceaccounts", {"metadata": about})
    subject = {"kind": "ServiceAccount", "namespace": "argo-rollouts", **about}
    role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"}
    bindings = "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings"
    playing.ask("POST", bindings, {"metadata": about, "subjects": [subject], "roleRef": role})
    path = f"{api}/argo-rollouts/serviceaccounts/argo-rollouts/token"
    made: str = playing.ask("POST", path, {"spec": {}})["status"]["token"]
    return made


def canary(playing: Hands, did: dict[str, datetime]) -> None:
    """What the controller writes, by hand: two versions, a pause; and what kubectl-argo-rollouts sends."""
    playing.server.define_rollouts()
    argo = controller(playing)

    def by(token: str, what: str, method: str, path: str, body: Json) -> Json:
        did[what] = datetime.now(UTC)
        return asked(playing.server, token, method, path, body)

    web: Json = {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Rollout",
        "metadata": {"name": "web"},
        "spec": {"replicas": 2},
    }
    uid = by(playing.server.token, "made", "POST", ROLLOUT, web)["metadata"]["uid"]
    labels = {"app": "canary"}
    for number, name in ((1, "web-5b4d8c5f84"), (2, "web-6d94bb54cf")):
        spec = {"containers": [{"name": "web", "image": f"web:{number}.0"}]}
        owner = {"apiVersion": web["apiVersion"], "kind": "Rollout", "name": "web", "uid": uid, "controller": True}
        notes = {"rollout.argoproj.io/revision": str(number)}
        body = {"metadata": {"name": name, "namespace": "default", "annotations": notes, "ownerReferences": [owner]}}
        body["spec"] = {
            "replicas": 0,
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": spec},
        }
        by(argo, name, "POST", f"{APPS}/replicasets", body)
    time.sleep(1.1)  # stamps are to the second
    now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    pause = {
        "type": "Paused",
        "status": "True",
        "reason": "RolloutPaused",
        "lastTransitionTime": now,
        "lastUpdateTime": now,
    }
    status = {"conditions": [pause], "pauseConditions": [{"reason": "CanaryPauseStep", "startTime": now}]}
    by(argo, "canary paused", "PATCH", f"{ROLLOUT}/web/status", {"status": status})
    time.sleep(1.1)
    by(playing.server.token, "promoted", "PATCH", f"{ROLLOUT}/web/status", {"status": {"pauseConditions": None}})
    by(playing.server.token, "aborted", "PATCH", f"{ROLLOUT}/web/status", {"status": {"abort": True}})


def ready_there(playing: Hands, pod: str) -> bool:
    """Whether the API server has it as ready."""
    conditions = playing.ask("GET", f"{PODS}/{pod}")["status"].get("conditions", [])
    return any(each["type"] == "Ready" and each["status"] == "True" for each in conditions)


class Seen(Struct, frozen=True):
    """What the log tells, when what was done, and the log."""

    events: list[Event]
    did: dict[str, datetime]
    window: Window
    log: list[Json]


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    require("etcd", "kube-apiserver", "kube-controller-manager", "openssl")
    did: dict[str, datetime] = {"begin": datetime.now(UTC)}
    folder: Path = tmp_path_factory.mktemp("held")
    options = ("--use-service-account-credentials", "--node-monitor-grace-period=6s")
    with (
        kubernetes(folder, POLICY) as server,
        server.controller_manager(*options),
        Hands(server, token=server.node_token) as playing,
    ):
        for name in NODES:
            playing.ask("POST", "/api/v1/nodes", {"metadata": {"name": name}})
        beat = {"type": "Ready", "status": "True", "lastTransitionTime": "2026-01-01T00:00:00Z"}
        beat["lastHeartbeatTime"] = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
        playing.ask("PATCH", "/api/v1/nodes/n1/status", {"status": {"conditions": [beat]}})
        spec = {"nodeName": "n1", "containers": [{"name": "lonely", "image": "lonely:1"}]}
        playing.ask("POST", PODS, {"metadata": {"name": "lonely"}, "spec": spec})
        playing.ask("POST", f"{APPS}/deployments", deployment())
        playing.until(lambda: progress(playing) == "NewReplicaSetAvailable")
        for what, paused in (("paused", True), ("resumed", None)):
            did[what] = datetime.now(UTC)
            playing.ask("PATCH", PLACE, {"spec": {"paused": paused}})
            time.sleep(1.1)
        pod = next(name for name, _, _ in playing.ready if name != "lonely")
        for what, ready in (("unready", False), ("recovered", True)):
            did[what] = playing.report(pod, ready=ready)
            time.sleep(1.1)
        playing.ask("DELETE", f"{PODS}/{pod}")
        canary(playing, did)
        # Its node does not report any more.
        playing.until(lambda: not ready_there(playing, "lonely"))
        did["lost"] = datetime.now(UTC)
        time.sleep(0.5)
    window = Window(did["begin"], datetime.now(UTC) + SECOND)
    files = sorted(server.audit_log.parent.iterdir())
    log = [json.loads(line) for file in files for line in file.read_text().splitlines()]
    return Seen(told(server.audit_log.parent, window)[0], did, window, log)


def of(events: list[Event], workload: str, *kinds: Kind) -> list[Event]:
    return [each for each in events if each.kind in kinds and each.subject.workload == workload]


def test_a_pause_and_its_end_with_who(seen: Seen) -> None:
    events, did = seen.events, seen.did
    found = of(events, "Deployment/web", Kind.ROLLOUT_PAUSED, Kind.ROLLOUT_RESUMED)
    assert [(each.kind, each.actor) for each in found] == [
        (Kind.ROLLOUT_PAUSED, "admin"),
        (Kind.ROLLOUT_RESUMED, "admin"),
    ]
    assert all(
        did[what] <= each.at <= did[what] + 3 * SECOND for each, what in zip(found, ("paused", "resumed"), strict=True)
    )


def test_readiness_is_lost_and_comes_back_once(seen: Seen) -> None:
    events, did = seen.events, seen.did
    found = of(events, "Deployment/web", Kind.POD_UNREADY, Kind.POD_RECOVERED)
    assert [each.kind for each in found] == [Kind.POD_UNREADY, Kind.POD_RECOVERED]
    assert all(
        each.earliest <= did[what] <= each.latest for each, what in zip(found, ("unready", "recovered"), strict=True)
    )
    assert len(of(events, "Deployment/web", Kind.POD_READY)) == 3, "two, and one in the place of the deleted"


def test_the_pods_of_a_lost_node_are_unready(seen: Seen) -> None:
    (lost,) = [each for each in seen.events if each.kind == Kind.POD_UNREADY and each.subject.pod == "lonely"]
    assert seen.did["lost"] - 10 * SECOND <= lost.at <= seen.did["lost"]
    by = [each for each in seen.log if each["auditID"] == lost.native_id]
    assert {each["user"]["username"] for each in by} == {"system:serviceaccount:kube-system:node-controller"}


def test_a_canary_that_is_paused_promoted_and_aborted(seen: Seen) -> None:
    events, did = seen.events, seen.did
    kinds = (Kind.ROLLOUT_STARTED, Kind.ROLLOUT_PAUSED, Kind.ROLLOUT_RESUMED, Kind.ROLLOUT_ABORTED)
    found = of(events, "Rollout/web", *kinds)
    assert [(each.kind, each.actor, each.keys.version, each.description) for each in found] == [
        (Kind.ROLLOUT_STARTED, "admin", "1.0", ""),
        (Kind.ROLLOUT_STARTED, "admin", "2.0", ""),
        (Kind.ROLLOUT_PAUSED, "", "", "CanaryPauseStep"),
        (Kind.ROLLOUT_RESUMED, "admin", "", ""),
        (Kind.ROLLOUT_ABORTED, "admin", "", ""),
    ]
    assert len(of(events, "Deployment/web", Kind.ROLLOUT_COMPLETED)) == 1, "a pause afterwards is no other rollout"
    assert did["aborted"] <= found[-1].at <= did["aborted"] + SECOND


def test_out_of_loki_it_is_the_same_though_most_of_it_is_not_sent(seen: Seen) -> None:
    loki = Loki(shipped(seen.log))
    events, gaps = shipping.told(loki, seen.window)
    assert [replace(each, query="") for each in events] == [replace(each, query="") for each in seen.events]
    (gap,) = [gap for gap in gaps if "begins" not in gap.reason]
    assert gap.reason.startswith("the audit log has no content of nodes: "), "as the policy has it"
    sent = [json.loads(line) for _, _, line in loki.selected(narrowed(QUERY))]
    assert {"leases", "events"} <= {each.get("objectRef", {}).get("resource") for each in seen.log}
    assert {"leases", "events"}.isdisjoint(each["objectRef"]["resource"] for each in sent)
    assert {each["stage"] for each in sent} == {"ResponseComplete"}
    assert len(sent) * 2 < len(seen.log)
