"""Deployments and their ReplicaSets, rolled out, rolled back and scaled as the controllers do it."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import datetime, timedelta

from tests.incidents.containers import Behaviour
from tests.incidents.controllers import Controllers, ReplicaSet
from tests.incidents.deployment_shape import deployment_object, kept, replica_set_object
from tests.incidents.ids import Object, number, stamp, uid
from tests.incidents.pod_shape import POD_DEFAULTS
from tests.incidents.pods import Pod
from tests.incidents.world import World


class Deployment(Controllers):
    """One Deployment, of which a version has run since days ago."""

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
                **POD_DEFAULTS,
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
