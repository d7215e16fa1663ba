"""A real Kubernetes API server on etcd, with the real controllers if wanted; there is no kubelet."""

import base64
import contextlib
import itertools
import json
import secrets
import subprocess
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct

from tests.servers.process import answers, binary, free_port, running, session, wait_until

# What a resource's folder in etcd is called; the API server knows no other place to look.
_FOLDERS = {
    "AnalysisRun": "argoproj.io/analysisruns",
    "Application": "argoproj.io/applications",
    "ConfigMap": "configmaps",
    "ControllerRevision": "controllerrevisions",
    "DaemonSet": "daemonsets",
    "Deployment": "deployments",
    "Endpoints": "services/endpoints",
    "EndpointSlice": "endpointslices",
    "Event": "events",
    "GitRepository": "source.toolkit.fluxcd.io/gitrepositories",
    "HelmRelease": "helm.toolkit.fluxcd.io/helmreleases",
    "HorizontalPodAutoscaler": "horizontalpodautoscalers",
    "Ingress": "ingress",
    "Job": "jobs",
    "Kustomization": "kustomize.toolkit.fluxcd.io/kustomizations",
    "Namespace": "namespaces",
    "Node": "minions",
    "PipelineRun": "tekton.dev/pipelineruns",
    "Pod": "pods",
    "ReplicaSet": "replicasets",
    "ResourceQuota": "resourcequotas",
    "Rollout": "argoproj.io/rollouts",
    "Secret": "secrets",
    "Service": "services/specs",
    "StatefulSet": "statefulsets",
    "TaskRun": "tekton.dev/taskruns",
}


def _definition(group: str, version: str, kind: str) -> dict[str, Any]:
    """The resource of another project, without its checks."""
    plural = _plural(kind)
    schema = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    served = {"name": version, "served": True, "storage": True, "subresources": {"status": {}}}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        # Names below *.k8s.io are refused unless somebody answers for them.
        "metadata": {"name": f"{plural}.{group}", "annotations": {"api-approved.kubernetes.io": "unapproved, a test"}},
        "spec": {
            "group": group,
            "scope": "Namespaced",
            "names": {"kind": kind, "listKind": f"{kind}List", "plural": plural, "singular": kind.lower()},
            "versions": [{**served, "schema": {"openAPIV3Schema": schema}}],
        },
    }


def _plural(kind: str) -> str:
    return f"{kind.lower()}s" if not kind.endswith("y") else f"{kind.lower()[:-1]}ies"


_AT_ONCE = 100  # etcd takes 128 operations in one transaction


