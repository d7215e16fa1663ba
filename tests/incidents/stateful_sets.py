"""StatefulSets: numbered pods, each created again under the same name when it is gone."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial

from tests.incidents.containers import Behaviour
from tests.incidents.ids import Object, stamp, uid, word
from tests.incidents.pod_shape import POD_DEFAULTS
from tests.incidents.pods import Pod
from tests.incidents.recorder import About
from tests.incidents.world import World


class StatefulSet:
    """One StatefulSet with a version that has run for days."""

    def __init__(
        self, world: World, namespace: str, name: str, replicas: int, version: str, since: str, behaviour: Behaviour
    ) -> None:
        """Its pods became ready one after the other, half a minute apart."""
        self.world, self.namespace, self.name, self.replicas = world, namespace, name, replicas
        self.since, self.behaviour = world.moment(since), behaviour
        self._image = f"registry.example.com/{namespace}/{name}:{version}"
        self._revision = f"{name}-{word(10, name, version)}"
        self._labels = {"app.kubernetes.io/name": name}
        self.uid = uid("statefulset", namespace, name)
        self.pods: list[Pod] = []
        for number in range(replicas):
            self.pods.append(self._pod(number))
            node = world.nodes[number % len(world.nodes)]
            self.pods[number].settle(node, self.since + timedelta(seconds=30 * number))
        world.parts.append(self)

    def each(self, when: str, action: Callable[[Pod], None], which: slice = slice(None)) -> None:
        """Do something to its pods, the lowest numbers first."""

        def act() -> None:
            for pod in self.pods[which]:
                action(pod)

        self.world.at(when, act)

    def _pod(self, number: int) -> Pod:
        labels = {
            "controller-revision-hash": self._revision,
            "statefulset.kubernetes.io/pod-name": f"{self.name}-{number}",
        }
        return Pod(
            self.world,
            self._about(),
            f"{self.name}-{number}",
            self._template(),
            self.behaviour,
            changed=partial(self._changed, number),
            labels=labels,
        )

    def _changed(self, number: int) -> None:
        if number < len(self.pods) and self.pods[number].ended is not None:
            self.world.after(0.5, lambda: self._make_again(number))

    def _make_again(self, number: int) -> None:
        if self.pods[number].ended is None:
            return
        text = f"create Pod {self.name}-{number} in StatefulSet {self.name} successful"
        self.world.recorder.write(self.world.now, self._about(), "SuccessfulCreate", text, "statefulset-controller")
        self.pods[number] = self._pod(number)
        usable = [node for node in self.world.nodes if node.usable]
        self.pods[number].reserve(usable[number % len(usable)])

    def _about(self) -> About:
        return About("StatefulSet", self.namespace, self.name, self.uid, "apps/v1")

    def _template(self) -> Object:
        container = {"name": self.name, "image": self._image, "imagePullPolicy": "IfNotPresent"}
        return {
            "metadata": {"labels": self._labels},
            "spec": {
                "containers": [container],
                **POD_DEFAULTS,
            },
        }

    def objects(self) -> Iterator[Object]:
        """The StatefulSet, its revision and its pods."""
        ready = sum(pod.ready for pod in self.pods)
        writer = {"manager": "kubectl-client-side-apply", "operation": "Update", "apiVersion": "apps/v1"}
        meta: Object = {"namespace": self.namespace, "creationTimestamp": stamp(self.since), "labels": self._labels}
        yield {
            "apiVersion": "apps/v1",
            "kind": "StatefulSet",
            "metadata": {
                **meta,
                "name": self.name,
                "uid": self.uid,
                "generation": 1,
                "managedFields": [{**writer, "time": stamp(self.since)}],
            },
            "spec": {
                "replicas": self.replicas,
                "serviceName": self.name,
                "selector": {"matchLabels": self._labels},
                "template": self._template(),
                "updateStrategy": {"type": "RollingUpdate"},
            },
            "status": {
                "replicas": self.replicas,
                "readyReplicas": ready,
                "currentReplicas": self.replicas,
                "updatedReplicas": self.replicas,
                "currentRevision": self._revision,
                "updateRevision": self._revision,
                "observedGeneration": 1,
            },
        }
        owner = {"apiVersion": "apps/v1", "kind": "StatefulSet", "name": self.name, "uid": self.uid}
        yield {
            "apiVersion": "apps/v1",
            "kind": "ControllerRevision",
            "metadata": {
                **meta,
                "name": self._revision,
                "uid": uid("revision", self._revision),
                "ownerReferences": [{**owner, "controller": True, "blockOwnerDeletion": True}],
            },
            "data": {"spec": {"template": {"$patch": "replace", **self._template()}}},
            "revision": 1,
        }
        for pod in self.pods:
            yield from pod.objects()
