"""Deployments and their ReplicaSets, rolled out, rolled back and scaled as the controllers do it."""

import math
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.incidents.deployment_shape import deployment_object, kept, replica_set_object
from tests.incidents.ids import Object, number, stamp, uid, word
from tests.incidents.nodes import Node
from tests.incidents.pods import Behaviour, Pod, suffix
from tests.incidents.recorder import About
from tests.incidents.world import World

_DEADLINE = 600.0
_PREFIX = "deployment.kubernetes.io/"


@dataclass(slots=True, eq=False)
class ReplicaSet:
    """One template of a Deployment."""

    name: str
    hash: str
    template: Object
    behaviour: Behaviour
    created: datetime
    revision: int
    earlier: list[int] = field(default_factory=list)
    """Revisions that it had before."""
    replicas: int = 0
    pods: list[Pod] = field(default_factory=list)
    changed: datetime | None = None
    refused: str = ""
    """Why its pods are not admitted."""

    @property
    def alive(self) -> list[Pod]:
        """Its pods that count."""
        return [pod for pod in self.pods if pod.alive]

    @property
    def available(self) -> int:
        """How many are ready."""
        return sum(pod.ready for pod in self.alive)

    @property
    def uid(self) -> str:
        """Its own."""
        return uid("replicaset", self.name, self.created)