class Kubernetes(Struct, frozen=True):
    """A running control plane."""

    url: str
    etcd_url: str
    folder: Path
    ca: Path
    token: str
    """Of an administrator."""
    node_token: str
    """Of `system:node:n1`, a kubelet that may do everything."""
    kubeconfig: Path
    """Of the same administrator."""
    powerless_kubeconfig: Path
    """Of a user without any right."""

    def put(self, objects: Iterable[Mapping[str, Any]]) -> None:
        """Store whole objects past the API, so that it serves them with the times, uids and owners they have."""
        rest = iter(objects)
        while batch := list(itertools.islice(rest, _AT_ONCE)):
            operations = [{"requestPut": {"key": _key(item), "value": _encoded(json.dumps(item))}} for item in batch]
            with session() as asking:
                answer = asking.post(f"{self.etcd_url}/v3/kv/txn", json={"success": operations}, timeout=30)
            answer.raise_for_status()

    def clear(self, *kinds: str) -> None:
        """Remove all objects of these kinds, or of all that can be put; also those of the API server's own."""
        for folder in [_FOLDERS[kind] for kind in kinds or _FOLDERS]:
            begin, end = _encoded(f"/registry/{folder}/"), _encoded(f"/registry/{folder}0")
            asked = {"key": begin, "range_end": end}
            with session() as asking:
                asking.post(f"{self.etcd_url}/v3/kv/deleterange", json=asked, timeout=30).raise_for_status()

    def define_rollouts(self) -> None:
        """Install the resources of Argo Rollouts; its controller does not run."""
        self._define("argoproj.io", "v1alpha1", "Rollout")
        self._define("argoproj.io", "v1alpha1", "AnalysisRun")

    def define_routes(self) -> None:
        """Install the HTTPRoutes of the Gateway API."""
        self._define("gateway.networking.k8s.io", "v1", "HTTPRoute")

    def define_argo_cd(self) -> None:
        """Install the Applications of Argo CD."""
        self._define("argoproj.io", "v1alpha1", "Application")

    def define_flux(self, kustomize: str = "v1", helm: str = "v2") -> None:
        """Install the resources of Flux in these versions."""
        self._define("kustomize.toolkit.fluxcd.io", kustomize, "Kustomization")
        self._define("helm.toolkit.fluxcd.io", helm, "HelmRelease")
        self._define("source.toolkit.fluxcd.io", "v1", "GitRepository")

    def define_tekton(self, version: str = "v1") -> None:
        """Install the runs of Tekton."""
        self._define("tekton.dev", version, "PipelineRun")
        self._define("tekton.dev", version, "TaskRun")

    def _define(self, group: str, version: str, kind: str) -> None:
        asking = session(self.ca, self.token)
        path = f"{self.url}/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
        asking.post(path, json=_definition(group, version, kind), timeout=10).raise_for_status()
        end = time.monotonic() + 60
        while not answers(asking, f"{self.url}/apis/{group}/{version}/{_plural(kind)}"):
            if time.monotonic() > end:
                raise RuntimeError(f"the resource {kind} of {group} was not taken up")
            time.sleep(0.1)

    @property
    def audit_log(self) -> Path:
        """Where it writes what it was asked, if it was started with an audit policy."""
        return self.folder / "audit" / "audit.log"

    @contextlib.contextmanager
    def controller_manager(self, *options: str) -> Iterator[None]:
        """The real controllers, except those that a script plays because they follow the clock on the wall."""
        options = ("--controllers=*,-cronjob,-horizontalpodautoscaling", "--node-monitor-grace-period=5m", *options)
        options = (*options, f"--service-account-private-key-file={self.folder}/sa.key")
        with self._component("kube-controller-manager", options):
            yield

    @contextlib.contextmanager
    def scheduler(self) -> Iterator[None]:
        """The real scheduler."""
        with self._component("kube-scheduler", []):
            yield

    @contextlib.contextmanager
    def _component(self, name: str, options: Iterable[str]) -> Iterator[None]:
        program = binary(name)
        arguments = [program, f"--kubeconfig={self.kubeconfig}", "--leader-elect=false", "--bind-address=127.0.0.1"]
        arguments += [f"--secure-port={free_port()}", f"--cert-dir={self.folder}/{name}", *options]
        arguments += ["--kube-api-qps=500", "--kube-api-burst=1000"]
        said = subprocess.run([program, "--help"], capture_output=True, text=True, check=True).stdout
        if "--port int" in said:
            arguments.append("--port=0")  # releases before 1.24 would also listen on a fixed port without TLS
        with running(arguments, self.folder / f"{name}.log"):
            yield


