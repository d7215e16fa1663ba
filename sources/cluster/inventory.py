"""The objects of a cluster, and the workloads and services that they belong to."""

import functools
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from msgspec import Struct, field

from collector.event import Identity, Subject
from collector.json_text import decode
from sources.cluster.analyses import Analysis
from sources.cluster.facts.nodes import node_subject
from sources.cluster.fields import service_of as service_of
from sources.cluster.fields import strings
from sources.cluster.glance import Glance, glance
from sources.cluster.image import Software
from sources.cluster.replication_controllers import CONFIG, ReplicationController
from sources.cluster.revisions import Revision, Workload
from sources.cluster.rollout_states import State
from sources.cluster.template_changes import PackedTemplate
from sources.cluster.writers import Write
from sources.fact import Moment, shared

Key = tuple[str, str]
"""Namespace and name."""
Sizes = Sequence[tuple[datetime, int]]
"""How many pods a ReplicaSet was to have, each number with the time from which it was seen, in order."""
WITH_REPLICA_SETS = frozenset({"Deployment", "Rollout"})
"""The kinds that roll out through ReplicaSets: Kubernetes' own Deployments, and Argo Rollouts, which work alike."""
_SUFFIX = re.compile(r"[a-z0-9]{5}")
"""The suffix that a ReplicaSet adds to its own name for each of its pods."""
_WORKLOADS = frozenset(
    {
        "StatefulSet",
        "DaemonSet",
        "Job",
        "CronJob",
        "ReplicationController",
        CONFIG,
        "HorizontalPodAutoscaler",
    }
)


class Deployment(Struct, frozen=True):
    """A Deployment or Argo Rollout as it was when it was listed."""

    key: Key
    """Namespace, and kind with name: `Deployment/checkout`."""
    service: str
    replicas: int | None
    rolling: bool
    max_surge: object
    max_unavailable: object
    states: tuple[State, ...]
    """In the order of time. A listing has only the latest states; those of earlier rollouts are overwritten."""
    writes: tuple[Write, ...] = ()
    """The last write of each program that changed its specification, and when."""


class ReplicaSet(Struct, frozen=True):
    """A ReplicaSet made by a Deployment or Argo Rollout: one version of its pod template."""

    key: Key
    uid: str
    workload: str
    """Kind and name of the workload that made it: `Deployment/checkout`."""
    created: Moment | None
    revisions: tuple[int, ...]
    """All its revision numbers, ascending: the first from its creation, each further one from being adopted again."""
    replicas: int | None
    desired: int | None
    """How many pods the Deployment wanted when this ReplicaSet was last scaled."""
    min_ready: timedelta
    grace: timedelta
    restarted: str
    """The value of the annotation that `kubectl rollout restart` writes."""
    service: str
    runs: Software
    failure: tuple[Moment, str, str] | None = None
    """If it cannot make its pods: since when, the reason and the message. None if it can."""
    template: PackedTemplate = ""


class Pod(Struct, frozen=True):
    """A pod that still existed when it was listed."""

    key: Key
    uid: str
    owner: Key
    """Kind and name of its controller."""
    created: Moment | None
    packed: str
    """The parts of the object that are kept, as JSON, which takes a tenth of the memory."""
    gone: bool = False
    """Whether the pod is known not to exist any more. Only a recording shows that; a list has no such pods."""
    known_glance: Glance | None = None
    """Its `glance`, if the code that read the object has computed it already."""

    @property
    def glance(self) -> Glance:
        """What its status shows. The object is unpacked only if `taken` is missing."""
        return self.known_glance or glance(self.raw)

    @property
    def raw(self) -> dict[str, Any]:
        """The parts of the object that are kept, see `build_inventory`. Do not change them."""
        return _unpacked(self.packed)


class Attribution(NamedTuple):
    """The subject, version and grace period that an Event gets from the object that it is about."""

    subject: Subject
    keys: Identity
    grace: timedelta | None
    """The grace period of the pod, where its ReplicaSet is known."""


