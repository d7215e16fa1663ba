"""The log of a real API server and what its objects and Events tell: the same facts, in the log with who did it."""

import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests
from msgspec import Struct
from msgspec.structs import replace

from collector.event import Event, Kind
from collector.merge import Occurrence, merge
from collector.window import Window
from tests.cluster.client import STRATEGIC, Client
from tests.incident.workloads import node
from tests.servers.kubernetes import Kubernetes, kubernetes
from tests.servers.loki import Loki
from tests.servers.process import require
from tests.sources.kubernetes.hands import APPS, PODS, Hands, Json, read
from tests.sources.kubernetes.workloads import deployment, progress
from tests.sources.kubernetes_audit import shipping
from tests.sources.kubernetes_audit.log import POLICY, fetched, told
from tests.sources.kubernetes_audit.shipping import shipped

pytestmark = pytest.mark.thorough
"""The play that is kept (`tests/evidence`) has the log of a real API server in `make test`, too."""
CONFIGS = "/api/v1/namespaces/default/configmaps"
JOBS = "/apis/batch/v1/namespaces/default/jobs"
SECOND = timedelta(seconds=1)
BUSY = timedelta(seconds=10)


class Nodes(Hands):
    """Hands whose kubelet, that of `n1`, has an account of its own, and runs only pods that have a node."""

    def __init__(self, server: Kubernetes) -> None:
        super().__init__(server, token=server.node_token, unbound=False)

    def report_node(self, status: Json) -> None:
        """What the kubelet reports of `n1`, as real ones a patch of what has changed."""
        kubelet = Client(replace(self.server, token=self.server.node_token), "kubelet", patch=STRATEGIC)
        kubelet.ask("PATCH", "/api/v1/nodes/n1/status", {"status": status})

    def newest(self, path: str, *versions: str) -> str:
        """The first of these versions of an API that the server has."""
        for version in versions:
            try:
                self.ask("GET", path.replace("/v1/", f"/{version}/"))
            except requests.HTTPError:
                continue
            return version
        raise AssertionError(path)

    def pods(self) -> list[str]:
        """The names of those of the Deployment that are not to stop."""
        found = self.ask("GET", PODS)["items"]
        return [pod["metadata"]["name"] for pod in found if "deletionTimestamp" not in pod["metadata"]]


class Seen(Struct, frozen=True):
    """What the log tells and what the live API tells, and when what was done."""

    audit: list[Event]
    live: list[Event]
    did: dict[str, datetime]
    window: Window
    log: list[Json]

    def facts(self, *kinds: Kind) -> list[Occurrence]:
        return [fact for fact in merge([*self.audit, *self.live]) if fact.kind in kinds]


def registered(playing: Nodes, name: str) -> None:
    """A node, and that it is ready."""
    playing.ask("POST", "/api/v1/nodes", node(name))
    now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    ready = {"type": "Ready", "status": "True", "lastTransitionTime": now, "lastHeartbeatTime": now}
    playing.ask("PATCH", f"/api/v1/nodes/{name}/status", {"status": {"conditions": [ready]}})


def configured(playing: Nodes, did: dict[str, datetime]) -> None:
    playing.ask("POST", CONFIGS, {"metadata": {"name": "flags"}, "data": {"k": "canary-live"}})
    time.sleep(2.1)  # stamps are to the second, and those of two writes may not touch
    did["configured"] = datetime.now(UTC)
    playing.ask("PATCH", f"{CONFIGS}/flags?fieldManager=edit", {"data": {"k": "canary-live-2"}})


def failed(playing: Nodes, did: dict[str, datetime]) -> None:
    """A Job that takes too long, of which nothing runs."""
    spec = {"restartPolicy": "Never", "nodeSelector": {"none": "such"}, "containers": [{"name": "m", "image": "m:1"}]}
    job = {"metadata": {"name": "migrate", "labels": {"app": "bank"}}}
    job["spec"] = {"activeDeadlineSeconds": 1, "template": {"spec": spec}}
    did["failing"] = datetime.now(UTC)
    playing.ask("POST", JOBS, job)

    def done() -> bool:
        conditions = playing.ask("GET", f"{JOBS}/migrate")["status"].get("conditions", [])
        return any(each["type"] == "Failed" for each in conditions)

    playing.until(done)


