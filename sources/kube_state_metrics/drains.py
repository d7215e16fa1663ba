"""Drained nodes: cordoned, and then without any of the pods that they had."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from collector.event import Event
from collector.source import Gap
from sources.cluster.drains import STAY, Cordon, Departure, Drain, drained
from sources.cluster.facts.nodes import node_drained
from sources.fact import Moment
from sources.kube_state_metrics.deletions import DELETION, requested
from sources.kube_state_metrics.event_factory import EventFactory
from sources.kube_state_metrics.inventory import Inventory
from sources.kube_state_metrics.sampled_pods import Pod
from sources.kube_state_metrics.scrape_times import instance
from sources.kube_state_metrics.states import NONE, Metrics, Step, label, states, within
from sources.promql.series import Series

CORDONED = "kube_node_spec_unschedulable"
_CREATED = "kube_node_created"
_INFO = "kube_pod_info"
_PHASE = "kube_pod_status_phase"
_NEVER = float("inf")


class _End(NamedTuple):
    """When a pod was last seen running, and by when it had ended; times are Unix seconds."""

    last: float
    by: float
    pod: Pod


def drain_events(
    found: Mapping[str, Sequence[Series]], inventory: Inventory, metrics: Metrics, factory: EventFactory
) -> Iterator[Event]:
    """One Event per cordon after which every pod of the node was gone, or had finished.

    That has to happen before the cordon was lifted, and while the node existed. The Event's interval is between the
    sample that showed the last pod and the first without it. If the deletion request of that pod was sampled, the
    interval may begin as early as that: other sources report a node as drained when its last pod was asked to stop.
    """
    had: dict[str, list[Pod]] = {}
    for pod in inventory.pods:
        for node in pod.nodes if pod.owner[0] not in STAY else ():
            had.setdefault(node, []).append(pod)
    for (node,), state in states(found.get(CORDONED, ()), "node").items():
        steps = list(state.steps())
        for step, lifted in zip(steps, [*(step.by for step in steps[1:]), _NEVER], strict=False):
            if step.now != 1:
                continue
            ends = [_end(pod, metrics) for pod in had.get(node, ()) if pod.created <= step.by]
            # Not by when the pods were last seen: another shard may have been scraped slightly earlier.
            ends = [end for end in ends if end.by > step.last]
            removed = _removed(node, step.by, found, inventory) if ends else _NEVER
            pods = [_departure(end, step, lifted, removed) for end in ends]
            drain = drained(Cordon(node, within(step.last, step.by)), pods)
            if drain:
                yield _drained(node, drain, inventory, metrics, factory)


def _departure(end: _End, cordoned: Step, lifted: float, removed: float) -> Departure[_End]:
    """When a pod left; never, if it was there until the cordon was lifted or the node itself was removed."""
    last = max(end.last, cordoned.last)
    return Departure(within(last, end.by) if end.by < lifted and last < removed else None, end)


def unknown_drains(found: Mapping[str, Sequence[Series]]) -> Iterator[Gap]:
    """A Gap if nodes were cordoned but only the pods of some namespaces are read."""
    if any(step.now == 1 for state in states(found.get(CORDONED, ()), "node").values() for step in state.steps()):
        reason = "whether the nodes that were cordoned were drained is not known: not all of their pods are read"
        yield Gap(reason, "leave `namespaces` out")


def _removed(node: str, time: float, found: Mapping[str, Sequence[Series]], inventory: Inventory) -> float:
    """The first scrape without the node that existed at `time`; infinity if there is none."""
    ours = [one for one in found[CORDONED] if label(one.labels, "node") == node]
    # Another machine may get the same name.
    made = states((one for one in found.get(_CREATED, ()) if label(one.labels, "node") == node), "node")
    born = made.get((node,), NONE)
    times = states(ours, "node")[node,].times.tolist()
    last = max(seen for seen in times if born.at(seen) == born.at(time))
    gone = inventory.scrapes.missed(last, [instance(one) for one in ours if last in one.times])
    return float("inf") if gone is None else gone


def _end(pod: Pod, metrics: Metrics) -> _End:
    """The end of a pod; infinity if it was there until the end, or may have been because nothing was scraped."""
    for state in pod.every(metrics, _PHASE).values():
        for over in state.times[state.values == 1][:1].tolist():
            before = pod.before(over)
            return _End(pod.created if before is None else before, over, pod)
    return _End(pod.last, float("inf") if pod.gone is None else pod.gone, pod)


def _drained(node: str, drain: Drain[_End], inventory: Inventory, metrics: Metrics, factory: EventFactory) -> Event:
    last, when = drain.last.pod, drain.when
    asked = requested(last, metrics) if len(last.of(metrics, DELETION).times) else None
    number = f"{drain.pods} {'pod' if drain.pods == 1 else 'pods'} stopped"
    return factory.report(
        node_drained(inventory.cluster, node, number),
        Moment(min(asked.earliest, when.earliest), when.latest) if asked else when,
        f"{node}/drained/{when.latest.timestamp():.3f}",
        factory.selector(_INFO, node=node),
        at=when.earliest + (when.latest - when.earliest) / 2,
        numbers={"pods": drain.pods},
    )
