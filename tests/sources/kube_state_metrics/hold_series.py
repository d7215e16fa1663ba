"""Series of a Deployment that is paused or does not progress."""

from collections.abc import Callable

from tests.sources.kube_state_metrics.derived import Series
from tests.sources.kube_state_metrics.sampling import deployment, replica_set
from tests.sources.prometheus.samples import at

NEW = at("14:02:03")


def course(pauses: Callable[[float], float], done: str, start: float = NEW) -> Series:
    """A rollout of `cart` whose last pods are new and available since `done`."""

    def grown(time: float) -> float:
        return 4 if time >= at(done) else 2

    return [
        *replica_set("cart-old", at("09:00:00"), lambda t: 4 if t < start else 4 - grown(t)),
        *replica_set("cart-new", start, lambda t: None if t < start else grown(t)),
        deployment("spec_replicas", 4),
        deployment("spec_paused", pauses),
        deployment("status_replicas", 4),
        deployment("status_replicas_updated", lambda t: 4 if t < start else grown(t)),
        deployment("status_replicas_available", 4),
    ]