def drained(playing: Nodes, did: dict[str, datetime]) -> None:
    """As kubectl drains `n1`: a budget refuses the evictions until it is gone; the pods go to `n2`."""
    registered(playing, "n2")
    was = playing.pods()
    budget = {"metadata": {"name": "web"}, "spec": {"minAvailable": 2, "selector": {"matchLabels": {"app": "web"}}}}
    version = playing.newest("/apis/policy/v1/poddisruptionbudgets", "v1", "v1beta1")
    budgets = f"/apis/policy/{version}/namespaces/default/poddisruptionbudgets"
    playing.ask("POST", budgets, budget)
    playing.ask("PATCH", "/api/v1/nodes/n1", {"spec": {"unschedulable": True}})
    names = [name for name in was if name.startswith("web-")]
    for name in names:
        eviction = {"apiVersion": f"policy/{version}", "kind": "Eviction", "metadata": {"name": name}}
        with pytest.raises(requests.HTTPError, match="429"):
            playing.ask("POST", f"{PODS}/{name}/eviction", eviction)
    did["refused"] = datetime.now(UTC)
    playing.ask("DELETE", f"{budgets}/web")
    for name in names:
        did["drained"] = datetime.now(UTC)
        playing.ask("POST", f"{PODS}/{name}/eviction", {**eviction, "metadata": {"name": name}})
    playing.until(lambda: not set(names) & {pod["metadata"]["name"] for pod in playing.ask("GET", PODS)["items"]})
    playing.until(lambda: progress(playing) == "NewReplicaSetAvailable" and len(playing.pods()) == len(was))


