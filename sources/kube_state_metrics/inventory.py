"""The objects that the series are about, and the workloads and services that they belong to."""

import re
from collections.abc import Iterable, Mapping

from msgspec import Struct, field

from collector.event import Identity, Subject
from collector.source import Gap
from sources.cluster.image import Software, software
from sources.cluster.inventory import Key, service_of
from sources.kube_state_metrics.sampled_pods import Pod, key_of, owner_of, sampled_pods
from sources.kube_state_metrics.scrape_times import ScrapeTimes
from sources.kube_state_metrics.set_history import HASH, SETS, SetHistory, set_histories
from sources.kube_state_metrics.states import NONE, State, label, states
from sources.promql.series import Series

_NAMES = ("app.kubernetes.io/name", "app")
_TEMPLATE = (
    "app.kubernetes.io/version",
    "org.opencontainers.image.revision",
    "app.kubernetes.io/git-commit-ish",
    "kubectl.kubernetes.io/default-container",
)


class ReplicaSet(Struct, frozen=True):
    """A ReplicaSet of a Deployment or of an Argo Rollout."""

    key: Key
    workload: str
    """Kind and name of the workload that made it: `Deployment/checkout`."""
    created: float | None
    replicas: State
    """How many pods it was to have."""


class Inventory(Struct):
    """All objects in the series."""

    cluster: str
    scrapes: ScrapeTimes
    pods: list[Pod] = field(default_factory=list)
    replica_sets: dict[Key, ReplicaSet] = field(default_factory=dict)
    set_histories: list[SetHistory] = field(default_factory=list)
    """StatefulSets and DaemonSets."""
    revisions: dict[tuple[str, str, str, float], Key] = field(default_factory=dict)
    """The revision of each instance of a StatefulSet's or DaemonSet's pod, by its `instance_key`."""
    runs: dict[Key, Software] = field(default_factory=dict)
    """The software of the pods of each ReplicaSet or revision."""
    services: dict[Key, str] = field(default_factory=dict)
    """Service names by namespace and workload: `Deployment/checkout`."""

    def of(self, namespace: str, workload: str, pod: str = "") -> Subject:
        """The subject of something that happened to `Deployment/checkout`, or to one of its pods."""
        service = self.services.get((namespace, workload), workload.partition("/")[2])
        return Subject(service=service, cluster=self.cluster, namespace=namespace, workload=workload, pod=pod)

    def subject(self, pod: Pod) -> Subject:
        """The subject of something that happened to a pod."""
        namespace, name = pod.key
        found = self.replica_set(pod)
        if found is not None:
            return self.of(namespace, found.workload, name)
        kind, owner = pod.owner
        if not kind or kind in ("ReplicaSet", "Node"):
            return Subject(cluster=self.cluster, namespace=namespace, pod=name)
        return self.of(namespace, f"{kind}/{owner}", name)

    def replica_set(self, pod: Pod) -> ReplicaSet | None:
        """The ReplicaSet of a pod, if a Deployment or Argo Rollout made it."""
        kind, name = pod.owner
        return self.replica_sets.get((pod.key[0], name)) if kind == "ReplicaSet" else None

    def template(self, pod: Pod) -> Key | None:
        """The ReplicaSet or revision of a pod."""
        own = self.replica_set(pod)
        return own.key if own else self.revisions.get(pod.instance_key)

    def same_images(self, one: Key | None, other: Key | None) -> bool:
        """Whether two ReplicaSets or revisions are known to run the same images."""
        images = [self.runs[key].images if key in self.runs else () for key in (one, other) if key]
        return len(images) == 2 and bool(images[0]) and images[0] == images[1]

    def identity(self, key: Key | None) -> Identity:
        """The keys of the software that a ReplicaSet or revision runs."""
        if key is None:
            return Identity()
        runs = self.runs.get(key, Software())
        name = "" if "/" in key[1] else key[1]
        return Identity(replica_set=name, version=runs.version, digest=runs.digest, commit=runs.commit)


def build_inventory(found: Mapping[str, list[Series]], cluster: str, start: float) -> Inventory:
    """Sort the series, given by metric name, into an Inventory. `start` is the beginning of the samples."""
    made = found.get("kube_pod_created", [])
    inventory = Inventory(cluster, ScrapeTimes(made))
    owners = {key_of(one, "replicaset"): owner_of(one) for one in found.get("kube_replicaset_owner", ())}
    created = states(found.get("kube_replicaset_created", ()), "namespace", "replicaset")
    replicas = states(found.get("kube_replicaset_spec_replicas", ()), "namespace", "replicaset")
    for key, (kind, name) in sorted(owners.items()):
        born = max((value for value, _ in created.get(key, NONE).stamps()), default=None)
        own = replicas.get(key, NONE)
        if name and len(own.times):
            inventory.replica_sets[key] = ReplicaSet(key, f"{kind}/{name}", born, own)
    for kind in ("Deployment", *SETS):
        for one in found.get(f"kube_{kind.lower()}_labels", ()):
            namespace, name = key_of(one, kind.lower())
            inventory.services[namespace, f"{kind}/{name}"] = service_of(_plain(one, "label_", _NAMES), name)
    owned, info = found.get("kube_pod_owner", ()), found.get("kube_pod_info", ())
    inventory.pods = sampled_pods(made, owned, info, inventory.scrapes)
    hashes = _hashes(found.get("kube_pod_labels", ()))
    inventory.set_histories = list(set_histories(found, inventory.pods, hashes, start))
    for history in inventory.set_histories:
        _add_revisions(history, hashes, inventory)
    _add_software(inventory, found)
    return inventory


