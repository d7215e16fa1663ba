"""Readiness of pods: for the first time, lost, and back."""

from collections.abc import Iterator

from collector.event import Event, Kind
from sources.cluster.fields import Moment
from sources.kube_state_metrics.lives import Pod
from sources.kube_state_metrics.pods import EVICTED, Told, requested
from sources.kube_state_metrics.states import Metrics, State, second, within

_READY = "kube_pod_status_ready"
_READY_TIME = "kube_pod_status_ready_time"


def ready_events(told: Told, metrics: Metrics, start: float, wanted: State) -> Iterator[Event]:
    """The first time that the pod was ready, and each later loss and return of that.

    Each return has a stamp of its own, also where no sample saw the pod without; then the loss is known to lie
    between the last sample with the stamp before and the new one. A pod that is stopped, evicted or has done its work
    (of a Job) is not unready. `wanted` is how many pods its workload was to have, `numbers["of"]` of the first time;
    there are samples since `start`.
    """
    pod, ready = told.pod, told.pod.of(metrics, _READY)
    stamps = sorted(pod.of(metrics, _READY_TIME).stamps())
    whens = [second(value) for value, _ in stamps if value >= start] if stamps else _seen(pod, ready, start)
    known = pod.created >= start
    was_ready = not known and bool(len(ready.times)) and ready.values[0] == 1
    for when in whens:
        suffix = f"ready/{when.earliest.timestamp():.0f}"
        metric = _READY_TIME if stamps else _READY
        if known:
            of = wanted.at(when.latest.timestamp())
            numbers = {} if of is None else {"of": of}
            yield told.event(Kind.POD_READY, when, "is ready", metric, suffix, numbers=numbers, fact=told.fact("ready"))
        elif was_ready:
            fact = told.fact("recovered")
            yield told.event(Kind.POD_RECOVERED, when, "is ready again", metric, suffix, fact=fact)
        else:
            # Made before there were samples: nobody knows whether it had been ready.
            yield told.event(Kind.OTHER, when, "is ready", metric, suffix)
        known, was_ready = False, True
    for when in _lost(pod, ready, pod.of(metrics, _READY_TIME)):
        if not _over(pod, metrics, when):
            suffix, fact = f"unready/{when.latest.timestamp():.3f}", told.fact("unready")
            yield told.event(Kind.POD_UNREADY, when, "is no longer ready", _READY, suffix, fact=fact)


def _seen(pod: Pod, ready: State, start: float) -> list[Moment]:
    """When it became ready, from samples alone."""
    whens = [within(step.last, step.by) for step in ready.steps() if step.now == 1]
    if len(ready.times) and ready.values[0] == 1 and pod.created >= start:
        whens.insert(0, within(pod.created, float(ready.times[0])))
    return whens


def _lost(pod: Pod, ready: State, stamped: State) -> Iterator[Moment]:
    """When it was ready no more, and did not say so for the first time."""
    seen = [step for step in ready.steps() if step.now == 0]
    for step in seen:
        yield within(step.last, step.by)
    for step in stamped.steps():
        if step.now > step.was and not any(step.last <= other.last and other.by <= step.by for other in seen):
            yield within(max(pod.created, step.last), max(step.last, step.now + 1))


def _over(pod: Pod, metrics: Metrics, when: Moment) -> bool:
    """Whether it may have stopped being ready because it was to stop."""
    asked = requested(pod, metrics)
    if pod.owner[0] == "Job" or (asked is not None and when.latest > asked.earliest):
        return True
    at = when.latest.timestamp()
    return any(state.at(at) == 1 for name in EVICTED for state in pod.every(metrics, name).values())
