"""Against a real API server on a real etcd."""

import copy
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from collector.event import Event, Kind
from collector.merge import merge
from collector.secrets import Scrubber
from collector.source import Deadline, Denied, Document, Gap
from sources.cluster.lists import NAMES
from sources.kubernetes import KubernetesSettings, KubernetesSource
from tests.servers.kubernetes import Kubernetes
from tests.servers.process import ROOT, session
from tests.sources.kubernetes.argo_canary import CANARY, canary_sets, waiting
from tests.sources.kubernetes.cluster import WINDOW, Json, Web, at, event
from tests.sources.kubernetes.roles import allowed
from tests.sources.kubernetes.web_incident import incident

NOISE = 4_200


def stored(web: Web) -> list[Json]:
    """The objects of a Deployment as etcd has them: whole and of a kind."""
    found = []
    for call, api, kind in (
        ("deployments", "apps/v1", "Deployment"),
        ("replicasets", "apps/v1", "ReplicaSet"),
        ("pods", "v1", "Pod"),
        ("events", "v1", "Event"),
    ):
        for item in web.cluster()[call]:
            item |= {"apiVersion": api, "kind": kind}
            spec = item.setdefault("spec", {}) if kind != "Event" else {}
            if kind in ("Deployment", "ReplicaSet"):
                spec.setdefault("selector", {"matchLabels": {"app": "web"}})
                template = spec.setdefault("template", {"spec": {}})
                template.setdefault("metadata", {})["labels"] = {"app": "web"}
                template["spec"].setdefault("containers", [{"name": "web", "image": "web:1"}])
            elif kind == "Pod":
                spec["containers"] = [{"name": "web", "image": "web:1", "env": [{"name": "A", "value": "canary-env"}]}]
            found.append(item)
    return found


@pytest.fixture(scope="module")
def web() -> Web:
    made = Web()
    incident(made)
    return made


@pytest.fixture(scope="module")
def server(api_server: Kubernetes, web: Web) -> Iterator[Kubernetes]:
    api_server.define_routes()
    api_server.put(stored(web))
    yield api_server
    api_server.clear("Event", "Pod", "ReplicaSet", "Deployment", "Rollout")


@pytest.fixture
def noise(server: Kubernetes) -> Iterator[None]:
    made = [event("Noise", f"number {n}", ("Node", "n"), at(n % 1200), involvedObject={}) for n in range(NOISE)]
    server.put({**each, "apiVersion": "v1", "kind": "Event"} for each in made)
    yield
    server.clear("Event")


def fetched(kubeconfig: Path, **more: object) -> tuple[KubernetesSource, list[Document | Gap]]:
    source = KubernetesSource(
        "k8s", KubernetesSettings(**{"kubeconfig": kubeconfig, "secrets": True, **more}), Scrubber()
    )  # type: ignore[arg-type]  # the test's own keywords
    return source, list(source.fetch(WINDOW, Deadline(60)))


def test_a_real_server_is_listed_page_by_page_and_tells_the_same(server: Kubernetes, web: Web, noise: None) -> None:
    source, given = fetched(server.kubeconfig)
    documents = [each for each in given if isinstance(each, Document)]
    assert len(documents) == len(given)
    pages = [len(each.json()["items"]) for each in documents if each.call == "events"]
    assert len(pages) >= 3
    assert sum(pages) >= NOISE + len(web.events)
    assert all(size <= 2000 for size in pages)
    assert "canary-env" not in "".join(each.text for each in documents)
    events = [each for each in source.read(documents, WINDOW) if isinstance(each, Event)]
    assert len([each for each in events if each.summary.startswith("Noise")]) == NOISE
    facts = merge(events)
    starts = [fact.best for fact in facts if fact.kind in (Kind.ROLLOUT_STARTED, Kind.ROLLBACK_STARTED)]
    assert [(each.kind, each.keys.version) for each in starts] == [
        (Kind.ROLLOUT_STARTED, "1.0.0"),
        (Kind.ROLLOUT_STARTED, "1.1.0"),
        (Kind.ROLLBACK_STARTED, "1.0.0"),
    ]
    assert starts[1].at == at(100)