@contextlib.contextmanager
def kubernetes(folder: Path, audit_policy: Mapping[str, Any] | None = None) -> Iterator[Kubernetes]:
    """Start etcd and kube-apiserver with their state in `folder`. Raises Missing if a program is missing.

    With an audit policy (`audit.k8s.io/v1`) the server writes an audit log, a new file when one has 1 MB.
    """
    etcd, apiserver = binary("etcd"), binary("kube-apiserver")
    _certificates(folder)
    port, client, peer = free_port(), free_port(), free_port()
    cluster = Kubernetes(
        url=f"https://127.0.0.1:{port}",
        etcd_url=f"http://127.0.0.1:{client}",
        folder=folder,
        ca=folder / "ca.crt",
        token=secrets.token_hex(16),
        node_token=secrets.token_hex(16),
        kubeconfig=folder / "admin.kubeconfig",
        powerless_kubeconfig=folder / "powerless.kubeconfig",
    )
    powerless = secrets.token_hex(16)
    rows = f'{cluster.token},admin,admin,"system:masters"\n{powerless},viewer,viewer,"viewers"\n'
    rows += f'{cluster.node_token},system:node:n1,n1,"system:masters"\n'
    (folder / "tokens.csv").write_text(rows)
    _kubeconfig(cluster, cluster.kubeconfig, cluster.token)
    _kubeconfig(cluster, cluster.powerless_kubeconfig, powerless)
    store = [etcd, f"--data-dir={folder}/etcd", f"--listen-client-urls={cluster.etcd_url}"]
    store += [f"--advertise-client-urls={cluster.etcd_url}", f"--listen-peer-urls=http://127.0.0.1:{peer}"]
    store += [f"--initial-advertise-peer-urls=http://127.0.0.1:{peer}"]
    store += [f"--initial-cluster=default=http://127.0.0.1:{peer}"]
    serve = [apiserver, f"--etcd-servers={cluster.etcd_url}", "--bind-address=127.0.0.1", f"--secure-port={port}"]
    serve += [f"--tls-cert-file={folder}/server.crt", f"--tls-private-key-file={folder}/server.key"]
    serve += [f"--cert-dir={folder}", f"--token-auth-file={folder}/tokens.csv", "--authorization-mode=RBAC"]
    serve += [f"--service-account-key-file={folder}/sa.key", f"--service-account-signing-key-file={folder}/sa.key"]
    serve += ["--service-account-issuer=https://kubernetes.default.svc", "--service-cluster-ip-range=10.0.0.0/24"]
    serve += ["--disable-admission-plugins=ServiceAccount"]
    if audit_policy is not None:
        (folder / "policy.json").write_text(json.dumps(audit_policy))
        cluster.audit_log.parent.mkdir()
        serve += [f"--audit-policy-file={folder}/policy.json", f"--audit-log-path={cluster.audit_log}"]
        serve += ["--audit-log-maxsize=1"]
    # It would wait for everybody who still watches something.
    with running(store, folder / "etcd.log"), running(serve, folder / "apiserver.log", patience=1) as process:
        asking = session(cluster.ca, cluster.token)
        # It is ready before it has made the namespaces that every cluster has.
        first = f"{cluster.url}/api/v1/namespaces/default"
        for url in (f"{cluster.url}/readyz", first):
            wait_until(lambda: answers(asking, url), process, folder / "apiserver.log")  # noqa: B023 - called at once
        yield cluster


def _key(item: Mapping[str, Any]) -> str:
    place = [item["metadata"]["namespace"]] if "namespace" in item["metadata"] else []
    return _encoded("/".join(["/registry", _FOLDERS[item["kind"]], *place, item["metadata"]["name"]]))


def _encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _kubeconfig(cluster: Kubernetes, path: Path, token: str) -> None:
    authority = base64.b64encode(cluster.ca.read_bytes()).decode()
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [
            {"name": "test", "cluster": {"server": cluster.url, "certificate-authority-data": authority}},
        ],
        "users": [{"name": "test", "user": {"token": token}}],
        "contexts": [{"name": "test", "context": {"cluster": "test", "user": "test"}}],
        "current-context": "test",
    }
    path.write_text(json.dumps(config))  # JSON is YAML


def _certificates(folder: Path) -> None:
    """A certificate authority, a certificate for 127.0.0.1 signed by it, and a key for service accounts."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "server.ext").write_text(
        "basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature,keyEncipherment\n"
        "extendedKeyUsage=serverAuth\nsubjectAltName=IP:127.0.0.1,DNS:localhost\n"
        "subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n"
    )
    for command in (
        "req -x509 -newkey rsa:2048 -nodes -days 3650 -subj /CN=test-ca -keyout ca.key -out ca.crt"
        " -addext keyUsage=critical,keyCertSign,cRLSign",
        "req -newkey rsa:2048 -nodes -subj /CN=kube-apiserver -keyout server.key -out server.csr",
        "x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 3650 -extfile server.ext"
        " -out server.crt",
        "genrsa -out sa.key 2048",
    ):
        subprocess.run([binary("openssl"), *command.split()], cwd=folder, capture_output=True, check=True)