def unseen(inventory: Inventory) -> Iterable[Gap]:
    """A Gap for ReplicaSets in use without a pod that shows their version."""
    bare = [
        key for key, own in inventory.replica_sets.items() if own.replicas.values.any() and key not in inventory.runs
    ]
    if bare and inventory.runs:
        yield Gap(f"the versions of {len(bare)} ReplicaSets are unknown: no pod of theirs was sampled")


def _hashes(labels: Iterable[Series]) -> dict[tuple[str, ...], str]:
    """The HASH of each pod. Without uids, it is left out if two instances of one name have different ones."""
    hashes: dict[tuple[str, ...], set[str]] = {}
    for one in labels:
        hashes.setdefault((*key_of(one, "pod"), label(one.labels, "uid")), set()).add(one.labels.get(HASH, ""))
    return {pod: record for pod, (record, *others) in hashes.items() if record and not others}


def _add_revisions(history: SetHistory, hashes: Mapping[tuple[str, ...], str], inventory: Inventory) -> None:
    """Add the revision of each pod of a StatefulSet or DaemonSet: that in its labels, else the one wanted then."""
    known = {rollout.key for rollout in history.rollouts}
    for pod in history.pods:
        record = hashes.get((*pod.key, pod.uid), "")
        name = record if history.kind == "StatefulSet" else f"{history.name}-{record}"
        rollout = history.rollout(pod)
        if record and (history.namespace, name) in known:
            inventory.revisions[pod.instance_key] = (history.namespace, name)
        elif rollout:
            inventory.revisions[pod.instance_key] = rollout.key


def _add_software(inventory: Inventory, found: Mapping[str, list[Series]]) -> None:
    """Add the software of each template, from the first pod that shows it; a later pod may still add the digest."""
    containers: dict[tuple[str, ...], dict[str, Series]] = {}
    unsure: set[tuple[str, ...]] = set()
    for one in found.get("kube_pod_container_info", ()):
        uid = label(one.labels, "uid")
        ours = containers.setdefault((*key_of(one, "pod"), uid), {})
        name = label(one.labels, "container")
        if not uid and name in ours and _image(one) != _image(ours[name]):
            # Two pods of one name that cannot be distinguished.
            unsure.add((*key_of(one, "pod"), uid))
        # An image has no id before it is pulled.
        if name not in ours or label(one.labels, "image_id"):
            ours[name] = one
    notes: dict[tuple[str, ...], dict[str, str]] = {}
    for metric, prefix in (("kube_pod_labels", "label_"), ("kube_pod_annotations", "annotation_")):
        for one in found.get(metric, ()):
            key = (*key_of(one, "pod"), label(one.labels, "uid"))
            notes.setdefault(key, {}).update(_plain(one, prefix, _TEMPLATE))
    for pod in inventory.pods:
        own = inventory.template(pod)
        key = (*pod.key, pod.uid)
        ours = {} if key in unsure else containers.get(key, {})
        if own is None or not ours or inventory.runs.get(own, Software()).digest:
            continue
        images = [{"name": name, "image": _image(one)} for name, one in sorted(ours.items())]
        template = {"metadata": {"annotations": notes.get(key, {})}, "spec": {"containers": images}}
        runs = software({}, template, inventory.subject(pod).workload.partition("/")[2])
        main = ours.get(runs.container)
        digest = label(main.labels, "image_id").rpartition("@")[2] if main else ""
        if digest.startswith("sha256:"):
            runs = Software(runs.container, runs.version, digest, runs.commit, runs.images)
        inventory.runs[own] = runs


def _image(one: Series) -> str:
    """The image as written in the pod's spec, if kube-state-metrics is new enough; else the node's name for it."""
    image = label(one.labels, "image_spec") or label(one.labels, "image")
    return "" if image.startswith("sha256:") else image


def services(labels: Iterable[Series], kind: str) -> dict[Key, str]:
    """The services of objects of that kind, from their labels."""
    named = {key_of(one, kind): service_of(_plain(one, "label_", _NAMES), "") for one in labels}
    return {key: name for key, name in named.items() if name}


def _plain(one: Series, prefix: str, names: Iterable[str]) -> dict[str, str]:
    """The labels or annotations with these names, under their original names."""
    record = {name: one.labels.get(prefix + re.sub("[^a-zA-Z0-9_]", "_", name), "") for name in names}
    return {name: value for name, value in record.items() if value}
