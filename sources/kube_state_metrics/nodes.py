"""Nodes: ready or not, under pressure, cordoned, rebooted, added, removed."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from collector.event import Event, Kind, Subject
from sources.cluster.fields import Moment
from sources.cluster.inference.nodes import PRESSURES
from sources.kube_state_metrics.drains import CORDONED
from sources.kube_state_metrics.inventory import Inventory
from sources.kube_state_metrics.presence import instance
from sources.kube_state_metrics.states import NONE, State, label, second, states, within
from sources.kube_state_metrics.told import Teller
from sources.prometheus.series import Series

_CONDITION = "kube_node_status_condition"
_CREATED = "kube_node_created"
_KERNEL = "kube_node_info"


@dataclass(frozen=True, slots=True)
class _Tell:
    """Makes the Events of nodes."""

    inventory: Inventory
    teller: Teller

    def event(self, kind: Kind, node: str, when: Moment, what: str, metric: str, word: str) -> Event:
        """`word` is what the fact is called."""
        return self.teller.event(
            kind,
            when,
            f"Node {node} {what}",
            f"{node}/{word}/{when.latest.timestamp():.3f}",
            self.teller.selector(metric, node=node),
            subject=Subject(cluster=self.inventory.cluster, workload=f"Node/{node}"),
            fact=f"{self.inventory.cluster}/Node/{node}/{word}",
        )


def node_events(
    found: Mapping[str, Sequence[Series]], inventory: Inventory, teller: Teller, start: float
) -> Iterator[Event]:
    """Conditions that changed, cordons, nodes that came and went, and those that came back with another kernel."""
    tell = _Tell(inventory, teller)
    made = states(found.get(_CREATED, ()), "node")
    yield from _conditions(found.get(_CONDITION, ()), tell)
    yield from _cordons(found.get(CORDONED, ()), tell)
    yield from _reboots(found.get(_KERNEL, ()), made, tell)
    yield from _lives(found.get(_CREATED, ()), made, tell, start)


def _conditions(found: Iterable[Series], tell: _Tell) -> Iterator[Event]:
    for (node, condition), state in states(found, "node", "condition").items():
        for step in state.steps():
            true, when = step.now == 1, within(step.last, step.by)
            if condition == "Ready":
                kind, word = (Kind.NODE_READY, "ready") if true else (Kind.NODE_NOT_READY, "not ready")
                yield tell.event(kind, node, when, f"is {word}", _CONDITION, word)
            else:
                what = PRESSURES.get(condition, f"reports {condition}") if true else f"no longer reports {condition}"
                word = condition if true else f"no {condition}"
                yield tell.event(Kind.NODE_CHANGED, node, when, what, _CONDITION, word)


def _cordons(found: Iterable[Series], tell: _Tell) -> Iterator[Event]:
    for (node,), state in states(found, "node").items():
        for step in state.steps():
            word = "cordoned" if step.now == 1 else "uncordoned"
            yield tell.event(Kind.NODE_CHANGED, node, within(step.last, step.by), f"is {word}", CORDONED, word)


def _reboots(found: Iterable[Series], made: Mapping[tuple[str, ...], State], tell: _Tell) -> Iterator[Event]:
    for node, old, new, when in _kernels(found):
        born = [second(value) for value, _ in made.get((node,), NONE).stamps()]
        # Another machine may get the name of one that was removed.
        if not any(when.earliest <= one.latest and one.earliest <= when.latest for one in born):
            what = f"was rebooted: its kernel {old} became {new}"
            yield tell.event(Kind.NODE_CHANGED, node, when, what, _KERNEL, "Rebooted")


def _lives(
    found: Iterable[Series], made: Mapping[tuple[str, ...], State], tell: _Tell, start: float
) -> Iterator[Event]:
    series: dict[str, list[Series]] = {}
    for one in found:
        series.setdefault(label(one.labels, "node"), []).append(one)
    for (node,), state in made.items():
        for value, _ in state.stamps():
            if value >= start:
                yield tell.event(Kind.NODE_CHANGED, node, second(value), "was added", _CREATED, "added")
            last = float(state.times[state.values == value][-1])
            by = [instance(one) for one in series[node] if np.any(one.values == value)]
            gone = tell.inventory.presence.missed(last, by)
            if gone is not None:
                when = within(last, gone)
                yield tell.event(Kind.NODE_CHANGED, node, when, "was removed", _CREATED, "RemovingNode")


def _kernels(found: Iterable[Series]) -> Iterator[tuple[str, str, str, Moment]]:
    """Each node that came to run a kernel that it had not before, with the two and when; only a reboot does that."""
    ran: dict[str, list[tuple[float, str, State]]] = {}
    for (node, kernel), state in states(found, "node", "kernel_version").items():
        if kernel:
            ran.setdefault(node, []).append((float(state.times[0]), kernel, state))
    for node, kernels in ran.items():
        kernels.sort(key=lambda each: each[:2])
        for (_, old, state), (first, new, _) in pairwise(kernels):
            # Of several kube-state-metrics one may be late to know.
            last = float(state.times[state.times < first].max(initial=state.times[0]))
            yield node, old, new, within(last, first)