def test_argo_rollouts_are_listed_where_their_resource_is_installed(server: Kubernetes) -> None:
    objects = {"Rollout": [waiting()], "ReplicaSet": canary_sets(), "Event": CANARY}
    apis = {"Rollout": "argoproj.io/v1alpha1", "ReplicaSet": "apps/v1", "Event": "v1"}
    for kind, items in objects.items():
        named = [{**item, "metadata": {**item["metadata"], "namespace": "argo"}} for item in items]
        if kind == "ReplicaSet":
            for item in named:
                item["spec"] = {**item["spec"], "selector": {"matchLabels": {"app": "web"}}}
        if kind == "Event":
            named = [{**item, "involvedObject": {**item["involvedObject"], "namespace": "argo"}} for item in named]
        server.put({**item, "apiVersion": apis[kind], "kind": kind} for item in named)
    source, given = fetched(server.kubeconfig, namespaces=["argo"])
    told = list(source.read([each for each in given if isinstance(each, Document)], WINDOW))
    facts = merge(each for each in told if isinstance(each, Event))
    kinds = (Kind.ROLLOUT_STARTED, Kind.ROLLOUT_PAUSED)
    assert [
        (fact.kind, fact.best.subject.workload, fact.best.keys.version) for fact in facts if fact.kind in kinds
    ] == [
        (Kind.ROLLOUT_STARTED, "Rollout/web", "1.0.0"),
        (Kind.ROLLOUT_STARTED, "Rollout/web", "1.1.0"),
        (Kind.ROLLOUT_PAUSED, "Rollout/web", "1.1.0"),
    ]


def test_the_powerless_are_told_what_they_lack(server: Kubernetes) -> None:
    with pytest.raises(Denied) as denied:
        fetched(server.powerless_kubeconfig)
    assert "may not list events, pods, replicasets, " in denied.value.reason
    assert "(all namespaces)" in denied.value.reason
    assert "list on events, pods, replicasets, deployments" in denied.value.hint
    with pytest.raises(Denied) as denied:
        fetched(server.powerless_kubeconfig, namespaces=["shop"])
    assert "may not list events, pods, " in denied.value.reason
    assert denied.value.reason.endswith(" (shop)")


def until_in_force(server: Kubernetes, expected: list[str], **more: object) -> list[Document | Gap]:
    """What is fetched when the server's authoriser has taken note of a change of rights."""
    end = time.monotonic() + 10
    while True:
        try:
            given = fetched(server.powerless_kubeconfig, **more)[1]
            reasons = [each.reason for each in given if isinstance(each, Gap)]
        except Denied as denied:
            given, reasons = [], [denied.reason]
        if reasons == expected or time.monotonic() > end:
            assert reasons == expected
            return given
        time.sleep(0.1)


def test_the_documented_role_is_enough_and_no_right_of_it_too_much(server: Kubernetes) -> None:
    role = yaml.safe_load((ROOT / "docs" / "kubernetes-role.yaml").read_text())
    every = [(index, name) for index, rule in enumerate(role["rules"]) for name in rule["resources"]]
    # EndpointSlices are asked for where a Service has no selector; this server is older than their API. It has no
    # DeploymentConfigs either, and only those make ReplicationControllers that matter.
    rights = [right for right in every if right[1] not in ("endpointslices", "replicationcontrollers")]
    assert len(rights) == len(every) - 2
    assert {verb for rule in role["rules"] for verb in rule["verbs"]} <= {"get", "list"}
    assert sorted(name for _, name in rights) == sorted(NAMES)
    with allowed(server, role):
        given = until_in_force(server, [])
        assert {each.call for each in given if isinstance(each, Document)} == set(NAMES)
    for index, missing in rights:
        less = copy.deepcopy(role)
        less["rules"][index]["resources"].remove(missing)
        less["rules"] = [rule for rule in less["rules"] if rule["resources"]]
        with allowed(server, less):
            given = until_in_force(server, [f"may not list {missing} (all namespaces)"])
        (gap,) = [each for each in given if isinstance(each, Gap)]
        assert f"the verb list on {missing}" in gap.hint


def test_rights_in_one_namespace_are_enough_for_it(server: Kubernetes) -> None:
    with session(server.ca, server.token) as asking:
        made = asking.post(f"{server.url}/api/v1/namespaces", json={"metadata": {"name": "shop"}}, timeout=10)
        made.raise_for_status()
    role = yaml.safe_load((ROOT / "docs" / "kubernetes-role.yaml").read_text())
    for rule in role["rules"]:
        rule["resources"] = [name for name in rule["resources"] if name not in ("pods", "secrets")] or ["configmaps"]
    with allowed(server, role, "shop"):
        given = until_in_force(server, ["may not list pods (shop)"], namespaces=["shop"], secrets=False)
    ours = {each.call for each in given if isinstance(each, Document)}
    assert ours == set(NAMES) - {"pods", "nodes", "secrets"}


def test_a_wrong_token_and_an_unknown_authority_are_named(server: Kubernetes, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong"
    wrong.write_text(server.kubeconfig.read_text().replace(server.token, "no-such-token"))
    with pytest.raises(Denied, match="401"):
        fetched(wrong)
    text = server.kubeconfig.read_text()
    start = text.index('"certificate-authority-data": "')
    end = text.index('"', start + len('"certificate-authority-data": "')) + 1
    wrong.write_text(text[:start] + '"tls-server-name": "localhost"' + text[end:])
    with pytest.raises(Exception, match=r"TLS failed.*certificate"):
        fetched(wrong)
