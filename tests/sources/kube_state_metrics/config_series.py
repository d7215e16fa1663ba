"""Series of a ConfigMap that somebody changes."""

from collections.abc import Callable

from tests.sources.kube_state_metrics.derived import TARGET, Series
from tests.sources.prometheus.samples import FIRST, LAST, Sampled, at, steps

OLD = at("09:00:00")

TIMES = steps(FIRST - 2 * 3600 + 5, LAST)
"""Two hours more than is asked of anything but configuration."""


def config(name: str, version: Callable[[float], float], made: float = OLD, kind: str = "configmap") -> Series:
    labels = {**TARGET, "namespace": "shop", kind: name}
    there = [time for time in TIMES if time > made]
    return [
        Sampled(f"kube_{kind}_created", labels, [(time, made) for time in there]),
        Sampled(f"kube_{kind}_metadata_resource_version", labels, [(time, version(time)) for time in there]),
    ]


def changed(*when: str, first: float = 4711) -> Callable[[float], float]:
    return lambda time: first + 10 * sum(at(each) <= time for each in when)
