"""Nodes: ready or not, under pressure, cordoned, rebooted, added, removed."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

import numpy as np

from collector.event import Event
from sources.cluster.node_history import BOOT, CORDON_STATE, NO, PRESENCE, YES, NodeHistory, NodeState
from sources.fact import Moment
from sources.kube_state_metrics.drains import CORDONED
from sources.kube_state_metrics.event_factory import EventFactory
from sources.kube_state_metrics.inventory import Inventory
from sources.kube_state_metrics.scrape_times import instance
from sources.kube_state_metrics.states import NONE, State, label, second, states, within
from sources.promql.series import Series, instant

_CONDITION = "kube_node_status_condition"
_CREATED = "kube_node_created"
_KERNEL = "kube_node_info"


class _Histories:
    """The history of every node; the evidence is the name of a metric."""

    def __init__(self, cluster: str) -> None:
        self._cluster = cluster
        self.of: dict[str, NodeHistory[str]] = {}

    def add(self, node: str, sight: NodeState, at: float, metric: str) -> None:
        """Add what a sample at that time shows."""
        history = self.of.setdefault(node, NodeHistory(self._cluster, node))
        history.add(sight, Moment(instant(at), instant(at)), metric)

    def add_steps(self, node: str, name: str, state: State, metric: str) -> None:
        """Add the samples around every change of a property that is 1 while it is true."""
        for step in state.steps():
            last, by = min(step.last, step.by), step.by
            self.add(node, NodeState(name, YES if step.was == 1 else NO, None), last, metric)
            self.add(node, NodeState(name, YES if step.now == 1 else NO, None), by, metric)


def node_events(
    found: Mapping[str, Sequence[Series]], inventory: Inventory, factory: EventFactory, start: float
) -> Iterator[Event]:
    """Changed conditions, cordons, added and removed nodes, and nodes that came back with another kernel."""
    histories = _Histories(inventory.cluster)
    made = states(found.get(_CREATED, ()), "node")
    for (node, condition), state in states(found.get(_CONDITION, ()), "node", "condition").items():
        histories.add_steps(node, condition, state, _CONDITION)
    for (node,), state in states(found.get(CORDONED, ()), "node").items():
        histories.add_steps(node, CORDON_STATE, state, CORDONED)
    _add_reboots(found.get(_KERNEL, ()), made, histories)
    _add_presence(found.get(_CREATED, ()), made, histories, inventory, start)
    for node, history in histories.of.items():
        for each in history.occurrences():
            key = each.fact.merge_key.rpartition("/")[2]
            native_id = f"{node}/{key}/{each.when.latest.timestamp():.3f}"
            yield factory.report(each.fact, each.when, native_id, factory.selector(each.evidence, node=node))


def _add_reboots(found: Iterable[Series], made: Mapping[tuple[str, ...], State], histories: _Histories) -> None:
    """A node with another kernel than before was rebooted: nothing else changes the kernel."""
    for node, old, new, last, by in _kernels(found):
        when = within(last, by)
        born = [second(value) for value, _ in made.get((node,), NONE).stamps()]
        # Another machine may get the name of one that was removed.
        if not any(when.earliest <= one.latest and one.earliest <= when.latest for one in born):
            histories.add(node, NodeState(BOOT, old, None), min(last, by), _KERNEL)
            histories.add(node, NodeState(BOOT, new, None, f"its kernel {old} became {new}"), by, _KERNEL)


def _add_presence(
    found: Iterable[Series],
    made: Mapping[tuple[str, ...], State],
    histories: _Histories,
    inventory: Inventory,
    start: float,
) -> None:
    series: dict[str, list[Series]] = {}
    for one in found:
        series.setdefault(label(one.labels, "node"), []).append(one)
    for (node,), state in made.items():
        for value, _ in state.stamps():
            last = float(state.times[state.values == value][-1])
            histories.add(node, NodeState(PRESENCE, YES, second(value) if value >= start else None), last, _CREATED)
            by = [instance(one) for one in series[node] if np.any(one.values == value)]
            gone = inventory.scrapes.missed(last, by)
            if gone is not None:
                histories.add(node, NodeState(PRESENCE, NO, None), gone, _CREATED)


def _kernels(found: Iterable[Series]) -> Iterator[tuple[str, str, str, float, float]]:
    """Each change of a node's kernel: both kernels, when the old one was last seen, when the new one first was."""
    ran: dict[str, list[tuple[float, str, State]]] = {}
    for (node, kernel), state in states(found, "node", "kernel_version").items():
        if kernel:
            ran.setdefault(node, []).append((float(state.times[0]), kernel, state))
    for node, kernels in ran.items():
        kernels.sort(key=lambda each: each[:2])
        for (_, old, state), (first, new, _) in pairwise(kernels):
            # One of several kube-state-metrics may be late.
            last = float(state.times[state.times < first].max(initial=state.times[0]))
            yield node, old, new, last, first
