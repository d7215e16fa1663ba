"""Deleted workloads: their series end while those of others continue."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from collector.event import Event
from sources.cluster.facts.workloads import workload_deleted
from sources.kube_state_metrics.event_factory import EventFactory
from sources.kube_state_metrics.inventory import Inventory
from sources.kube_state_metrics.sampled_pods import key_of
from sources.kube_state_metrics.scrape_times import instance
from sources.kube_state_metrics.states import states, within
from sources.promql.series import Series

_SERIES = {
    "Deployment": "kube_deployment_spec_replicas",
    "StatefulSet": "kube_statefulset_replicas",
    "DaemonSet": "kube_daemonset_metadata_generation",
}
"""A series that every object of a kind has as long as it exists."""


def deletion_events(
    found: Mapping[str, Sequence[Series]], inventory: Inventory, factory: EventFactory
) -> Iterator[Event]:
    """One Event per workload that disappeared, between the last scrape with it and the first without it."""
    for kind, metric in _SERIES.items():
        label = kind.lower()
        series: dict[tuple[str, str], list[Series]] = {}
        for one in found.get(metric, ()):
            series.setdefault(key_of(one, label), []).append(one)
        for (namespace, name), state in states(found.get(metric, ()), "namespace", label).items():
            last = float(state.times[-1])
            seen_by = [instance(one) for one in series[namespace, name] if np.any(one.times == last)]
            gone = inventory.scrapes.missed(last, seen_by)
            if gone is not None:
                when = within(last, gone)
                yield factory.report(
                    workload_deleted(inventory.of(namespace, f"{kind}/{name}"), kind, name),
                    when,
                    f"{namespace}/{kind}/{name}/deleted/{when.latest.timestamp():.3f}",
                    factory.selector(metric, namespace=namespace, **{label: name}),
                )
