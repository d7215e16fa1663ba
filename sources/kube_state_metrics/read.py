"""Reads the series into Events and Gaps: their precision, and times without scrapes."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta

import numpy as np

from collector.event import Event, order
from collector.source import Document, Gap, Seen
from collector.window import Window
from sources.cluster.coverage import about
from sources.kube_state_metrics.configs import config_events, config_gaps
from sources.kube_state_metrics.deployments import deployment_events, workloads
from sources.kube_state_metrics.drains import drain_events, unknown_drains
from sources.kube_state_metrics.event_factory import EventFactory
from sources.kube_state_metrics.inventory import Inventory, build_inventory, unseen
from sources.kube_state_metrics.jobs import job_events
from sources.kube_state_metrics.lost_nodes import lost_node_events
from sources.kube_state_metrics.metrics import METRICS, NEEDED, NEEDED_OF, metric_of
from sources.kube_state_metrics.nodes import node_events
from sources.kube_state_metrics.pod_series import PodSeries
from sources.kube_state_metrics.pods import pod_events
from sources.kube_state_metrics.scrape_times import ScrapeTimes
from sources.kube_state_metrics.sets import set_events
from sources.kube_state_metrics.states import NONE, Metrics, State, by_pod, states
from sources.kube_state_metrics.workload_deletions import deletion_events
from sources.promql.answers import Answers
from sources.promql.limits import LEAD, MOST_SERIES
from sources.promql.series import Series, asked, instant

_FURTHER: Mapping[str, tuple[str, ...]] = {
    "kube_pod_container_status_waiting_reason": ("container", "reason"),
    "kube_pod_init_container_status_waiting_reason": ("container", "reason"),
    "kube_pod_container_status_last_terminated_reason": ("container", "reason"),
    "kube_pod_init_container_status_last_terminated_reason": ("container", "reason"),
    "kube_pod_container_status_terminated_reason": ("container", "reason"),
    "kube_pod_status_reason": ("reason",),
    "kube_pod_status_disruption_reason": ("reason",),
    "kube_pod_status_phase": ("phase",),
}
_MISSED = 3.0
"""A break of this many usual scrape intervals is reported."""


def read(
    documents: Iterable[Document], window: Window, source: str, cluster: str, *, whole: bool = True
) -> Iterator[Event | Gap | Seen]:
    """All Events in order, then what could not be seen. `whole`: the pods of all namespaces were requested."""
    answers, queries = Answers(), set[tuple[str, str]]()
    for document in documents:
        if document.call == "choice":
            answers.add_warnings(document)
            continue
        yield from answers.add(document)
        if document.call in ("facts", "samples"):
            queries |= _query(document)
    yield from answers.warnings()
    extent = answers.extent()
    if extent is None:
        return
    found: dict[str, list[Series]] = {}
    for call, query in sorted(queries):
        found.setdefault(metric_of(query), []).extend(answers.series(call, query))
    scrapes = ScrapeTimes(found.get("kube_pod_created", []))
    # The queries about configuration begin earlier than all others.
    since = float(scrapes.times[0]) if len(scrapes.times) else (window.start - LEAD).timestamp()
    start = max(extent.start, since)
    inventory = build_inventory(found, cluster, start)
    labels = {name for many in found.values() for one in many for name in one.labels}
    renamed = frozenset(name.removeprefix("exported_") for name in labels if name.startswith("exported_"))
    metrics, factory = _of_pods(found), EventFactory(source, extent.base, renamed)
    events = list(_events(inventory, found, metrics, factory, start))
    # The pods of only some namespaces do not prove that a node lost all its pods.
    events += drain_events(found, inventory, metrics, factory) if whole else ()
    events += config_events(found, window, cluster, factory)
    yield from sorted(events, key=order)
    yield from _coverage(answers, inventory, window, min(window.end.timestamp(), extent.end))
    yield from unseen(inventory)
    yield from () if whole else unknown_drains(found)
    yield from config_gaps(found)


def _query(document: Document) -> set[tuple[str, str]]:
    try:
        return {(document.call, asked(document.asked).query)}
    except (ValueError, IndexError):
        return set()


def _events(
    inventory: Inventory, found: Mapping[str, list[Series]], metrics: Metrics, factory: EventFactory, start: float
) -> Iterator[Event]:
    wanted: dict[tuple[str, str], State] = {}
    deployments = {
        name: states(many, "namespace", "deployment") for name, many in found.items() if "_deployment_" in name
    }
    for workload in workloads(inventory, deployments, start):
        wanted[workload.key] = workload.of("kube_deployment_spec_replicas")
        yield from deployment_events(workload, inventory, factory, metrics)
    for history in inventory.set_histories:
        wanted[history.namespace, f"{history.kind}/{history.name}"] = history.wanted
        yield from set_events(history, inventory, factory, metrics)
    containers = _containers(metrics)
    for pod in inventory.pods:
        series = PodSeries(pod, metrics, inventory, factory, start)
        replicas = wanted.get((pod.key[0], inventory.subject(pod).workload), NONE)
        yield from pod_events(series, containers.get((*pod.key, pod.uid), []), replicas)
    yield from node_events(found, inventory, factory, start)
    yield from lost_node_events(found, inventory, metrics, factory)
    yield from job_events(found, inventory, factory)
    yield from deletion_events(found, inventory, factory)


def _of_pods(found: Mapping[str, list[Series]]) -> Metrics:
    kept = {}
    for metric in METRICS:
        if metric.name in found and metric.name.startswith("kube_pod_") and not metric.once:
            usual = ("container",) if "container" in metric.name else ()
            kept[metric.name] = by_pod(found[metric.name], *_FURTHER.get(metric.name, usual))
    return kept


def _containers(metrics: Metrics) -> dict[tuple[str, ...], list[str]]:
    """The names of the containers of every pod."""
    names: dict[tuple[str, ...], set[str]] = {}
    for metric, pods in metrics.items():
        if "container" in metric:
            for pod, further in pods.items():
                names.setdefault(pod, set()).update(more[0] for more in further)
    return {pod: sorted(many) for pod, many in names.items()}


def _coverage(answers: Answers, inventory: Inventory, window: Window, end: float) -> Iterator[Gap | Seen]:
    """Which metrics were not read or do not exist, how exact the others are, and when nothing was scraped."""
    for selector, count in sorted(answers.counts.items()):
        if count > MOST_SERIES:
            reason = f"{selector}: {count} series, more than the {MOST_SERIES} that are read"
            yield Gap(reason, "name the ones that matter in `namespaces`")
    scrapes = inventory.scrapes
    existing = set(answers.names or ())
    if not existing:
        yield Gap("none of its metrics exists here", "is kube-state-metrics scraped by this Prometheus?")
        return
    kinds = {pod.owner[0] for pod in inventory.pods} | (
        {"Node"} if any("_node_" in name for name in existing) else set()
    )
    needed = [NEEDED, *(those for kind, those in NEEDED_OF.items() if kind in kinds)]
    for name, what in (pair for those in needed for pair in those.items()):
        if name not in existing:
            yield Gap(f"{name} is missing, so {what} cannot be seen", "is it dropped, or denied?")
    times = scrapes.times[(scrapes.times >= window.start.timestamp()) & (scrapes.times <= end)]
    if not len(times):
        yield Gap("no samples in the window", "beyond the retention of Prometheus, or not scraped then")
        return
    usual = scrapes.interval
    if usual:
        yield Gap(
            f"sampled every {usual:.3g} s: what has no stamp of its own is exact to that, and what came and went "
            "in between was not seen; that a pod was to go is known, not who asked for it or why"
        )
    of, long = about(inventory.cluster), max(_MISSED * usual, 60)
    edges = np.concatenate(([window.start.timestamp()], times, [end]))
    for index in np.flatnonzero(np.diff(edges) > long).tolist():
        begin, until = instant(edges[index]), instant(edges[index + 1])
        reason = f"not scraped from {begin:%Y-%m-%d %H:%M:%S} to {until:%H:%M:%S} UTC"
        yield Gap(reason, "was it running?", about=of, span=(begin, until))
    exact = timedelta(seconds=usual)
    for stretch in np.split(scrapes.times, np.flatnonzero(np.diff(scrapes.times) > long) + 1) if usual else ():
        yield Seen(of, "rollouts and pods", instant(stretch[0]), instant(stretch[-1]), exact)
