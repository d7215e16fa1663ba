"""The samples of one object as a state over time, from whichever instance, and its changes."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple, TypeAlias

import numpy as np
from msgspec import Struct

from collector.event import SECOND
from sources.fact import Moment
from sources.promql.series import Array, Series, instant, joined

_LEAST, _MOST = 946684800.0, 4102444800.0
"""The range of valid stamps: a value before the year 2000 means "unknown"."""


SKEW = 2.0
"""The largest difference, in seconds, between the clocks of Kubernetes and Prometheus."""


class Step(NamedTuple):
    """A change between two samples; times are Unix seconds."""

    last: float
    """When the value was last `was`."""
    by: float
    """When the value was first `now`."""
    was: float
    now: float


class State(Struct, frozen=True):
    """The samples of one metric of one object, of all instances of kube-state-metrics together, in order of time."""

    times: Array
    values: Array

    def at(self, time: float) -> float | None:
        """The last value up to `time`; None if there is none."""
        index = int(np.searchsorted(self.times, time, side="right")) - 1
        return float(self.values[index]) if index >= 0 else None

    def steps(self) -> Iterator[Step]:
        """Every change of the value."""
        for index in (np.flatnonzero(np.diff(self.values)) + 1).tolist():
            times, values = self.times[index - 1 : index + 1].tolist(), self.values[index - 1 : index + 1].tolist()
            yield Step(*times, *values)

    def stamps(self) -> Iterator[tuple[float, float]]:
        """Every value that is an instant, with the time at which it was first seen."""
        values, first = np.unique(self.values, return_index=True)
        for value, index in zip(values.tolist(), first.tolist(), strict=True):
            if _LEAST < value < _MOST:
                yield value, float(self.times[index])

    def between(self, begin: float, end: float) -> "State":
        """The samples from `begin` to `end`."""
        kept = (self.times >= begin) & (self.times <= end)
        return State(self.times[kept], self.values[kept])


ByPod: TypeAlias = Mapping[tuple[str, ...], Mapping[tuple[str, ...], State]]
"""By namespace, pod and uid, and then by the metric's further labels: container, reason."""
Metrics: TypeAlias = Mapping[str, ByPod]
"""By the name of the metric; metrics without samples are left out."""
NONE = State(np.array([]), np.array([]))


def label(labels: Mapping[str, str], name: str) -> str:
    """The label as it was exposed: Prometheus renames it if honor_labels is off and the target has the same label."""
    return labels.get(f"exported_{name}") or labels.get(name, "")


def states(found: Iterable[Series], *names: str) -> dict[tuple[str, ...], State]:
    """The states of objects, by these labels. Duplicates, such as those of replicas, are merged."""
    pieces: dict[tuple[str, ...], list[Series]] = {}
    for one in found:
        if len(one.times):
            pieces.setdefault(tuple(label(one.labels, name) for name in names), []).append(one)
    every = {key: joined(many) for key, many in sorted(pieces.items())}
    return {key: State(one.times, one.values) for key, one in every.items()}


def by_pod(found: Iterable[Series], *names: str) -> ByPod:
    """The states of pods, first by pod and then by these further labels."""
    kept: dict[tuple[str, ...], dict[tuple[str, ...], State]] = {}
    for key, state in states(found, "namespace", "pod", "uid", *names).items():
        kept.setdefault(key[:3], {})[key[3:]] = state
    return kept


def second(value: float) -> Moment:
    """The instant of a stamp, which is cut to whole seconds."""
    begin = instant(value)
    return Moment(begin, begin + SECOND)


def within(last: float, by: float) -> Moment:
    """The time between two samples. A stamp, which may be any number, counts as at most _MOST."""
    until = min(by, _MOST)
    return Moment(instant(min(last, until)), instant(until))
