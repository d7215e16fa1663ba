"""The objects that a cluster showed, and whose they are."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from collector.event import Identity, Subject
from sources.kubernetes.identity import Software
from sources.kubernetes.objects import Moment, strings

Key = tuple[str, str]
"""Namespace and name."""
_WORKLOADS = frozenset(
    {"StatefulSet", "DaemonSet", "Job", "CronJob", "ReplicationController", "HorizontalPodAutoscaler"}
)


@dataclass(frozen=True, slots=True)
class Deployment:
    """A Deployment, as it was when it was listed."""

    key: Key
    service: str
    replicas: int | None
    rolling: bool
    max_surge: object
    max_unavailable: object
    completed: Moment | None
    """When its latest rollout completed; None if that is still under way, or stuck."""
    stuck: Moment | None
    """Since when its latest rollout has made no progress."""


@dataclass(frozen=True, slots=True)
class ReplicaSet:
    """A ReplicaSet that a Deployment made: one version of its pod template."""

    key: Key
    uid: str
    deployment: str
    created: Moment | None
    revisions: tuple[int, ...]
    """All that it had, ascending: the first when it was made, each further one when it was adopted again."""
    replicas: int | None
    desired: int | None
    """Pods wanted of the Deployment when this ReplicaSet was last scaled."""
    min_ready: timedelta
    grace: timedelta
    restarted: str
    """What `kubectl rollout restart` wrote."""
    service: str
    runs: Software


@dataclass(frozen=True, slots=True)
class Pod:
    """A pod that still existed when it was listed."""

    key: Key
    uid: str
    owner: Key
    """Kind and name of its controller."""
    created: Moment | None
    raw: dict[str, Any]


@dataclass(slots=True)
class Inventory:
    """Everything listed, by namespace and name."""

    scope: str
    """Sets the facts of this cluster apart from those of another with objects of the same names."""
    cluster: str
    deployments: dict[Key, Deployment] = field(default_factory=dict)
    replica_sets: dict[Key, ReplicaSet] = field(default_factory=dict)
    pods: dict[Key, Pod] = field(default_factory=dict)
    services: dict[Key, str] = field(default_factory=dict)
    """What people call each Deployment, also one that is known only by its ReplicaSets."""

    def subject(self, namespace: str, kind: str, name: str) -> Subject:
        """Whose an event about this object is: pods and ReplicaSets belong to their Deployment."""
        pod = name if kind == "Pod" else ""
        if kind == "Pod":
            kind, name = self._controller(namespace, name)
        if kind == "ReplicaSet":
            found = self.replica_sets.get((namespace, name))
            kind, name = ("Deployment", found.deployment) if found else ("", "")
        if kind == "Deployment":
            return self.of(namespace, name, pod)
        if kind not in _WORKLOADS:
            return Subject(cluster=self.cluster, namespace=namespace, pod=pod)
        live = self.pods.get((namespace, pod))
        service = service_of(strings(live.raw, "metadata", "labels"), name) if live else name
        return Subject(cluster=self.cluster, namespace=namespace, workload=f"{kind}/{name}", service=service, pod=pod)

    def of(self, namespace: str, deployment: str, pod: str = "") -> Subject:
        """The subject of something that happened to a Deployment, or to one of its pods."""
        return Subject(
            service=self.services.get((namespace, deployment), deployment),
            cluster=self.cluster,
            namespace=namespace,
            workload=f"Deployment/{deployment}",
            pod=pod,
        )

    def replica_set(self, namespace: str, pod: str) -> ReplicaSet | None:
        """The ReplicaSet of a pod, also of a deleted one.

        A pod is named after its ReplicaSet and five characters more. Only names of ReplicaSets that exist are
        tried, the longest first, because a bare name does not tell where the ReplicaSet's ends.
        """
        live = self.pods.get((namespace, pod))
        if live is not None:
            kind, name = live.owner
            return self.replica_sets.get((namespace, name)) if kind == "ReplicaSet" else None
        stem, _, rest = pod.rpartition("-")
        return self.replica_sets.get((namespace, stem)) if re.fullmatch(r"[a-z0-9]{5}", rest) else None

    def identity(self, found: ReplicaSet | None) -> Identity:
        """The keys of what a ReplicaSet runs."""
        if found is None:
            return Identity()
        runs = found.runs
        return Identity(replica_set=found.key[1], version=runs.version, digest=runs.digest, commit=runs.commit)

    def _controller(self, namespace: str, pod: str) -> Key:
        live = self.pods.get((namespace, pod))
        if live is not None and live.owner[0] != "ReplicaSet":
            return live.owner
        found = self.replica_set(namespace, pod)
        return ("Deployment", found.deployment) if found else ("", "")


def service_of(labels: Mapping[str, str], name: str) -> str:
    """The name under which people know a workload: its recommended label, the one everybody used before, its own."""
    return labels.get("app.kubernetes.io/name") or labels.get("app") or name
