"""Events of Deployments and Argo Rollouts: rollouts started, completed, stuck, paused, and scaling outside rollouts.

For Argo Rollouts, there are only the metrics of their ReplicaSets and pods.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from collector.event import Event, Identity, Subject
from sources.cluster.facts.rollouts import (
    RolloutName,
    rollout_aborted,
    rollout_completed,
    rollout_paused,
    rollout_resumed,
    rollout_started,
    rollout_stuck,
)
from sources.cluster.facts.scaling import scaled
from sources.cluster.inventory import Key
from sources.fact import Fact, Moment
from sources.kube_state_metrics.event_factory import EventFactory
from sources.kube_state_metrics.inventory import Inventory, ReplicaSet
from sources.kube_state_metrics.rollouts import SampledRollout, sampled_rollouts
from sources.kube_state_metrics.sampled_pods import Pod
from sources.kube_state_metrics.states import NONE, Metrics, State, Step, within

_SPEC = "kube_deployment_spec_replicas"
_PAUSED = "kube_deployment_spec_paused"
_STATUS = "kube_deployment_status_replicas"
_UPDATED = f"{_STATUS}_updated"
_AVAILABLE = f"{_STATUS}_available"
_CONDITION = "kube_deployment_status_condition"
_SET = "kube_replicaset_spec_replicas"
_READY = "kube_pod_status_ready"


class Workload(Struct, frozen=True):
    """The series of one Deployment or Argo Rollout."""

    key: Key
    """Namespace, and kind with name: `Deployment/checkout`."""
    sets: Sequence[ReplicaSet]
    pods: Sequence[Pod]
    states: Mapping[str, State]
    """By the name of the metric."""
    rollouts: Sequence[SampledRollout]

    @property
    def name(self) -> str:
        """The name without the kind."""
        return self.key[1].partition("/")[2]

    @property
    def argo(self) -> bool:
        """Whether it is an Argo Rollout."""
        return self.key[1].startswith("Rollout/")

    def of(self, metric: str) -> State:
        """The samples of one of its metrics; NONE if there are none."""
        return self.states.get(metric, NONE)


def workloads(
    inventory: Inventory, metrics: Mapping[str, Mapping[tuple[str, ...], State]], start: float
) -> Iterator[Workload]:
    """Every Deployment or Argo Rollout that owns a ReplicaSet or is sampled itself, in order.

    `metrics` are those of Deployments, by metric name, then by namespace and name.
    """
    sets: dict[Key, list[ReplicaSet]] = {}
    for own in inventory.replica_sets.values():
        sets.setdefault((own.key[0], own.workload), []).append(own)
    pods: dict[Key, list[Pod]] = {}
    for pod in inventory.pods:
        own_set = inventory.replica_set(pod)
        if own_set:
            pods.setdefault((pod.key[0], own_set.workload), []).append(pod)
    sampled = {(namespace, f"Deployment/{name}") for namespace, name in metrics.get(_SPEC, {})}
    for key in sorted({*sets, *sampled}):
        kind, _, name = key[1].partition("/")
        of = (key[0], name) if kind == "Deployment" else ("", "")
        states = {metric: found[of] for metric, found in metrics.items() if of in found}
        ours = sorted(sets.get(key, ()), key=lambda own: own.key)
        made = pods.get(key, ())
        yield Workload(key, ours, made, states, sampled_rollouts(ours, made, start))


def deployment_events(
    workload: Workload, inventory: Inventory, factory: EventFactory, of_pods: Metrics
) -> Iterator[Event]:
    """All Events of one workload. An Argo Rollout that goes back before it was complete was aborted, or undone.

    `numbers["replicas"]` is how many pods were wanted, or in SCALED the new size, with `was` as the old one.
    """
    make = _Events(workload, inventory, factory)
    before, whole = None, False
    ended: list[tuple[SampledRollout, Moment | None]] = []
    for rollout in workload.rollouts:
        if workload.argo and before and not whole and rollout.new is before.replaces:
            fact = rollout_aborted(make.subject, make.name(before))
            yield make.of_rollout(fact, before, rollout.start, _SET, at=rollout.at)
            before = None
            continue
        yield make.of_rollout(rollout_started(make.name(rollout)), rollout, rollout.start, _SET, at=rollout.at)
        completed = _completed(workload, rollout, of_pods)
        if completed:
            fact = rollout_completed(make.name(rollout))
            yield make.of_rollout(fact, rollout, completed, _SET if workload.argo else _UPDATED)
        before, whole = rollout, completed is not None
        ended.append((rollout, completed))
    for step in workload.of(_CONDITION).steps():
        when = within(step.last, step.by)
        for rollout in workload.rollouts if step.now == 1 else ():
            if rollout.covers(step.by):
                yield make.of_rollout(rollout_stuck(make.name(rollout)), rollout, when, _CONDITION)
    for step in workload.of(_PAUSED).steps():
        yield make.paused_or_resumed(step, _under_way(ended, step))
    for step in workload.of(_SPEC).steps():
        yield make.scaled(within(step.last, step.by), step.was, step.now)


def _completed(workload: Workload, rollout: SampledRollout, of_pods: Metrics) -> Moment | None:
    """When all wanted pods were new and available, and no old ones were left.

    ReplicaSets and Deployments are sampled together, but either may be ahead of the other by moments, so both have to
    show it.
    """
    previous = rollout.start.earliest.timestamp()
    samples = rollout.new.replicas if workload.argo else workload.of(_UPDATED)
    for time in samples.times.tolist():
        if not rollout.covers(time):
            continue
        if _all_new(workload, rollout.new, time, of_pods):
            return within(previous, time)
        previous = time
    return None


def _under_way(ended: Sequence[tuple[SampledRollout, Moment | None]], step: Step) -> SampledRollout | None:
    """The rollout among `ended` (each with its end) that was incomplete when a Deployment was paused or resumed."""
    when = within(step.last, step.by)
    begun = [(rollout, done) for rollout, done in ended if rollout.start.earliest <= when.latest]
    return next((rollout for rollout, done in begun[-1:] if not done or done.latest > when.earliest), None)


def _all_new(workload: Workload, new: ReplicaSet, time: float, of_pods: Metrics) -> bool:
    wanted = new.replicas.at(time) if workload.argo else workload.of(_SPEC).at(time)
    if not wanted:
        return False
    known = [workload.of(metric).at(time) for metric in (_STATUS, _UPDATED, _AVAILABLE)]
    if workload.argo:
        known = [_ready(workload, new, time, of_pods)]
    others = sum(own.replicas.at(time) or 0 for own in workload.sets if own is not new)
    return new.replicas.at(time) == wanted and not others and all(each in (None, wanted) for each in known)


def _ready(workload: Workload, new: ReplicaSet, time: float, of_pods: Metrics) -> float:
    """How many pods of a ReplicaSet were ready."""
    there = [pod for pod in workload.pods if pod.owner[1] == new.key[1] and pod.first <= time <= pod.last]
    return sum(pod.of(of_pods, _READY).at(time) == 1 for pod in there)


class _Events(Struct, frozen=True):
    """The common fields of the Events of one Deployment."""

    workload: Workload
    inventory: Inventory
    factory: EventFactory

    @property
    def subject(self) -> Subject:
        """The subject of the Deployment."""
        return self.inventory.of(*self.workload.key)

    def name(self, rollout: SampledRollout) -> RolloutName:
        """The name of a rollout; the series show only the images of the two pod templates."""
        keys = self._keys(rollout)
        return RolloutName(
            subject=self.subject,
            template=f"ReplicaSet/{rollout.new.key[1]}",
            version=keys.version,
            replaces=keys.replaces,
            rollback=rollout.rollback,
            same_images=self.inventory.same_images(rollout.replaces.key if rollout.replaces else None, rollout.new.key),
        )

    def of_rollout(
        self, fact: Fact, rollout: SampledRollout, when: Moment, metric: str, at: datetime | None = None
    ) -> Event:
        """One Event of a rollout."""
        namespace, new = self.workload.key[0], rollout.new.key[1]
        wanted = self.workload.of(_SPEC).at(when.latest.timestamp())
        labels = {"replicaset": new} if metric == _SET else {"deployment": self.workload.name}
        return self.factory.report(
            fact,
            when,
            f"{namespace}/{new}/{when.latest.timestamp():.3f}",
            self.factory.selector(metric, namespace=namespace, **labels),
            at=at,
            keys=self._keys(rollout),
            numbers={} if wanted is None else {"replicas": wanted},
        )

    def paused_or_resumed(self, step: Step, rollout: SampledRollout | None) -> Event:
        """The Deployment was paused or resumed, with the rollout that was under way then.

        No rollout begins during a pause. So a rollout that began between the same two samples began before a pause, or
        after a resumption.
        """
        name = self.name(rollout) if rollout else None
        fact = rollout_paused(self.subject, name) if step.now == 1 else rollout_resumed(self.subject, name)
        when, at = within(step.last, step.by), None
        if rollout and when.earliest <= rollout.start.earliest:
            if step.now == 1:
                when = Moment(min(rollout.start.earliest, when.latest), when.latest)
            else:
                when, at = Moment(when.earliest, min(rollout.start.latest, when.latest)), rollout.start.earliest
        if rollout:
            return self.of_rollout(fact, rollout, when, _PAUSED, at=at)
        namespace, workload = self.workload.key
        return self.factory.report(
            fact,
            when,
            f"{namespace}/{workload}/{when.latest.timestamp():.3f}",
            self.factory.selector(_PAUSED, namespace=namespace, deployment=self.workload.name),
        )

    def scaled(self, when: Moment, was: float, now: float) -> Event:
        """The number of pods wanted of the Deployment changed."""
        namespace, name = self.workload.key[0], self.workload.name
        return self.factory.report(
            scaled(self.subject, int(now), int(was)),
            when,
            f"{namespace}/{name}/{when.latest.timestamp():.3f}",
            self.factory.selector(_SPEC, namespace=namespace, deployment=name),
            numbers={"replicas": now, "was": was},
        )

    def _keys(self, rollout: SampledRollout) -> Identity:
        old = rollout.replaces
        replaces = self.inventory.identity(old.key).version if old else ""
        return replace(self.inventory.identity(rollout.new.key), replaces=replaces)
