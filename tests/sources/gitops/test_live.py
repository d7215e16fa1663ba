"""The objects of these tools on a real API server, read from there; its lists, selectors, versions and rights."""

import contextlib
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from collector.event import Event, Kind, Manner
from collector.secrets import Scrubber
from collector.source import BadAnswer, Deadline, Denied, Document, Gap
from sources.registry import build
from tests.collector.build import WINDOW
from tests.servers.kubernetes import Kubernetes, kubernetes
from tests.servers.process import ROOT, require, session
from tests.sources.argocd import objects as argo
from tests.sources.flux import objects as flux
from tests.sources.helm.kept import WINDOW as HELM_WINDOW
from tests.sources.helm.kept import records
from tests.sources.tekton import objects as tekton

pytestmark = pytest.mark.thorough
"""It has an API server of its own; in `make test` a local HTTP server plays the API server for these tools."""
TYPES = ("argocd", "flux", "helm", "tekton")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kubernetes]:
    require("etcd", "kube-apiserver", "openssl")
    with kubernetes(tmp_path_factory.mktemp("gitops")) as running:
        yield running


@pytest.fixture(scope="module")
def bare(server: Kubernetes) -> dict[str, Exception]:
    """What each source raises of a cluster that has none of these tools; asked before any is installed."""
    raised = {}
    for type_ in TYPES:
        try:
            fetched(type_, server.kubeconfig)
        except (BadAnswer, Denied) as error:
            raised[type_] = error
    return raised


@pytest.fixture(scope="module")
def full(server: Kubernetes, bare: dict[str, Exception]) -> Kubernetes:
    """The same server with their objects."""
    server.define_argo_cd()
    server.define_flux(helm="v2beta2")
    server.define_tekton("v1beta1")
    for namespace in ("argocd", "flux-system", "shop", "ci"):
        asking = session(server.ca, server.token)
        asking.post(f"{server.url}/api/v1/namespaces", json={"metadata": {"name": namespace}}, timeout=10)
    release = flux.release(flux.snapshot(2, 120, "deployed", "1.5.0"), flux.snapshot(1, -9000))
    ours = [
        argo.application(argo.entry(7, argo.GOOD, -9000, -8990), argo.entry(8, argo.BAD, 120, 150, "1.5.0", "dana")),
        argo.event(1, 119, "OperationStarted", f"dana initiated sync to {argo.BAD}"),
        flux.kustomization(flux.entry("new", flux.NEW, 120)),
        release | {"apiVersion": "helm.toolkit.fluxcd.io/v2beta2"},
        flux.repository(flux.NEW, 90),
        flux.event("Kustomization", 600, "Progressing", "Deployment/shop/checkout configured", flux.NEW),
        tekton.run("PipelineRun", "deploy-1", "deploy", 60, 60, 90, params={"app": "checkout"}),
        tekton.task("deploy-1-apply", "apply", "deploy-1", 60, 60, 90),
        *(item | {"apiVersion": "v1", "kind": "Secret"} for item in records()),
        # Neither of these is a record, and neither may be read.
        {"apiVersion": "v1", "kind": "Secret", "type": "Opaque", "data": {"release": "Y2FuYXJ5"},
         "metadata": {"name": "creds", "namespace": "shop", "uid": "creds", "labels": {"owner": "helm"}}},
    ]  # fmt: skip
    for item in ours:
        if item["kind"] in ("PipelineRun", "TaskRun"):
            item["apiVersion"] = "tekton.dev/v1beta1"
    server.put(ours)
    return server


def fetched(type_: str, kubeconfig: Path, **more: Any) -> tuple[list[Document], list[Event], list[Gap]]:
    source = build(type_, type_, {"kubeconfig": str(kubeconfig), "cluster": "prod", **more}, Scrubber())
    window = HELM_WINDOW if type_ == "helm" else WINDOW
    given = list(source.fetch(window, Deadline(60)))
    documents = [one for one in given if isinstance(one, Document)]
    read = list(source.read(documents, window))
    gaps = [one for one in (*given, *read) if isinstance(one, Gap)]
    return documents, [one for one in read if isinstance(one, Event)], gaps


def test_a_cluster_without_the_tool_is_named(bare: dict[str, Exception]) -> None:
    assert {type_: str(error).partition(": ")[2] for type_, error in bare.items()} == {
        "argocd": "it has no Applications of Argo CD",
        "flux": "it has no Kustomizations or HelmReleases of Flux",
        "tekton": "it has no PipelineRuns of Tekton",
    }