class Inventory(Struct):
    """Everything that was listed, by namespace and name."""

    cluster: str
    """Name of the cluster, empty if there is only one. It keeps facts of several clusters apart."""
    deployments: dict[Key, Deployment] = field(default_factory=dict)
    """Deployments and Argo Rollouts, by namespace and kind with name: `Deployment/checkout`."""
    replica_sets: dict[Key, ReplicaSet] = field(default_factory=dict)
    pods: dict[Key, Pod] = field(default_factory=dict)
    controllers: dict[Key, ReplicationController] = field(default_factory=dict)
    """The ReplicationControllers of OpenShift's DeploymentConfigs."""
    workloads: dict[tuple[str, str, str], Workload] = field(default_factory=dict)
    """StatefulSets and DaemonSets by namespace, kind and name."""
    revisions: dict[Key, Revision] = field(default_factory=dict)
    raw_objects: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    """Jobs, autoscalers, Nodes, ConfigMaps, Secrets, Services and routes, exactly as they were listed."""
    analyses: dict[Key, list[Analysis]] = field(default_factory=dict)
    """The AnalysisRuns of each Argo Rollout, by namespace and `Rollout/checkout`."""
    listed: datetime | None = None
    """When the last answer of the API server arrived."""
    services: dict[Key, str] = field(default_factory=dict)
    """The name that people use for each Deployment (`Deployment/checkout`), even if only its ReplicaSets are known."""
    owners_in_events: dict[Key, str] = field(default_factory=dict)
    """The Deployment of each ReplicaSet that Events name, including ReplicaSets that are not listed any more."""
    named: set[tuple[str, str, str]] = field(default_factory=set)
    """Namespace, kind and name of StatefulSets and DaemonSets that Events name, even if none are listed."""
    sizes: Mapping[Key, Sizes] = field(default_factory=dict)
    """The sizes of each ReplicaSet over time; a list has only the last."""
    _owned: dict[tuple[str, str, str], list[Pod]] = field(default_factory=dict)
    _attribution: dict[tuple[str, ...], "Attribution"] = field(default_factory=dict)

    def subject(self, namespace: str, kind: str, name: str) -> Subject:
        """The subject of an Event about this object: pods and ReplicaSets belong to their Deployment."""
        pod = name if kind == "Pod" else ""
        if kind == "Pod":
            kind, name = self._controller(namespace, name)
        if kind == "ReplicaSet":
            found = self.replica_sets.get((namespace, name))
            workload = found.workload if found else self.owners_in_events.get((namespace, name), "")
            kind, _, name = workload.partition("/")
        elif kind == "ReplicationController":
            made = self.controllers.get((namespace, name))
            owner = self.owners_in_events.get((namespace, name), f"{kind}/{name}")
            owner = f"{CONFIG}/{made.config}" if made else owner
            kind, _, name = owner.partition("/")
        if kind in WITH_REPLICA_SETS:
            return self.subject_of_workload(namespace, f"{kind}/{name}", pod)
        if kind == "Node":
            return node_subject(self.cluster, name)
        if kind not in _WORKLOADS:
            return Subject(cluster=self.cluster, namespace=namespace, pod=pod)
        live, own = self.pods.get((namespace, pod)), self.workloads.get((namespace, kind, name))
        known = own.service if own else self.services.get((namespace, f"{kind}/{name}"), "")
        service = known or (service_of(strings(live.raw, "metadata", "labels"), name) if live else name)
        return Subject(cluster=self.cluster, namespace=namespace, workload=f"{kind}/{name}", service=service, pod=pod)

    def owned(self, namespace: str, kind: str, name: str) -> Sequence[Pod]:
        """The pods that this object controls. As with `attribution`, no pods may be added after the first call."""
        if not self._owned:
            for pod in self.pods.values():
                self._owned.setdefault((pod.key[0], *pod.owner), []).append(pod)
        return self._owned.get((namespace, kind, name), ())

    def attribution(self, namespace: str, kind: str, name: str, pod: str, uid: str) -> "Attribution":
        """The subject and keys of an Event about this object. `pod` is the pod that the Event is also about, or empty.

        The result is computed once for all Events about one object, so nothing may be added to the inventory after the
        first call.
        """
        known = self._attribution.get((namespace, kind, name, pod, uid))
        if known is None:
            own = self.replica_set(namespace, pod) if pod else None
            runs = own or (self.revision(namespace, pod, uid) if pod else None)
            subject = self.subject(namespace, "Pod", pod) if pod else self.subject(namespace, kind, name)
            keys = self.identity(runs) if runs else self.identity_by_name(namespace, pod)
            known = self._attribution[namespace, kind, name, pod, uid] = Attribution(
                subject, keys, own.grace if own else None
            )
        return known

    def subject_of_workload(self, namespace: str, workload: str, pod: str = "") -> Subject:
        """The subject of something that happened to `Deployment/checkout`, or to one of its pods."""
        return Subject(
            service=self.services.get((namespace, workload), workload.partition("/")[2]),
            cluster=self.cluster,
            namespace=namespace,
            workload=workload,
            pod=pod,
        )

    def replica_set(self, namespace: str, pod: str) -> ReplicaSet | None:
        """The ReplicaSet of a pod, even of a deleted one.

        A pod is named after its ReplicaSet, with five characters appended. Without a listed pod, its name has to match
        that of a ReplicaSet that exists.
        """
        live = self.pods.get((namespace, pod))
        if live is not None:
            kind, name = live.owner
            return self.replica_sets.get((namespace, name)) if kind == "ReplicaSet" else None
        return self.replica_sets.get((namespace, _stem(pod)))

    def identity_by_name(self, namespace: str, pod: str) -> Identity:
        """The keys of a pod if only Events name its ReplicaSet: nothing but that name is known."""
        name = "" if (namespace, pod) in self.pods else _stem(pod)
        return Identity(replica_set=name if (namespace, name) in self.owners_in_events else "")

    def revision(self, namespace: str, pod: str, uid: str) -> Revision | None:
        """The ControllerRevision of a pod that still exists; `uid` rules out other pods that had the same name."""
        live = self.pods.get((namespace, pod))
        if live is None or live.uid != uid or live.owner[0] == "ReplicaSet":
            return None
        label = strings(live.raw, "metadata", "labels").get("controller-revision-hash", "")
        # A StatefulSet writes the whole name of the revision there, a DaemonSet only its last part.
        return self.revisions.get((namespace, label)) or self.revisions.get((namespace, f"{live.owner[1]}-{label}"))

    def identity(self, found: ReplicaSet | Revision | None) -> Identity:
        """The keys of the software that a ReplicaSet or ControllerRevision runs."""
        if found is None:
            return Identity()
        runs = found.runs
        keys = Identity(replica_set=found.key[1], version=runs.version, digest=runs.digest, commit=runs.commit)
        return shared(keys)

    def _controller(self, namespace: str, pod: str) -> Key:
        live = self.pods.get((namespace, pod))
        if live is not None and live.owner[0] != "ReplicaSet":
            return live.owner
        found = self.replica_set(namespace, pod)
        workload = found.workload if found else self.owners_in_events.get((namespace, _stem(pod)), "")
        if workload:
            kind, _, name = workload.partition("/")
            return kind, name
        # Pods of a StatefulSet end in a number, those of a DaemonSet in five characters.
        stem, _, rest = pod.rpartition("-")
        kind = "StatefulSet" if rest.isdecimal() else "DaemonSet"
        known = (namespace, kind, stem) in self.workloads or (namespace, kind, stem) in self.named
        return (kind, stem) if known else ("", "")


# A pod is read several times in a row.
@functools.lru_cache(maxsize=8)
def _unpacked(packed: str) -> dict[str, Any]:
    found: dict[str, Any] = decode(packed)
    return found


def _stem(pod: str) -> str:
    """The name of the ReplicaSet after which a pod is named; empty if the name does not have that form."""
    stem, _, rest = pod.rpartition("-")
    return stem if _SUFFIX.fullmatch(rest) else ""
