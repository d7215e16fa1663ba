"""The pods in the series, with instances of the same name kept apart."""

from collections.abc import Iterable

import numpy as np
from msgspec import Struct

from sources.cluster.inventory import Key
from sources.kube_state_metrics.scrape_times import ScrapeTimes, instance
from sources.kube_state_metrics.states import NONE, Metrics, State, label, states
from sources.promql.series import Array, Series


class Pod(Struct, frozen=True):
    """One pod instance; times are Unix seconds."""

    key: Key
    uid: str
    """Empty if the series do not show it."""
    created: float
    seen: Array
    """The times at which it was seen; never empty."""
    gone: float | None
    """The first scrape without it; None if it was not seen to go."""
    owner: Key
    """Kind and name of its controller."""
    nodes: tuple[str, ...] = ()
    """The nodes on which it ran; several if instances of its name cannot be distinguished."""

    @property
    def instance_key(self) -> tuple[str, str, str, float]:
        """Identifies the instance: even among several of one name, if the series have no uid."""
        return (*self.key, self.uid, self.created)

    @property
    def first(self) -> float:
        """When it was first seen."""
        return float(self.seen[0])

    @property
    def last(self) -> float:
        """When it was last seen."""
        return float(self.seen[-1])

    def before(self, time: float) -> float | None:
        """When it was last seen before `time`."""
        index = int(np.searchsorted(self.seen, time)) - 1
        return float(self.seen[index]) if index >= 0 else None

    def every(self, metrics: Metrics, name: str) -> dict[tuple[str, ...], State]:
        """Its states of a metric, by further labels."""
        found = metrics.get(name, {}).get((*self.key, self.uid), {})
        return {more: state.between(self.first, self.last) for more, state in found.items()}

    def of(self, metrics: Metrics, name: str, *more: str) -> State:
        """Its state of a metric with these further labels; no samples if there are none."""
        state = metrics.get(name, {}).get((*self.key, self.uid), {}).get(more, NONE)
        return state.between(self.first, self.last)


def sampled_pods(
    made: Iterable[Series], owned: Iterable[Series], info: Iterable[Series], scrapes: ScrapeTimes
) -> list[Pod]:
    """Every pod instance, from the series of kube_pod_created, kube_pod_owner and kube_pod_info."""
    owners = {(*key_of(one, "pod"), label(one.labels, "uid")): owner_of(one) for one in owned}
    nodes: dict[tuple[str, ...], set[str]] = {}
    for one in info:
        nodes.setdefault((*key_of(one, "pod"), label(one.labels, "uid")), set()).add(label(one.labels, "node"))
    seen_by: dict[tuple[str, ...], list[Series]] = {}
    for one in made:
        seen_by.setdefault((*key_of(one, "pod"), label(one.labels, "uid")), []).append(one)
    pods = []
    for (namespace, name, uid), state in states(made, "namespace", "pod", "uid").items():
        # Without uids, a StatefulSet's pods of one name are distinguished by their creation times.
        for born, _ in state.stamps():
            times = state.times[state.values == born]
            by = [instance(one) for one in seen_by[namespace, name, uid] if np.any(one.values == born)]
            gone = scrapes.missed(float(times[-1]), by)
            owner = owners.get((namespace, name, uid), ("", ""))
            ran = tuple(sorted(nodes.get((namespace, name, uid), set()) - {""}))
            pods.append(Pod((namespace, name), uid, born, times, gone, owner, ran))
    return pods


def key_of(one: Series, kind: str) -> Key:
    """Namespace and name of the object of that kind that a series is about."""
    return label(one.labels, "namespace"), label(one.labels, kind)


def owner_of(one: Series) -> Key:
    """Kind and name of the owner that a series names; two empty strings if it has none."""
    kind, name = label(one.labels, "owner_kind"), label(one.labels, "owner_name")
    return (kind, name) if kind not in ("", "<none>") else ("", "")
