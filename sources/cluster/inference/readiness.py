"""When the pods of a rollout became ready."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from collector.event import SECOND, Event, Identity
from sources.cluster.event_meanings import Meaning
from sources.cluster.event_objects import Record, meaning, path
from sources.cluster.facts import pods as facts
from sources.cluster.inference.availability import available
from sources.cluster.inference.deployment_history import DeploymentHistory
from sources.cluster.inference.deployment_rollouts import DeploymentRollout
from sources.cluster.inference.pods import recovered
from sources.cluster.inference.rollouts import completion, deployment_path, desired, keys
from sources.cluster.inventory import Inventory, Key, Pod
from sources.fact import Moment, report, shared


class Proof(NamedTuple):
    """Proof that a pod had become ready, although its time was not recorded."""

    ready: Moment
    shown: datetime
    """When the controller took a step that requires the pod to be ready."""
    query: str
    """The path of the evidence."""


class KnownPod(Struct):
    """Facts about one pod of a ReplicaSet, even after it is gone."""

    created: Moment
    started: Moment | None = None
    """When the kubelet started its first container."""
    stopped: Moment | None = None
    """When it was asked to stop, or was evicted."""
    ready: Moment | None = None
    """When it last became ready, if it was ready when it was listed."""
    listed: Pod | None = None


def pods_by_replica_set(inventory: Inventory, records: Iterable[Record]) -> Mapping[Key, Mapping[str, KnownPod]]:
    """The pods of every ReplicaSet, by name, from the pods that exist and from Events."""
    found: dict[Key, dict[str, KnownPod]] = {}
    for pod in inventory.pods.values():
        own = inventory.replica_set(*pod.key)
        if own and pod.created:
            found.setdefault(own.key, {})[pod.key[1]] = KnownPod(pod.created, ready=pod.glance.ready, listed=pod)
    for record in records:
        name = record.pod
        own = inventory.replica_set(record.about_namespace, name) if name else None
        if own is None:
            continue
        pods = found.setdefault(own.key, {})
        known = pods.get(name) or pods.setdefault(name, KnownPod(record.first))
        known.created = min(known.created, record.first)
        if record.kind == "Pod" and record.reason == "Started":
            known.started = min(known.started or record.first, record.first)
        # A container that is killed for its probe is restarted.
        if meaning(record) in (Meaning.TERMINATED, Meaning.EVICTED):
            known.stopped = min(known.stopped or record.first, record.first)
    return found


def ready_events(
    history: DeploymentHistory, pods: Mapping[Key, Mapping[str, KnownPod]], inventory: Inventory, source: str
) -> Iterator[Event]:
    """One Event per pod of a rollout that is known or proven to have become ready.

    `numbers["of"]` is how many pods the rollout was to have.

    A pod that still exists shows its readiness, unless that has changed again since. Otherwise, let m be
    minReadySeconds, and let a step of the rollout at t prove that n new pods were available (see `availability`); the
    completion of the rollout proves it for all. Only pods created before t - m can have been available. If these are no
    more than n, each of them was, and became ready between the start of its first container and t + 1 s - m. A pod
    without such a proof is not reported, nor is one made after the completion: it replaces another one.
    """
    for rollout in history.rollouts:
        completed = completion(history, rollout)
        ours = {
            name: pod
            for name, pod in pods.get((history.namespace, rollout.new), {}).items()
            if rollout.covers(pod.created) and (completed is None or pod.created <= completed)
        }
        proofs = _proofs(history, rollout, ours)
        known_by = shared(replace(keys(history, rollout, inventory), replaces=""))
        for name, pod in sorted(ours.items()):
            proof = proofs.get(name)
            if pod.ready and rollout.covers(pod.ready) and (proof is None or pod.ready.earliest <= proof.ready.latest):
                yield _event(history, rollout, inventory, source, name, pod.ready, known_by)
            elif proof:
                yield _event(history, rollout, inventory, source, name, proof.ready, known_by, proof)
                if pod.ready and pod.listed:
                    # The pod had been ready, so its readiness must have changed since.
                    yield recovered(pod.listed, pod.ready, inventory, source)


def _proofs(history: DeploymentHistory, rollout: DeploymentRollout, ours: Mapping[str, KnownPod]) -> dict[str, Proof]:
    """The first proof for every pod that something proves to have been available."""
    own = history.sets.get(rollout.new)
    found: dict[str, Proof] = {}
    if own is None:
        return found
    for step, bound in available(history, rollout):
        latest = step.at.latest - own.min_ready
        before = [i for i, other in enumerate(history.scalings) if other.at.earliest < latest]
        spec = history.size_after(rollout.new, before[-1]) if before else None
        may = _candidates(ours, step.at, own.min_ready)
        # Pods that no Event names count as well: they may be the available ones.
        if spec is not None and bound >= max(spec, len(may)):
            for name, earliest in may.items():
                found.setdefault(name, Proof(Moment(earliest, latest), step.at.earliest, path(step.record)))
    completed, wanted = completion(history, rollout), desired(history, rollout)
    if completed and wanted is not None:
        may = _candidates(ours, completed, own.min_ready)
        query = deployment_path(history)
        for name, earliest in may.items() if len(may) <= wanted else ():
            ready = Moment(earliest, completed.latest - own.min_ready)
            found.setdefault(name, Proof(ready, completed.earliest, query))
    return found


def _candidates(ours: Mapping[str, KnownPod], at: Moment, min_ready: timedelta) -> dict[str, datetime]:
    """The pods that may have been available at that moment, each with the earliest time it can have been ready."""
    since = {name: max(pod.created, pod.started or pod.created).earliest for name, pod in ours.items()}
    gone = {name for name, pod in ours.items() if pod.stopped and pod.stopped.latest <= at.earliest}
    return {name: start for name, start in since.items() if start < at.latest - min_ready and name not in gone}


def _event(
    history: DeploymentHistory,
    rollout: DeploymentRollout,
    inventory: Inventory,
    source: str,
    name: str,
    when: Moment,
    known_by: Identity,
    proof: Proof | None = None,
) -> Event:
    wanted = desired(history, rollout)
    subject = inventory.subject_of_workload(history.namespace, history.workload, name)
    words = "is ready"
    if proof:
        words = f"was ready by then, which the controller's step at {proof.shown:%H:%M:%S} UTC proves"
    return report(
        facts.ready(subject, words),
        when,
        source=source,
        native_id=f"{history.namespace}/{name}",
        # The controller acts as soon as it may, so the true time is near the end of the proven interval.
        at=max(when.earliest, when.latest - SECOND) if proof else when.earliest,
        keys=known_by,
        numbers={} if wanted is None else {"of": wanted},
        query=proof.query if proof else f"/api/v1/namespaces/{history.namespace}/pods/{name}",
    )
