"""Series of kube-state-metrics, sampled over the window."""

from collections.abc import Callable
from datetime import datetime

from tests.sources.kube_state_metrics.derived import TARGET, Series
from tests.sources.prometheus.samples import FIRST, LAST, Sampled, at, steps

POD = {"namespace": "shop", "pod": "cart-1-abcde", "uid": "u-1"}

BORN = at("13:20:00")

TIMES = steps(FIRST + 5, LAST)


def clock(moment: datetime) -> str:
    return f"{moment:%H:%M:%S}"


def sampled(name: str, labels: dict[str, str], value: float | Callable[[float], float | None]) -> Sampled:
    """A series of kube-state-metrics; there is no sample where the value is None."""
    every = [(time, value(time) if callable(value) else value) for time in TIMES]
    return Sampled(name, {**TARGET, **labels}, [(time, found) for time, found in every if found is not None])


def since(begin: str, value: float = 1, before: float | None = None) -> Callable[[float], float | None]:
    return lambda time: value if time >= at(begin) else before


def replica_set(name: str, created: float, replicas: Callable[[float], float | None]) -> Series:
    labels = {"namespace": "shop", "replicaset": name}
    owner = {"owner_kind": "Deployment", "owner_name": "cart"}
    return [
        sampled("kube_replicaset_owner", labels | owner, 1),
        sampled("kube_replicaset_created", labels, created),
        sampled("kube_replicaset_spec_replicas", labels, replicas),
    ]


def deployment(metric: str, value: Callable[[float], float | None] | float, **labels: str) -> Sampled:
    return sampled(f"kube_deployment_{metric}", {"namespace": "shop", "deployment": "cart", **labels}, value)