def strained(playing: Nodes, did: dict[str, datetime]) -> list[Event]:
    """`n1` is short of memory for a while, then rebooted; what the live API tells of it meanwhile."""

    def pressure(status: str) -> Json:
        did[f"short {status}"] = now = datetime.now(UTC)
        return {"type": "MemoryPressure", "status": status, "lastTransitionTime": f"{now:%Y-%m-%dT%H:%M:%SZ}"}

    playing.report_node({"conditions": [pressure("True")]})
    told_ = [event for event in read(playing)[0] if event.merge_key.endswith("/MemoryPressure")]
    time.sleep(1.1)  # stamps are to the second
    playing.report_node({"conditions": [pressure("False")]})
    did["rebooted"] = datetime.now(UTC)
    stamp = f"{did['rebooted']:%Y-%m-%dT%H:%M:%SZ}"
    said = {"metadata": {"name": "n1.boot"}, "reason": "Rebooted", "message": "Node n1 has been rebooted, boot id: b"}
    said |= {"involvedObject": {"kind": "Node", "name": "n1"}, "firstTimestamp": stamp, "lastTimestamp": stamp}
    playing.ask("POST", "/api/v1/namespaces/default/events", said)
    playing.report_node({"nodeInfo": {"bootID": "b"}})
    return told_


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    require("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "openssl")
    did: dict[str, datetime] = {}
    folder: Path = tmp_path_factory.mktemp("facts")
    with kubernetes(folder, POLICY) as server:
        controllers = server.controller_manager("--use-service-account-credentials")
        with controllers, server.scheduler(), Nodes(server) as playing:
            did["begin"] = datetime.now(UTC)
            registered(playing, "n1")
            web = deployment()
            web["spec"]["template"]["spec"]["volumes"] = [{"name": "flags", "configMap": {"name": "flags"}}]
            playing.ask("POST", f"{APPS}/deployments", web)
            playing.until(lambda: progress(playing) == "NewReplicaSetAvailable")
            configured(playing, did)
            meanwhile = strained(playing, did)
            failed(playing, did)
            drained(playing, did)
            time.sleep(1.1)
            live = [*meanwhile, *read(playing)[0]]
    window = Window(did["begin"], datetime.now(UTC) + SECOND)
    files = sorted(server.audit_log.parent.iterdir())
    log = [json.loads(line) for file in files for line in file.read_text().splitlines()]
    events, gaps = told(server.audit_log.parent, window)
    assert gaps == []
    assert "canary-live" not in repr(fetched(server.audit_log.parent, window)[1])
    return Seen(events, live, did, window, log)


def test_a_change_of_configuration_is_one_fact_with_who_and_whose(seen: Seen) -> None:
    facts = [each for each in seen.facts(Kind.CONFIG_CHANGED) if each.best.subject.workload == "ConfigMap/flags"]
    made, changed = facts
    for fact in (made, changed):
        assert {event.source for event in fact.events} == {"audit", "k8s"}
        assert (fact.best.actor, fact.service) == ("admin", "web")
    assert seen.did["configured"] <= changed.best.at <= seen.did["configured"] + BUSY
    assert changed.best.latest - changed.best.earliest < SECOND
    ours = [each.subject.workload for each in seen.audit if each.kind == Kind.CONFIG_CHANGED]
    assert ours == ["ConfigMap/flags"] * 2, "and nothing that the control plane writes for itself"


def test_each_pod_is_scheduled_once_and_exactly(seen: Seen) -> None:
    facts = seen.facts(Kind.POD_SCHEDULED)
    ready = {event.subject.pod for event in seen.audit if event.kind == Kind.POD_READY}
    assert {fact.best.subject.pod for fact in facts} == ready
    assert len(facts) == len(ready)
    for fact in facts:
        assert {event.source for event in fact.events} == {"audit", "k8s"}
        on = [event.summary for event in fact.events if event.source == "audit"]
        assert len(on) == 1
        assert on[0].endswith(("is scheduled to n1", "is scheduled to n2"))
        assert fact.best.subject.workload == "Deployment/web"
        assert fact.best.latest - fact.best.earliest < SECOND
        assert len({event.keys.replica_set for event in fact.events}) == 1


def test_a_job_that_failed_is_one_fact(seen: Seen) -> None:
    (fact,) = seen.facts(Kind.JOB_FAILED)
    assert {event.source for event in fact.events} == {"audit", "k8s"}
    assert (fact.service, fact.best.subject.workload) == ("bank", "Job/migrate")
    assert seen.did["failing"] <= fact.best.at <= seen.did["failing"] + BUSY
    (ours,) = [event for event in fact.events if event.source == "audit"]
    assert "DeadlineExceeded" in ours.summary


def test_a_drain_is_told_at_the_last_eviction_that_was_granted(seen: Seen) -> None:
    (drain,) = [event for event in seen.audit if event.kind == Kind.NODE_DRAINED]
    assert drain.summary.endswith("2 pods evicted since it was cordoned")
    assert (drain.actor, drain.subject.workload, drain.merge_key) == ("admin", "Node/n1", "/Node/n1/drained")
    assert seen.did["drained"] <= drain.earliest <= drain.latest <= seen.did["drained"] + SECOND
    evicted = [event for event in seen.audit if event.kind == Kind.POD_EVICTED]
    assert len(evicted) == 2
    assert all(event.at > seen.did["refused"] for event in evicted), "what the budget refused is no eviction"


def test_pressure_its_end_and_a_reboot(seen: Seen) -> None:
    facts = {fact.best.merge_key: fact for fact in seen.facts(Kind.NODE_CHANGED)}
    short, over, rebooted = (facts[f"/Node/n1/{word}"] for word in ("MemoryPressure", "no MemoryPressure", "rebooted"))
    assert {event.source for event in short.events} == {event.source for event in rebooted.events} == {"audit", "k8s"}
    for fact, what in ((short, "short True"), (over, "short False")):
        assert fact.best.earliest <= seen.did[what] <= fact.best.latest
    assert seen.did["rebooted"] <= rebooted.best.at <= seen.did["rebooted"] + SECOND
    assert rebooted.best.summary == "Node n1 was rebooted"
    ours = [event.merge_key for event in seen.audit if event.kind == Kind.NODE_CHANGED]
    assert len(ours) == len(set(ours))


def test_out_of_loki_it_is_the_same(seen: Seen) -> None:
    events, _ = shipping.told(Loki(shipped(seen.log)), seen.window)
    assert [replace(each, query="") for each in events] == [replace(each, query="") for each in seen.audit]
