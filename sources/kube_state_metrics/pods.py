"""The history of a pod, from its series: made, scheduled, ready, evicted, deleted, gone."""

from collections.abc import Iterator

from collector.event import Event
from sources.cluster.pod_history import Observation, PodInstance
from sources.cluster.pods import pod_events as events_of_instance
from sources.kube_state_metrics.containers import add_containers
from sources.kube_state_metrics.deletions import DELETION, GRACE, requested
from sources.kube_state_metrics.pod_series import PodSeries
from sources.kube_state_metrics.readiness import add_readiness
from sources.kube_state_metrics.states import State, second
from sources.promql.series import instant

_REASON = "kube_pod_status_reason"
_DISRUPTION = "kube_pod_status_disruption_reason"
_UNSCHEDULABLE = "kube_pod_status_unschedulable"
_SCHEDULED = "kube_pod_status_scheduled_time"
_STARTED = "kube_pod_container_state_started"
_REFUSED = ("NodeAffinity", "UnexpectedAdmissionError")
"""Reasons of failed pods that their node never started."""


def pod_events(series: PodSeries, names: list[str], wanted: State) -> Iterator[Event]:
    """All Events that the series of a pod show.

    `names` are those of its containers. `wanted` is how many pods its workload was to have, which is `numbers["of"]` of
    the first time that the pod is ready.
    """
    pod = series.pod
    if pod.created >= series.start:
        yield series.mention(second(pod.created), "was created", "kube_pod_created", "created")
    for name in names:
        for value, _ in pod.of(series.metrics, _STARTED, name).stamps():
            if value >= series.start:
                words, suffix = f"started container {name}", f"{name}/started/{value:.0f}"
                yield series.mention(second(value), words, _STARTED, suffix)
    found = _instance(series)
    yield from add_readiness(series, found, wanted)
    yield from add_containers(series, found, names)
    yield from events_of_instance(found, series.factory.source)


def _instance(series: PodSeries) -> PodInstance:
    pod, metrics, inventory = series.pod, series.metrics, series.inventory
    found = PodInstance(
        subject=inventory.subject(pod),
        uid=pod.uid or "/".join(pod.key),
        keys=inventory.identity(inventory.template(pod)),
        started=second(pod.created),
    )
    for value, _ in pod.of(metrics, _SCHEDULED).stamps():
        if value >= series.start:
            found.scheduled.append(series.observation(second(value), _SCHEDULED, f"scheduled/{value:.0f}"))
    for state in pod.every(metrics, _UNSCHEDULABLE).values():
        for when, _ in series.appearances(state):
            suffix = f"unschedulable/{when.latest.timestamp():.3f}"
            found.unschedulable.append(series.observation(when, _UNSCHEDULABLE, suffix))
    _add_end(series, found)
    return found


def _add_end(series: PodSeries, found: PodInstance) -> None:
    """Add its eviction or refusal, and its deletion at the time of the request."""
    pod, metrics = series.pod, series.metrics
    for metric in (_REASON, _DISRUPTION):
        for (reason,), state in pod.every(metrics, metric).items():
            for when, until in series.appearances(state)[:1]:
                if metric == _REASON and reason in _REFUSED:
                    found.start_failures.append(series.lasting(when, until, metric, f"refused/{reason}", reason))
                else:
                    found.evicted.append(series.observation(when, metric, f"evicted/{reason}", reason))
                if metric == _REASON:
                    # The remaining pod object has no containers any more.
                    found.failed = True
    asked = None if found.failed else requested(pod, metrics)
    if asked is None:
        return
    state = pod.of(metrics, DELETION)
    if not len(state.times):
        found.stop_requested = series.observation(asked, "kube_pod_created", "terminated", how="is gone")
        return
    due = next((value for value, _ in state.stamps()), 0.0)
    guess = instant(due) - GRACE
    at = guess if asked.earliest <= guess <= asked.latest else series.factory.likely(asked)
    found.stop_requested = Observation(asked, series.evidence(DELETION, "terminated", at), at=at)
