"""Pods: made, scheduled, evicted, deleted, gone."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from collector.event import Event, Kind
from sources.cluster.fields import Moment
from sources.kube_state_metrics.inventory import Inventory
from sources.kube_state_metrics.lives import Pod
from sources.kube_state_metrics.states import Metrics, State, second, within
from sources.kube_state_metrics.told import Teller
from sources.prometheus.series import instant

GRACE = timedelta(seconds=30)
"""Kubernetes' default; kube-state-metrics does not tell what it is for a pod."""
_REASON = "kube_pod_status_reason"
EVICTED = (_REASON, "kube_pod_status_disruption_reason")
"""The metrics that tell that a pod was evicted, as `disruption_reason` does before it happens."""
_UNSCHEDULABLE = "kube_pod_status_unschedulable"
DELETION = "kube_pod_deletion_timestamp"


@dataclass(frozen=True, slots=True)
class Told:
    """What the Events of one pod have in common."""

    pod: Pod
    inventory: Inventory
    teller: Teller

    @property
    def id(self) -> str:
        """Its uid, else its name and birth."""
        return self.pod.uid or f"{'/'.join(self.pod.key)}/{self.pod.created:.0f}"

    def event(
        self,
        kind: Kind,
        when: Moment,
        what: str,
        metric: str,
        suffix: str,
        *,
        at: datetime | None = None,
        numbers: Mapping[str, float] | None = None,
        fact: str = "",
    ) -> Event:
        """One Event of it; `suffix` tells it apart from its others of this kind."""
        namespace, name = self.pod.key
        return self.teller.event(
            kind,
            when,
            f"Pod {name} {what}",
            f"{self.id}/{suffix}",
            self.teller.selector(metric, namespace=namespace, pod=name),
            subject=self.inventory.subject(self.pod),
            at=at,
            keys=self.inventory.identity(self.inventory.template(self.pod)),
            numbers=numbers,
            fact=fact,
        )

    def appearances(self, state: State) -> list[Moment]:
        """Each time that something came true. Some series are there only while it is, others are 0 else."""
        holds = state.times[state.values == 1].tolist()
        since = [self.pod.before(time) for time in holds]
        return [
            within(self.pod.created if before is None else before, time)
            for before, time, last in zip(since, holds, [None, *holds], strict=False)
            if last is None or (before is not None and last < before)
        ]

    def fact(self, what: str) -> str:
        """The fact that this happened to the pod, as sources/kubernetes tells it."""
        namespace, name = self.pod.key
        return f"{self.inventory.cluster}/{namespace}/Pod/{name}/{what}"


def pod_events(told: Told, metrics: Metrics, start: float) -> Iterator[Event]:
    """Everything but its readiness and the deaths of its containers."""
    pod = told.pod
    if pod.created >= start:
        yield told.event(Kind.OTHER, second(pod.created), "was created", "kube_pod_created", "created")
    for value, _ in pod.of(metrics, "kube_pod_status_scheduled_time").stamps():
        if value >= start:
            metric, suffix = "kube_pod_status_scheduled_time", f"scheduled/{value:.0f}"
            fact = told.fact("scheduled")
            yield told.event(Kind.POD_SCHEDULED, second(value), "was scheduled", metric, suffix, fact=fact)
    for state in pod.every(metrics, _UNSCHEDULABLE).values():
        for when in told.appearances(state):
            suffix = f"unschedulable/{when.latest.timestamp():.3f}"
            fact = told.fact("unschedulable")
            yield told.event(Kind.POD_UNSCHEDULABLE, when, "cannot be scheduled", _UNSCHEDULABLE, suffix, fact=fact)
    yield from _termination(told, metrics)


def requested(pod: Pod, metrics: Metrics) -> Moment | None:
    """When somebody asked for its deletion; None if nobody was seen to.

    The stamp of that is the future: the request and a grace period that is not told. It is there from the request
    until the pod is gone, which may be between two scrapes.
    """
    state = pod.of(metrics, DELETION)
    if len(state.times):
        seen = float(state.times[0])
        before = pod.before(seen)
        return within(pod.created if before is None else before, seen)
    if pod.gone is None:
        return None
    # Where a grace period is never seen, it may have begun long before the pod was gone.
    unknown = 0.0 if DELETION in metrics else GRACE.total_seconds()
    return within(max(pod.created, pod.last - unknown), pod.gone)


def _termination(told: Told, metrics: Metrics) -> Iterator[Event]:
    """Its eviction, and its deletion: at the time of the request."""
    pod, when = told.pod, requested(told.pod, metrics)
    for metric in EVICTED:
        for (reason,), state in pod.every(metrics, metric).items():
            for since in told.appearances(state)[:1]:
                what, suffix = f"is evicted ({reason})", f"evicted/{reason}"
                yield told.event(Kind.POD_EVICTED, since, what, metric, suffix, fact=told.fact("evicted"))
                if metric == _REASON:
                    # What is left of it has no containers any more.
                    return
    fact = told.fact("terminated")
    if when is None:
        return
    state = pod.of(metrics, DELETION)
    if not len(state.times):
        yield told.event(Kind.POD_TERMINATED, when, "is gone", "kube_pod_created", "terminated", fact=fact)
        return
    due = next((value for value, _ in state.stamps()), 0.0)
    guess = instant(due) - GRACE
    at = guess if when.earliest <= guess <= when.latest else None
    yield told.event(Kind.POD_TERMINATED, when, "is being terminated", DELETION, "terminated", at=at, fact=fact)
