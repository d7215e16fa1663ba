"""Nodes: ready or not, under pressure, cordoned, rebooted, added, removed."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

import numpy as np

from collector.event import Event, Kind, Subject
from sources.kube_state_metrics.drains import CORDONED
from sources.kube_state_metrics.inventory import Inventory
from sources.kube_state_metrics.presence import instance
from sources.kube_state_metrics.states import State, label, second, states, within
from sources.kube_state_metrics.told import Teller
from sources.kubernetes.nodes import PRESSURES
from sources.kubernetes.objects import Moment
from sources.prometheus.series import Series

_CONDITION = "kube_node_status_condition"
_CREATED = "kube_node_created"
_KERNEL = "kube_node_info"


def node_events(
    found: Mapping[str, Sequence[Series]], inventory: Inventory, teller: Teller, start: float
) -> Iterator[Event]:
    """Conditions that changed, cordons, nodes that came and went, and those that came back with another kernel."""

    def event(kind: Kind, node: str, when: Moment, what: str, metric: str, word: str) -> Event:
        return teller.event(
            kind,
            when,
            f"Node {node} {what}",
            f"{node}/{word}/{when.latest.timestamp():.3f}",
            teller.selector(metric, node=node),
            subject=Subject(cluster=inventory.cluster, workload=f"Node/{node}"),
            fact=f"{inventory.cluster}/Node/{node}/{word}",
        )

    for (node, condition), state in states(found.get(_CONDITION, ()), "node", "condition").items():
        for step in state.steps():
            true, when = step.now == 1, within(step.last, step.by)
            if condition == "Ready":
                kind, word = (Kind.NODE_READY, "ready") if true else (Kind.NODE_NOT_READY, "not ready")
                yield event(kind, node, when, f"is {word}", _CONDITION, word)
            else:
                what = PRESSURES.get(condition, f"reports {condition}") if true else f"no longer reports {condition}"
                word = condition if true else f"no {condition}"
                yield event(Kind.NODE_CHANGED, node, when, what, _CONDITION, word)
    for (node,), state in states(found.get(CORDONED, ()), "node").items():
        for step in state.steps():
            word = "cordoned" if step.now == 1 else "uncordoned"
            yield event(Kind.NODE_CHANGED, node, within(step.last, step.by), f"is {word}", CORDONED, word)
    made = states(found.get(_CREATED, ()), "node")
    for node, old, new, when in _kernels(found.get(_KERNEL, ())):
        # Another machine may get the name of one that was removed.
        stamps = made[node,].stamps() if (node,) in made else ()
        if not any(
            when.earliest <= second(value).latest and second(value).earliest <= when.latest for value, _ in stamps
        ):
            what = f"was rebooted: its kernel {old} became {new}"
            yield event(Kind.NODE_CHANGED, node, when, what, _KERNEL, "Rebooted")
    series: dict[str, list[Series]] = {}
    for one in found.get(_CREATED, ()):
        series.setdefault(label(one.labels, "node"), []).append(one)
    for (node,), state in made.items():
        for value, _ in state.stamps():
            if value >= start:
                yield event(Kind.NODE_CHANGED, node, second(value), "was added", _CREATED, "added")
            last = float(state.times[state.values == value][-1])
            by = [instance(one) for one in series[node] if np.any(one.values == value)]
            gone = inventory.presence.missed(last, by)
            if gone is not None:
                yield event(Kind.NODE_CHANGED, node, within(last, gone), "was removed", _CREATED, "RemovingNode")


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