class Deployment:
    """One Deployment, of which a version has run since days ago."""

    kind, api, prefix, hash_label = "Deployment", "apps/v1", _PREFIX, "pod-template-hash"
    component = "deployment-controller"

    def __init__(
        self,
        world: World,
        namespace: str,
        name: str,
        replicas: int,
        version: str,
        since: str = "9 days before 10:12:33",
        *,
        registry: str = "registry.example.com",
        repository: str = "",
        behaviour: Behaviour = Behaviour(),  # noqa: B008 - it is frozen
        labels: dict[str, str] | None = None,
        sidecar: str = "",
        env: dict[str, str] | None = None,
        config: str = "",
        manager: str = "kubectl-client-side-apply",
        earlier: tuple[tuple[str, str], ...] = (),
        quota: Callable[[int], str] | None = None,
        history: int = 10,
        surge: float = 0.25,
        unavailable: float = 0.25,
    ) -> None:
        """`earlier` are (version, when) of ReplicaSets that are kept at size 0, the oldest first; `config` names a
        ConfigMap that it mounts; `manager` is who writes it. `quota` gives the reason why one more pod is refused
        where so many are, or "".
        """
        self.world, self.namespace, self.name, self.replicas = world, namespace, name, replicas
        self.behaviour, self.manager, self.quota = behaviour, manager, quota
        self.limits = (surge, unavailable)
        self.history = history
        self._image = f"{registry}/{repository or f'{namespace}/{name}'}"
        self.labels = {"app.kubernetes.io/name": name} if labels is None else labels
        self._sidecar, self._env, self._config = sidecar, env or {}, config
        self.sets: list[ReplicaSet] = []
        self.since = world.moment(since)
        self.uid = uid("deployment", namespace, name)
        self.written: dict[str, datetime] = {}
        self._chance = world.chance("deployment", namespace, name)
        self._node = number(len(world.nodes), namespace, name)
        self.all_pods: list[Pod] = []
        self.rolling: datetime | None = None
        self.progress = self.completed = self.since
        self.progressing = ("True", "NewReplicaSetAvailable")
        self.progressing_since = self.since
        self.available, self.available_since = True, self.since
        self.generation = len(earlier) + 1
        self.annotations: dict[str, str] = {}
        for old, when in earlier:
            self._add(self._template(old), behaviour, world.moment(when))
        first = self._add(self._template(version), behaviour, self.since)
        born = self.sets[0].created
        self.progressing_since = self.available_since = born
        self.born = born
        self.current = first
        self._wrote(manager, self.since)
        self.progress = self.completed = self.since + timedelta(seconds=40)
        first.changed = self.completed
        first.replicas = replicas
        for place in range(replicas):
            pod = self._pod(first, place)
            pod.settle(self._next_node(), self.since + timedelta(seconds=2 + 9 * (place // max(1, replicas // 4))))
        world.parts.append(self)

    # What people and systems do to it

    def rollout(
        self,
        when: str,
        version: str = "",
        *,
        by: str = "",
        env: dict[str, str] | None = None,
        annotations: dict[str, str] | None = None,
        resources: Object | None = None,
        behaviour: Behaviour | None = None,
    ) -> None:
        """Its template is changed. `behaviour` is that of the pods of the new template."""

        def change() -> None:
            base = self.current.template
            template = self._template(version) if version else deepcopy(base)
            if version:
                template["metadata"]["annotations"] = dict(base["metadata"].get("annotations", {}))
            self._env |= env or {}
            template["spec"]["containers"][0]["env"] = [
                {"name": name, "value": text} for name, text in self._env.items()
            ]
            if annotations:
                template["metadata"]["annotations"] = {**template["metadata"].get("annotations", {}), **annotations}
            if resources:
                template["spec"]["containers"][0]["resources"] = resources
            self._apply(template, behaviour or self.behaviour, by or self.manager)

        self.world.at(when, change)

    def restart(self, when: str, *, by: str = "kubectl-rollout", behaviour: Behaviour | None = None) -> None:
        """`kubectl rollout restart`."""
        at = self.world.moment(when)
        self.rollout(when, by=by, annotations={"kubectl.kubernetes.io/restartedAt": stamp(at)}, behaviour=behaviour)

    def undo(self, when: str, *, by: str = "kubectl-rollout", to: str = "") -> None:
        """Back to the template before, or to that of a version: its ReplicaSet is used again."""

        def change() -> None:
            old = [one for one in self.sets if one is not self.current]
            wanted = next(
                (one for one in sorted(old, key=lambda one: one.revision, reverse=True) if not to or _tag(one) == to),
                None,
            )
            assert wanted, (self.name, to)
            self._apply(wanted.template, wanted.behaviour, by)

        self.world.at(when, change)

    def scale(self, when: str, replicas: int, *, by: str = "kubectl") -> None:
        """Another number of pods; `by` may be `kube-controller-manager`, for an autoscaler."""

        def change() -> None:
            self.replicas = replicas
            self.generation += 1
            self._wrote(by, self.world.now)
            self._sync()

        self.world.at(when, change)

    def each(self, when: str, action: Callable[[Pod], None], which: slice = slice(None)) -> None:
        """Do something to those of its pods that run then, the oldest first."""

        def act() -> None:
            for pod in [pod for one in self.sets for pod in one.alive][which]:
                action(pod)

        self.world.at(when, act)

    # What controllers do

    def _apply(self, template: Object, behaviour: Behaviour, by: str) -> None:
        self.generation += 1
        self._wrote(by, self.world.now)
        highest = max(one.revision for one in self.sets)
        known = next((one for one in self.sets if one.template == template), None)
        if known is self.current:
            return
        if known:
            known.earlier.append(known.revision)
            known.revision = highest + 1
            self.current = known
        else:
            self.current = self._add(template, behaviour, self.world.now)
        self.rolling = self.progress = self.world.now
        if self.progressing[0] != "True":
            self.progressing_since = self.world.now
        self.progressing = ("True", "ReplicaSetUpdated")
        self._watch_deadline()
        self.world.after(0.05, self._sync)

    def _add(self, template: Object, behaviour: Behaviour, at: datetime) -> ReplicaSet:
        own = word(10, self.namespace, self.name, template)
        template = deepcopy(template)
        made = ReplicaSet(
            f"{self.name}-{own}", own, template, behaviour, at, max((one.revision for one in self.sets), default=0) + 1
        )
        self.sets.append(made)
        return made

    def _sync(self) -> None:
        """One look of the Deployment's controller; it does one thing and looks again."""
        new, wanted = self.current, self.replicas
        total = sum(one.replicas for one in self.sets)
        surge, unavailable = math.ceil(self.limits[0] * wanted), math.floor(self.limits[1] * wanted)
        if not surge and not unavailable:
            unavailable = 1
        available = sum(one.available for one in self.sets)
        self._note_availability(available, wanted - unavailable)
        old = [one for one in self.sets if one is not new and one.replicas]
        if self.rolling is None and not old:
            if new.replicas != wanted:
                self._resize(new, wanted)
            return None
        if new.replicas > wanted:
            self._resize(new, wanted)
            return self._again()
        more = min(wanted + surge - total, wanted - new.replicas)
        if more > 0:
            self._resize(new, new.replicas + more)
            return self._again()
        least = wanted - unavailable
        spare = total - least - (new.replicas - new.available)
        if old and spare > 0 and self._shrink(old, spare, available - least):
            return self._again()
        if not old and new.replicas == wanted == new.available and self.rolling:
            self.rolling = None
            self.completed = self.progress = self.world.now
            self.progressing = ("True", "NewReplicaSetAvailable")
        return None

    def _shrink(self, old: list[ReplicaSet], spare: int, healthy: int) -> bool:
        """Take pods from old ReplicaSets: those that do not work first, then as many as others replace."""
        shrunk = False
        for one in sorted(old, key=lambda one: one.created):
            bad = min(spare, one.replicas - one.available)
            if bad > 0:
                self._resize(one, one.replicas - bad)
                spare, shrunk = spare - bad, True
        for one in sorted(old, key=lambda one: one.created):
            fewer = min(one.replicas, healthy)
            if fewer > 0:
                self._resize(one, one.replicas - fewer)
                healthy, shrunk = healthy - fewer, True
        return shrunk

    def _again(self) -> None:
        self.world.after(0.05 + self._chance.uniform(0, 0.1), self._sync)

    def _changed(self) -> None:
        if self.rolling and self.current.available:
            self.progress = self.world.now
        self.world.after(0.1, self._refill)

    def _refill(self) -> None:
        """ReplicaSets replace what is gone, then the Deployment's controller looks."""
        for one in self.sets:
            self._fill(one)
        self._sync()

    def _note_availability(self, available: int, least: int) -> None:
        if (available >= least) != self.available:
            self.available, self.available_since = available >= least, self.world.now

    def _watch_deadline(self) -> None:
        began = self.rolling

        def check() -> None:
            if self.rolling is None or self.rolling != began or self.progressing[0] == "False":
                return
            left = _DEADLINE - (self.world.now - self.progress).total_seconds()
            if left > 0:
                self.world.after(left, check)
                return
            self.progressing, self.progressing_since = ("False", "ProgressDeadlineExceeded"), self.world.now
            self.progress = self.world.now

        self.world.after(_DEADLINE, check)

    def _resize(self, one: ReplicaSet, to: int) -> None:
        was, one.replicas, one.changed = one.replicas, to, self.world.now
        if self.rolling:
            self.progress = self.world.now
        step = "up" if to > was else "down"
        size = f"{to} from {was}" if self.world.release.sizes else str(to)
        self._write(f"Scaled {step} replica set {one.name} to {size}")
        self.world.after(0.02, lambda: self._fill(one))

    def _fill(self, one: ReplicaSet) -> None:
        """Create and delete pods until there are as many as wanted."""
        while len(one.alive) < one.replicas:
            why = self.quota(sum(len(each.alive) for each in self.sets)) if self.quota else ""
            if why:
                self._refused(one, why)
                return
            one.refused = ""
            pod = self._pod(one, len(one.pods))
            self._report(one, "SuccessfulCreate", f"Created pod: {pod.name}")
            self._place(pod)
        surplus = one.alive[: max(0, len(one.alive) - one.replicas)] if len(one.alive) > one.replicas else []
        if surplus:
            order = sorted(one.alive, key=lambda pod: (pod.ready, pod.created), reverse=False)
            unready = [pod for pod in order if not pod.ready]
            ready = sorted((pod for pod in order if pod.ready), key=lambda pod: pod.created, reverse=True)
            for pod in (unready + ready)[: len(surplus)]:
                self._report(one, "SuccessfulDelete", f"Deleted pod: {pod.name}")
                pod.delete()

    def _refused(self, one: ReplicaSet, why: str, attempt: int = 0) -> None:
        if attempt == 0 and one.refused:
            return
        if one.replicas <= len(one.alive):
            one.refused = ""
            return
        one.refused = why
        name = f"{one.name}-{suffix(self.world, one.name, 'refused', attempt)}"
        self._report(one, "FailedCreate", f'Error creating: pods "{name}" is forbidden: {why}', warning=True)

        def retry() -> None:
            assert self.quota
            if self.quota(sum(len(each.alive) for each in self.sets)) and len(one.alive) < one.replicas:
                self._refused(one, why, attempt + 1)
            else:
                one.refused = ""
                self._fill(one)

        self.world.after(min(1000.0, 0.005 * 2**attempt), retry)

    def _place(self, pod: Pod, attempt: int = 0) -> None:
        usable = [node for node in self.world.nodes if node.usable]
        if usable:
            pod.reserve(self._next_node())
            return
        there = [node for node in self.world.nodes if not node.removed and node.since <= self.world.now]
        full = sum(node.cordoned is None and not node.missed for node in there)
        why = [f"{len(there) - full} node(s) were unschedulable"] if len(there) > full else []
        why += [f"{full} Insufficient cpu"] if full else []
        pod.bind(None, f"0/{len(there)} nodes are available: {', '.join(why)}.")
        if pod.alive:
            self.world.after(min(60.0, 15.0 * 2**attempt), lambda: self._place(pod, attempt + 1))

    def _next_node(self) -> Node:
        usable = [node for node in self.world.nodes if node.usable] or self.world.nodes
        self._node += 1
        return usable[self._node % len(usable)]

    def _pod(self, one: ReplicaSet, place: int) -> Pod:
        about = About("ReplicaSet", self.namespace, one.name, one.uid, "apps/v1")
        name = f"{one.name}-{suffix(self.world, self.namespace, one.name, place)}"
        pod = Pod(
            self.world,
            about,
            name,
            one.template,
            one.behaviour,
            changed=self._changed,
            labels={self.hash_label: one.hash},
        )
        one.pods.append(pod)
        self.all_pods.append(pod)
        return pod

    def _write(self, message: str, reason: str = "ScalingReplicaSet", *, warning: bool = False) -> None:
        about = About(self.kind, self.namespace, self.name, self.uid, self.api)
        self.world.recorder.write(self.world.now, about, reason, message, self.component, warning=warning)

    def _report(self, one: ReplicaSet, reason: str, message: str, *, warning: bool = False) -> None:
        about = About("ReplicaSet", self.namespace, one.name, one.uid, "apps/v1")
        self.world.recorder.write(self.world.now, about, reason, message, "replicaset-controller", warning=warning)

    def _wrote(self, manager: str, at: datetime) -> None:
        self.written[manager] = at

    def _template(self, version: str) -> Object:
        image = f"{self._image}@{version}" if version.startswith("sha256:") else f"{self._image}:{version}"
        main: Object = {
            "name": self.name,
            "image": image,
            "imagePullPolicy": "IfNotPresent",
            "ports": [{"name": "http", "containerPort": 8080, "protocol": "TCP"}],
            "env": [{"name": name, "value": text} for name, text in self._env.items()],
            "resources": {"requests": {"cpu": "250m", "memory": "512Mi"}, "limits": {"memory": "1Gi"}},
        }
        beside = [{"name": "proxy", "image": self._sidecar, "imagePullPolicy": "IfNotPresent"}] if self._sidecar else []
        volumes = [{"name": "config", "configMap": {"name": self._config, "defaultMode": 420}}] if self._config else []
        return {
            "metadata": {"labels": dict(self.labels)},
            "spec": {
                "containers": [main, *beside],
                **({"volumes": volumes} if volumes else {}),
                "restartPolicy": "Always",
                "terminationGracePeriodSeconds": 30,
                "dnsPolicy": "ClusterFirst",
                "schedulerName": "default-scheduler",
                "securityContext": {},
            },
        }

    def objects(self) -> Iterator[Object]:
        """The Deployment, its ReplicaSets and their pods."""
        yield deployment_object(self)
        for one in kept(self):
            yield replica_set_object(self, one)
            for pod in one.pods:
                yield from pod.objects()


def _tag(one: ReplicaSet) -> str:
    image: str = one.template["spec"]["containers"][0]["image"]
    return image.rpartition(":")[2]
