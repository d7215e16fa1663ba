"""Series of nodes that are drained, and of their pods."""

from collections.abc import Callable

from msgspec.structs import replace

from collector.source import Document
from tests.sources.kube_state_metrics.derived import Series
from tests.sources.kube_state_metrics.sampling import sampled, since
from tests.sources.prometheus.samples import LAST, Sampled, at

CORDON = "14:02:00"


def node(name: str, unschedulable: Callable[[float], float | None]) -> Series:
    there = [sampled("kube_node_created", {"node": name}, at("09:00:00"))]
    return [*there, sampled("kube_node_spec_unschedulable", {"node": name}, unschedulable)]


def pod(
    name: str, until: str = "", owner: str = "ReplicaSet", on: str = "n1", made: str = "13:20:00", asked: str = ""
) -> Series:
    """A pod that is there until then, and whose deletion is requested."""
    labels = {"namespace": "shop", "pod": name, "uid": f"u-{name}"}

    def there(value: float, begin: str = made) -> Callable[[float], float | None]:
        return lambda time: value if at(begin) <= time < (at(until) if until else LAST + 1) else None

    found = [
        sampled("kube_pod_created", labels, there(at(made))),
        sampled("kube_pod_owner", labels | {"owner_kind": owner, "owner_name": "own"}, there(1)),
        sampled("kube_pod_info", labels | {"node": on}, there(1)),
        sampled("kube_pod_deletion_timestamp", labels, there(at(asked) + 30, asked) if asked else lambda _: None),
    ]
    return [one for one in found if one.samples]


def finished(name: str, when: str) -> Series:
    labels = {"namespace": "shop", "pod": name, "uid": f"u-{name}"}
    phases = (("Succeeded", since(when, 1, 0)), ("Failed", 0))
    return [sampled("kube_pod_status_phase", labels | {"phase": phase}, value) for phase, value in phases]


LEAVE = [*pod("a", "14:03:00"), *pod("b", "14:05:00"), *pod("early", "13:40:00")]

NODES = [*node("n1", since(CORDON, 1, 0)), *node("n2", lambda _: 0)]


def until(one: Sampled, end: str) -> Sampled:
    return replace(one, samples=[sample for sample in one.samples if sample[0] < at(end)])


def phases(given: list[Document]) -> set[str]:
    """The pods whose phases were read."""
    read_ = [one.json()["data"]["result"] for one in given if one.call == "samples" and "_phase" in one.asked]
    return {item["metric"]["pod"] for items in read_ for item in items}
