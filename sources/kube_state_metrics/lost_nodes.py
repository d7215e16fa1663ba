"""Pods that are deleted because their node was lost."""

from collections.abc import Iterator, Mapping, Sequence

from collector.event import Event
from sources.cluster.facts import pods as facts
from sources.fact import Moment
from sources.kube_state_metrics.deletions import requested
from sources.kube_state_metrics.event_factory import EventFactory
from sources.kube_state_metrics.inventory import Inventory, ReplicaSet
from sources.kube_state_metrics.pod_series import PodSeries
from sources.kube_state_metrics.states import Metrics, states
from sources.promql.series import Series

_INFO = "kube_pod_info"
_READY = "kube_node_status_condition"


def lost_node_events(
    found: Mapping[str, Sequence[Series]], inventory: Inventory, metrics: Metrics, factory: EventFactory
) -> Iterator[Event]:
    """Pods with a deletion that was requested while their node was not ready, unless their ReplicaSet became smaller.

    A rollout or a smaller size would explain the deletion. Nothing else shows the cause: a deletion has no reason.
    """
    ready = states(found.get(_READY, ()), "node", "condition")
    for pod in inventory.pods:
        node = pod.nodes[0] if len(pod.nodes) == 1 else ""
        state, when = ready.get((node, "Ready")), requested(pod, metrics)
        if not node or state is None or when is None or state.at(when.latest.timestamp()) != 0:
            continue
        if not _shrank(inventory.replica_set(pod), when):
            words = f"is to be deleted while its node {node} is not ready"
            series = PodSeries(pod, metrics, inventory, factory, 0.0)
            one = series.observation(when, _INFO, "evicted/NodeLost")
            keys = inventory.identity(inventory.template(pod))
            yield factory.report(
                facts.evicted(inventory.subject(pod), words),
                when,
                one.evidence.native_id,
                one.evidence.query,
                at=one.at,
                keys=keys,
            )


def _shrank(own: ReplicaSet | None, when: Moment) -> bool:
    """Whether the number of pods wanted of a ReplicaSet fell at that time."""
    begin, end = when.earliest.timestamp(), when.latest.timestamp()
    return own is not None and any(
        step.now < step.was and step.last <= end and begin <= step.by for step in own.replicas.steps()
    )
