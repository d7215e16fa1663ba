"""Events of Deployments: rollouts started, completed, stuck, and scaling apart from them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from collector.event import Event, Identity, Kind
from sources.kube_state_metrics.inventory import Inventory, Pod, ReplicaSet
from sources.kube_state_metrics.rollouts import Rollout, rollouts
from sources.kube_state_metrics.states import NONE, State, within
from sources.kube_state_metrics.told import Teller
from sources.kubernetes.inventory import Key
from sources.kubernetes.objects import Moment

_SPEC = "kube_deployment_spec_replicas"
_STATUS = "kube_deployment_status_replicas"
_UPDATED = f"{_STATUS}_updated"
_AVAILABLE = f"{_STATUS}_available"
_CONDITION = "kube_deployment_status_condition"
_SET = "kube_replicaset_spec_replicas"


@dataclass(frozen=True, slots=True)
class Workload:
    """What is known of one Deployment."""

    key: Key
    sets: Sequence[ReplicaSet]
    states: Mapping[str, State]
    """By the name of the metric."""
    rollouts: Sequence[Rollout]

    def of(self, metric: str) -> State:
        """The samples of a metric of it; none if there are none."""
        return self.states.get(metric, NONE)


def workloads(
    inventory: Inventory, metrics: Mapping[str, Mapping[tuple[str, ...], State]], start: float
) -> Iterator[Workload]:
    """Every Deployment that is the owner of a ReplicaSet, or is sampled itself, in order of their names."""
    sets: dict[Key, list[ReplicaSet]] = {}
    for own in inventory.replica_sets.values():
        sets.setdefault((own.key[0], own.deployment), []).append(own)
    pods: dict[Key, list[Pod]] = {}
    for pod in inventory.pods:
        own_set = inventory.replica_set(pod)
        if own_set:
            pods.setdefault((pod.key[0], own_set.deployment), []).append(pod)
    sampled = {(namespace, name) for namespace, name in metrics.get(_SPEC, {})}
    for key in sorted({*sets, *sampled}):
        states = {name: found[key] for name, found in metrics.items() if key in found}
        ours = sorted(sets.get(key, ()), key=lambda own: own.key)
        yield Workload(key, ours, states, rollouts(ours, pods.get(key, ()), start))


def deployment_events(workload: Workload, inventory: Inventory, teller: Teller) -> Iterator[Event]:
    """Everything about one Deployment.

    `numbers["replicas"]` is how many pods were wanted, in SCALED how many it was scaled to, from `was`.
    """
    tell = _Tell(workload, inventory, teller)
    for rollout in workload.rollouts:
        kind = Kind.ROLLBACK_STARTED if rollout.rollback else Kind.ROLLOUT_STARTED
        yield tell.rollout(kind, rollout, rollout.start, "started", _SET, at=rollout.at)
        completed = _completed(workload, rollout)
        if completed:
            kind = Kind.ROLLBACK_COMPLETED if rollout.rollback else Kind.ROLLOUT_COMPLETED
            yield tell.rollout(kind, rollout, completed, "completed", _UPDATED)
    for step in workload.of(_CONDITION).steps():
        when = within(step.last, step.by)
        for rollout in workload.rollouts if step.now == 1 else ():
            if rollout.covers(step.by):
                yield tell.rollout(Kind.ROLLOUT_STUCK, rollout, when, "makes no progress", _CONDITION)
    for step in workload.of(_SPEC).steps():
        yield tell.scaled(within(step.last, step.by), step.was, step.now)


def _completed(workload: Workload, rollout: Rollout) -> Moment | None:
    """When all pods wanted were new and available, and no others left.

    ReplicaSets and Deployment are sampled together, but each may be ahead of the other by moments; so both have to
    tell it.
    """
    previous = rollout.start.earliest.timestamp()
    for time in workload.of(_UPDATED).times.tolist():
        if not rollout.covers(time):
            continue
        if _all_new(workload, rollout.new, time):
            return within(previous, time)
        previous = time
    return None


def _all_new(workload: Workload, new: ReplicaSet, time: float) -> bool:
    wanted = workload.of(_SPEC).at(time)
    if not wanted:
        return False
    known = [workload.of(metric).at(time) for metric in (_STATUS, _UPDATED, _AVAILABLE)]
    others = sum(own.replicas.at(time) or 0 for own in workload.sets if own is not new)
    return new.replicas.at(time) == wanted and not others and all(each in (None, wanted) for each in known)


@dataclass(frozen=True, slots=True)
class _Tell:
    """What the Events of one Deployment have in common."""

    workload: Workload
    inventory: Inventory
    teller: Teller

    def rollout(
        self, kind: Kind, rollout: Rollout, when: Moment, word: str, metric: str, at: datetime | None = None
    ) -> Event:
        """One Event of a rollout."""
        namespace, name = self.workload.key
        new = rollout.new.key[1]
        wanted = self.workload.of(_SPEC).at(when.latest.timestamp())
        labels = {"replicaset": new} if metric == _SET else {"deployment": name}
        return self.teller.event(
            kind,
            when,
            f"{_what(self.inventory, rollout, name)} {word}",
            f"{namespace}/{new}/{when.latest.timestamp():.3f}",
            self.teller.selector(metric, namespace=namespace, **labels),
            subject=self.inventory.of(namespace, name),
            at=at,
            keys=_keys(self.inventory, rollout),
            numbers={} if wanted is None else {"replicas": wanted},
            fact=f"{self.inventory.cluster}/{namespace}/ReplicaSet/{new}/{word}",
        )

    def scaled(self, when: Moment, was: float, now: float) -> Event:
        """The Deployment was to have more pods, or fewer."""
        namespace, name = self.workload.key
        return self.teller.event(
            Kind.SCALED,
            when,
            f"Deployment {name} scaled from {was:.0f} to {now:.0f}",
            f"{namespace}/{name}/{when.latest.timestamp():.3f}",
            self.teller.selector(_SPEC, namespace=namespace, deployment=name),
            subject=self.inventory.of(namespace, name),
            numbers={"replicas": now, "was": was},
            fact=f"{self.inventory.cluster}/{namespace}/Deployment/{name}/scaled to {now:.0f}",
        )


def _keys(inventory: Inventory, rollout: Rollout) -> Identity:
    old = rollout.replaces
    replaces = inventory.identity(old.key).version if old else ""
    return replace(inventory.identity(rollout.new.key), replaces=replaces)


def _what(inventory: Inventory, rollout: Rollout, name: str) -> str:
    """`Rollout of checkout 1.5.0, replacing 1.4.9`."""
    keys = _keys(inventory, rollout)
    version = keys.version
    if version and version == keys.replaces:
        return f"Restart of {name} {version}"
    word = "Rollback" if rollout.rollback else "Rollout"
    new = " ".join(part for part in (name, "to" if rollout.rollback and version else "", version) if part)
    return f"{word} of {new}" + (f", replacing {keys.replaces}" if keys.replaces else "")
