"""Readiness of pods: the first time, lost, regained, or never."""

from collections.abc import Iterator

from collector.event import Event
from sources.cluster.pod_history import PodInstance, Readiness
from sources.cluster.pods import OVERDUE
from sources.fact import Moment
from sources.kube_state_metrics.pod_series import PodSeries
from sources.kube_state_metrics.sampled_pods import Pod
from sources.kube_state_metrics.states import State, second, within
from sources.promql.series import instant

_READY = "kube_pod_status_ready"
_READY_TIME = "kube_pod_status_ready_time"
_SERVING = ("ReplicaSet", "StatefulSet", "DaemonSet")
"""Pods of other owners may have finished."""


def add_readiness(series: PodSeries, found: PodInstance, wanted: State) -> Iterator[Event]:
    """Add the first time that the pod was ready, and each later loss and return of readiness.

    Each return has its own stamp, even if no sample showed the pod as not ready; then the loss is known to be between
    the last sample with the previous stamp and the new stamp. A pod of a Job that is not ready has finished. Yields an
    Event without a meaning of its own if the pod may have been ready before the samples begin.
    """
    pod, ready = series.pod, series.pod.of(series.metrics, _READY)
    stamps = sorted(pod.of(series.metrics, _READY_TIME).stamps())
    whens = [second(value) for value, _ in stamps if value >= series.start]
    whens = whens if stamps else _seen(pod, ready, series.start)
    made_since = pod.created >= series.start
    found.was_ready = not made_since and bool(len(ready.times)) and bool(ready.values[0] == 1)
    metric = _READY_TIME if stamps else _READY
    if whens and not made_since and not found.was_ready:
        # Made before the samples begin: it may have been ready before.
        yield series.mention(whens[0], "is ready", metric, f"ready/{whens[0].earliest.timestamp():.0f}")
        found.was_ready, whens = True, whens[1:]
    for index, when in enumerate(whens):
        one = series.observation(when, metric, f"ready/{when.earliest.timestamp():.0f}")
        of = wanted.at(when.latest.timestamp()) if index == 0 and made_since else None
        numbers = {} if of is None else {"of": of}
        found.readiness.append(Readiness(when, one.evidence, at=one.at, ready=True, numbers=numbers))
    if pod.owner[0] != "Job":
        for when in _lost(pod, ready, pod.of(series.metrics, _READY_TIME)):
            one = series.observation(when, _READY, f"unready/{when.latest.timestamp():.3f}")
            found.readiness.append(Readiness(when, one.evidence, at=one.at))
    found.readiness.sort(key=lambda change: (change.when.latest, change.ready))
    _add_never(series, found, ready)


def _add_never(series: PodSeries, found: PodInstance, ready: State) -> None:
    """Add that the pod was never ready, if it was sampled from its start and for long enough."""
    pod, stop = series.pod, found.stop_requested
    if pod.owner[0] not in _SERVING or not len(ready.times) or ready.values.any() or pod.created < series.start:
        return
    until = min(stop.when.earliest if stop else instant(pod.last), instant(pod.last))
    placed = not found.unschedulable or found.unschedulable[-1].when.latest < until - OVERDUE
    if placed and not (found.evicted or found.failed) and until - instant(pod.created) >= OVERDUE:
        found.not_ready = series.lasting(second(pod.created), until, _READY, "not ready", "")


def _seen(pod: Pod, ready: State, start: float) -> list[Moment]:
    """When the pod became ready, from samples alone."""
    whens = [within(step.last, step.by) for step in ready.steps() if step.now == 1]
    if len(ready.times) and ready.values[0] == 1 and pod.created >= start:
        whens.insert(0, within(pod.created, float(ready.times[0])))
    return whens


def _lost(pod: Pod, ready: State, stamped: State) -> Iterator[Moment]:
    """When the pod lost readiness: shown by samples, or by the stamp of its return."""
    seen = [step for step in ready.steps() if step.now == 0]
    for step in seen:
        yield within(step.last, step.by)
    for step in stamped.steps():
        if step.now > step.was and not any(step.last <= other.last and other.by <= step.by for other in seen):
            yield within(max(pod.created, step.last), max(step.last, step.now + 1))