def test_argo_cd_is_read_from_its_cluster(full: Kubernetes) -> None:
    documents, events, _ = fetched("argocd", full.kubeconfig)
    assert {one.call for one in documents} == {"applications", "events"}
    # Of all Events of the cluster, those about Applications alone.
    assert len(json.loads(documents[-1].text)["items"]) == 1
    assert [(one.kind, one.actor) for one in events[2:]] == [
        (Kind.DEPLOY_STARTED, "dana"),
        (Kind.DEPLOY_SUCCEEDED, "dana"),
    ]
    assert argo.CANARY not in "".join(one.text for one in documents)


def test_flux_is_read_in_the_versions_that_the_server_has(full: Kubernetes) -> None:
    documents, events, gaps = fetched("flux", full.kubeconfig)
    assert {one.call for one in documents} == {"kustomizations", "helmreleases", "gitrepositories", "events"}
    assert any("/helm.toolkit.fluxcd.io/v2beta2/helmreleases" in one.asked for one in documents)
    assert {one.manner for one in events} == {Manner.PLAIN, Manner.RECONCILE}
    assert {one.keys.release for one in events} == {"", "shop/checkout"}
    assert not gaps
    assert flux.CANARY not in "".join(one.text for one in documents)


def test_tekton_is_read_in_the_version_that_the_server_has(full: Kubernetes) -> None:
    documents, events, _ = fetched("tekton", full.kubeconfig)
    assert [one.asked.partition("/apis/")[2] for one in documents] == [
        "tekton.dev/v1beta1/pipelineruns?limit=500",
        "tekton.dev/v1beta1/taskruns?limit=500",
    ]
    assert [one.kind for one in events] == [Kind.DEPLOY_STARTED, Kind.DEPLOY_SUCCEEDED]
    assert tekton.CANARY not in "".join(one.text for one in documents)


def test_of_secrets_only_helms_records_are_read_and_without_values(full: Kubernetes) -> None:
    documents, events, gaps = fetched("helm", full.kubeconfig, secrets=True)
    text = "".join(one.text for one in documents)
    assert "creds" not in text
    assert "hunter2" not in text
    assert "Y2FuYXJ5" not in text
    versions = [one.keys.version for one in events if one.kind == Kind.DEPLOY_STARTED and not one.manner]
    assert versions == ["1.4.9", "1.5.0", "1.6.0", "1.6.1", "1.6.2", "1.5.0"]
    assert not gaps


def test_without_the_setting_the_server_sends_no_data_of_secrets(full: Kubernetes) -> None:
    documents, events, _ = fetched("helm", full.kubeconfig)
    assert '"release":{' not in "".join(one.text for one in documents)
    assert len([one for one in events if one.kind == Kind.DEPLOY_STARTED]) == 9


def role(type_: str) -> dict[str, Any]:
    """The role on the page of the source."""
    page = (ROOT / "docs" / "sources" / f"{type_}.md").read_text()
    blocks = [block.partition("```")[0] for block in page.split("```yaml\n")[1:]]
    (found,) = [block for block in blocks if "kind: ClusterRole\n" in block]
    parsed: dict[str, Any] = yaml.safe_load(found)
    return parsed


@pytest.mark.parametrize("type_", TYPES)
def test_the_role_on_its_page_is_enough_and_none_is_too_little(full: Kubernetes, type_: str) -> None:
    with pytest.raises(Denied, match="may not list"):
        fetched(type_, full.powerless_kubeconfig)
    asking, group = session(full.ca, full.token), f"{full.url}/apis/rbac.authorization.k8s.io/v1"
    documented = role(type_)
    name = f"{documented['metadata']['name']}-{type_}"
    documented["metadata"]["name"] = name
    asking.post(f"{group}/clusterroles", json=documented, timeout=10).raise_for_status()
    binding = {
        "metadata": {"name": name},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": name},
        "subjects": [{"kind": "User", "apiGroup": "rbac.authorization.k8s.io", "name": "viewer"}],
    }
    asking.post(f"{group}/clusterrolebindings", json=binding, timeout=10).raise_for_status()
    try:
        gaps = _in_force(type_, full)
        assert not [gap for gap in gaps if "may not list" in gap.reason]
    finally:
        asking.delete(f"{group}/clusterrolebindings/{name}", timeout=10)
        asking.delete(f"{group}/clusterroles/{name}", timeout=10)


def _in_force(type_: str, server: Kubernetes) -> list[Gap]:
    """The gaps once the authoriser has seen the role, which takes a moment."""
    end = time.monotonic() + 30
    while True:
        with contextlib.suppress(Denied):
            gaps = fetched(type_, server.powerless_kubeconfig)[2]
            if time.monotonic() > end or not any("may not list" in gap.reason for gap in gaps):
                return gaps
        assert time.monotonic() < end
        time.sleep(0.1)
