"""HorizontalPodAutoscalers."""

from collections.abc import Iterator
from datetime import datetime

from tests.incidents.deployment import Deployment
from tests.incidents.ids import Object, stamp, uid
from tests.incidents.recorder import About
from tests.incidents.world import World


class Autoscaler:
    """One that scales a Deployment between bounds."""

    def __init__(self, world: World, deployment: Deployment, least: int, most: int) -> None:
        """It is called as its Deployment."""
        self.world, self.deployment, self.bounds = world, deployment, (least, most)
        self._last: datetime | None = None
        self._uid = uid("hpa", deployment.namespace, deployment.name)
        world.parts.append(self)

    def scale(self, when: str | datetime, to: int, why: str) -> None:
        """It sets another size, within its bounds."""
        wanted = min(max(to, self.bounds[0]), self.bounds[1])

        def act() -> None:
            self._last = self.world.now
            about = About(
                "HorizontalPodAutoscaler",
                self.deployment.namespace,
                self.deployment.name,
                self._uid,
                "autoscaling/v2beta2",
            )
            text = f"New size: {wanted}; reason: {why}"
            self.world.recorder.write(self.world.now, about, "SuccessfulRescale", text, "horizontal-pod-autoscaler")
            self.deployment.scale(self.world.now.isoformat(), wanted, by="kube-controller-manager")

        self.world.at(when, act)

    def objects(self) -> Iterator[Object]:
        """The HorizontalPodAutoscaler."""
        own = self.deployment
        yield {
            "apiVersion": "autoscaling/v1",
            "kind": "HorizontalPodAutoscaler",
            "metadata": {
                "name": own.name,
                "namespace": own.namespace,
                "uid": self._uid,
                "creationTimestamp": stamp(own.born),
            },
            "spec": {
                "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": own.name},
                "minReplicas": self.bounds[0],
                "maxReplicas": self.bounds[1],
                "targetCPUUtilizationPercentage": 70,
            },
            "status": {
                "currentReplicas": own.replicas,
                "desiredReplicas": own.replicas,
                "currentCPUUtilizationPercentage": 52,
                **({"lastScaleTime": stamp(self._last)} if self._last else {}),
            },
        }
