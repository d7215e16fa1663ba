"""The objects that the series tell of, and whose they are."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from collector.event import Identity, Subject
from collector.source import Gap
from sources.kube_state_metrics.presence import Presence, instance
from sources.kube_state_metrics.states import NONE, Metrics, State, label, states
from sources.kubernetes.identity import Software, software
from sources.kubernetes.inventory import Key, service_of
from sources.prometheus.series import Array, Series

_NAMES = ("app.kubernetes.io/name", "app")
_TEMPLATE = (
    "app.kubernetes.io/version",
    "org.opencontainers.image.revision",
    "app.kubernetes.io/git-commit-ish",
    "kubectl.kubernetes.io/default-container",
)


@dataclass(frozen=True, slots=True)
class Pod:
    """One life of a pod; times are Unix seconds."""

    key: Key
    uid: str
    """Empty where the series do not tell."""
    created: float
    seen: Array
    """When it was there; never empty."""
    gone: float | None
    """When it was first not there any more."""
    owner: Key
    """Kind and name of its controller."""

    @property
    def first(self) -> float:
        """When it was first seen."""
        return float(self.seen[0])

    @property
    def last(self) -> float:
        """When it was last seen."""
        return float(self.seen[-1])

    def before(self, time: float) -> float | None:
        """When it was last seen before this time."""
        index = int(np.searchsorted(self.seen, time)) - 1
        return float(self.seen[index]) if index >= 0 else None

    def every(self, metrics: Metrics, name: str) -> dict[tuple[str, ...], State]:
        """Its part of a metric, by the further labels."""
        found = metrics.get(name, {}).get((*self.key, self.uid), {})
        return {more: state.between(self.first, self.last) for more, state in found.items()}

    def of(self, metrics: Metrics, name: str, *more: str) -> State:
        """The same with these further labels; no samples if there are none."""
        state = metrics.get(name, {}).get((*self.key, self.uid), {}).get(more, NONE)
        return state.between(self.first, self.last)


@dataclass(frozen=True, slots=True)
class ReplicaSet:
    """A ReplicaSet of a Deployment."""

    key: Key
    deployment: str
    created: float | None
    replicas: State
    """How many pods it was to have."""


@dataclass(slots=True)
class Inventory:
    """Everything that was seen."""

    cluster: str
    presence: Presence
    pods: list[Pod] = field(default_factory=list)
    replica_sets: dict[Key, ReplicaSet] = field(default_factory=dict)
    runs: dict[Key, Software] = field(default_factory=dict)
    """What the pods of a ReplicaSet run."""
    services: dict[Key, str] = field(default_factory=dict)

    def of(self, namespace: str, deployment: str, pod: str = "") -> Subject:
        """The subject of something that happened to a Deployment, or to one of its pods."""
        service = self.services.get((namespace, deployment), deployment)
        workload = f"Deployment/{deployment}"
        return Subject(service=service, cluster=self.cluster, namespace=namespace, workload=workload, pod=pod)

    def subject(self, pod: Pod) -> Subject:
        """The subject of something that happened to a pod."""
        namespace, name = pod.key
        found = self.replica_set(pod)
        if found is not None:
            return self.of(namespace, found.deployment, name)
        kind, owner = pod.owner
        workload = f"{kind}/{owner}" if kind and kind not in ("ReplicaSet", "Node") else ""
        service = owner if workload else ""
        return Subject(service=service, cluster=self.cluster, namespace=namespace, workload=workload, pod=name)

    def replica_set(self, pod: Pod) -> ReplicaSet | None:
        """The ReplicaSet of a pod, if it is one of a Deployment."""
        kind, name = pod.owner
        return self.replica_sets.get((pod.key[0], name)) if kind == "ReplicaSet" else None

    def identity(self, key: Key) -> Identity:
        """The keys of what a ReplicaSet runs."""
        runs = self.runs.get(key, Software())
        return Identity(replica_set=key[1], version=runs.version, digest=runs.digest, commit=runs.commit)


def take_stock(found: Mapping[str, list[Series]], cluster: str) -> Inventory:
    """Sort the series, by the names of their metrics, into an Inventory."""
    made = found.get("kube_pod_created", [])
    inventory = Inventory(cluster, Presence(made))
    owners = {
        _key(one, "replicaset"): label(one.labels, "owner_name") for one in found.get("kube_replicaset_owner", ())
    }
    created = states(found.get("kube_replicaset_created", ()), "namespace", "replicaset")
    replicas = states(found.get("kube_replicaset_spec_replicas", ()), "namespace", "replicaset")
    for key, deployment in sorted(owners.items()):
        born = max((value for value, _ in created.get(key, NONE).stamps()), default=None)
        own = replicas.get(key, NONE)
        if deployment and len(own.times):
            inventory.replica_sets[key] = ReplicaSet(key, deployment, born, own)
    for one in found.get("kube_deployment_labels", ()):
        key = _key(one, "deployment")
        inventory.services[key] = service_of(_plain(one, "label_", _NAMES), key[1])
    inventory.pods = _pods(made, found.get("kube_pod_owner", ()), inventory.presence)
    _add_software(inventory, found)
    return inventory


def unseen(inventory: Inventory) -> Iterable[Gap]:
    """ReplicaSets in use of whose pods nothing tells what they run."""
    bare = [
        key for key, own in inventory.replica_sets.items() if own.replicas.values.any() and key not in inventory.runs
    ]
    if bare and inventory.runs:
        yield Gap(f"the versions of {len(bare)} ReplicaSets are unknown: no pod of theirs was sampled")


def _pods(made: Iterable[Series], owned: Iterable[Series], presence: Presence) -> list[Pod]:
    owners = {(*_key(one, "pod"), label(one.labels, "uid")): _owner(one) for one in owned}
    seen_by: dict[tuple[str, ...], list[Series]] = {}
    for one in made:
        seen_by.setdefault((*_key(one, "pod"), label(one.labels, "uid")), []).append(one)
    pods = []
    for (namespace, name, uid), state in states(made, "namespace", "pod", "uid").items():
        # Where the uid was dropped, a StatefulSet's pods of one name are told apart by when they were made.
        for born, _ in state.stamps():
            times = state.times[state.values == born]
            by = [instance(one) for one in seen_by[namespace, name, uid] if np.any(one.values == born)]
            gone = presence.missed(float(times[-1]), by)
            owner = owners.get((namespace, name, uid), ("", ""))
            pods.append(Pod((namespace, name), uid, born, times, gone, owner))
    return pods


def _add_software(inventory: Inventory, found: Mapping[str, list[Series]]) -> None:
    """What the first pod of each ReplicaSet that tells it runs; a later one may still add the digest."""
    containers: dict[tuple[str, ...], dict[str, Series]] = {}
    for one in found.get("kube_pod_container_info", ()):
        ours = containers.setdefault((*_key(one, "pod"), label(one.labels, "uid")), {})
        name = label(one.labels, "container")
        # Before it was pulled, an image has no id.
        if name not in ours or label(one.labels, "image_id"):
            ours[name] = one
    notes: dict[tuple[str, ...], dict[str, str]] = {}
    for metric, prefix in (("kube_pod_labels", "label_"), ("kube_pod_annotations", "annotation_")):
        for one in found.get(metric, ()):
            key = (*_key(one, "pod"), label(one.labels, "uid"))
            notes.setdefault(key, {}).update(_plain(one, prefix, _TEMPLATE))
    for pod in inventory.pods:
        own = inventory.replica_set(pod)
        ours = containers.get((*pod.key, pod.uid), {})
        if own is None or not ours or inventory.runs.get(own.key, Software()).digest:
            continue
        images = [{"name": name, "image": _image(one)} for name, one in sorted(ours.items())]
        about = {"annotations": notes.get((*pod.key, pod.uid), {})}
        template = {"metadata": about, "spec": {"containers": images}}
        runs = software({}, template, own.deployment)
        main = ours.get(runs.container)
        digest = label(main.labels, "image_id").rpartition("@")[2] if main else ""
        if digest.startswith("sha256:"):
            runs = Software(runs.container, runs.version, digest, runs.commit, runs.images)
        inventory.runs[own.key] = runs


def _image(one: Series) -> str:
    """As the pod's author wrote it, where a newer kube-state-metrics tells; else as the node calls it."""
    image = label(one.labels, "image_spec") or label(one.labels, "image")
    return "" if image.startswith("sha256:") else image


def _key(one: Series, kind: str) -> Key:
    return label(one.labels, "namespace"), label(one.labels, kind)


def _owner(one: Series) -> Key:
    kind, name = label(one.labels, "owner_kind"), label(one.labels, "owner_name")
    return (kind, name) if kind not in ("", "<none>") else ("", "")


def _plain(one: Series, prefix: str, names: Iterable[str]) -> dict[str, str]:
    """Those of the labels or annotations of an object, by their own names."""
    said = {name: one.labels.get(prefix + re.sub("[^a-zA-Z0-9_]", "_", name), "") for name in names}
    return {name: value for name, value in said.items() if value}
