"""Events of rollouts: started, completed, stuck, and scaling that is none."""

import re
from collections.abc import Iterator
from dataclasses import replace

from collector.event import Event, Identity, Kind, Subject
from sources.cluster.event_objects import Record, path, summary, to_event
from sources.cluster.fields import Moment
from sources.cluster.inference.availability import proven
from sources.cluster.inference.history import History, Rollout
from sources.cluster.inference.scaling import Scaling
from sources.cluster.inventory import Inventory, State

_COMPLETED = re.compile(r"Rollout completed update to revision (\d+)", re.ASCII)


def rollout_events(history: History, inventory: Inventory, source: str) -> Iterator[Event]:
    """Everything about the rollouts of one Deployment.

    `numbers`: `replicas` is how many pods were wanted, or in SCALED how many the ReplicaSet was scaled to; `was` is
    how many it had before.
    """
    for rollout in history.rollouts:
        if rollout.trigger is None:
            yield _started(history, rollout, inventory, source)
    for step in history.scalings:
        yield from _step(history, step, inventory, source)
    yield from _ends(history, inventory, source)


def desired(history: History, rollout: Rollout) -> int | None:
    """How many pods the rollout was to have, as far as known."""
    own = history.sets.get(rollout.new)
    if own and own.desired is not None:
        return own.desired
    return history.deployment.replicas if history.deployment else None


def keys(history: History, rollout: Rollout, inventory: Inventory) -> Identity:
    """What identifies a rollout."""
    own, old = history.sets.get(rollout.new), history.sets.get(rollout.replaces)
    return replace(
        inventory.identity(own),
        replica_set=rollout.new,
        revision="" if rollout.revision is None else str(rollout.revision),
        replaces=old.runs.version if old else "",
    )


def completion(history: History, rollout: Rollout) -> Moment | None:
    """When the Deployment itself says that this rollout completed."""
    return max((state.at for state in states(history, rollout) if state.kind == Kind.ROLLOUT_COMPLETED), default=None)


def states(history: History, rollout: Rollout) -> list[State]:
    """What the Deployment itself said of this rollout."""
    told = history.deployment.states if history.deployment else ()
    # A condition from before the start of the latest has not been brought up to date yet.
    began = [state for state in told if state.at.latest >= rollout.start.earliest]
    return [state for state in began if rollout.end is None or state.at.earliest < rollout.end]


def scaled(subject: Subject, size: int) -> str:
    """The fact that a workload was scaled to this many pods, whoever tells of it."""
    return f"{subject.cluster}/{subject.namespace}/{subject.workload}/scaled to {size}"


def sized(thing: str, size: int | None, was: int | None = None) -> str:
    """That `Deployment cart` was scaled, in words; the sizes as far as they are known."""
    return f"{thing} scaled" + ("" if was is None else f" from {was}") + ("" if size is None else f" to {size}")


def deployment_path(history: History) -> str:
    """Where the API server has the Deployment."""
    kind = history.workload.partition("/")[0]
    group = "argoproj.io/v1alpha1" if kind == "Rollout" else "apps/v1"
    return f"/apis/{group}/namespaces/{history.namespace}/{kind.lower()}s/{history.name}"


def _started(history: History, rollout: Rollout, inventory: Inventory, source: str) -> Event:
    own = history.sets[rollout.new]
    return Event(
        kind=Kind.ROLLBACK_STARTED if rollout.rollback else Kind.ROLLOUT_STARTED,
        at=rollout.start.earliest,
        earliest=rollout.not_before or rollout.start.earliest,
        latest=rollout.start.latest,
        summary=what(history, rollout) + " started",
        source=source,
        native_id=own.uid or rollout.new,
        subject=inventory.of(history.namespace, history.workload),
        keys=keys(history, rollout, inventory),
        numbers=_replicas(history, rollout),
        query=f"/apis/apps/v1/namespaces/{history.namespace}/replicasets/{rollout.new}",
        fact=_fact(history, rollout, inventory, "started"),
    )


def _step(history: History, step: Scaling, inventory: Inventory, source: str) -> Iterator[Event]:
    """The Event of one scaling; the last occurrence of one that was counted only matters if it means something."""
    kind, rollout = history.meaning(step)
    if step.again and kind == Kind.OTHER:
        return
    event = to_event(step.record, source, inventory)
    if kind == Kind.OTHER:
        yield replace(event, keys=_keys_of(history, step.replica_set, inventory))
        return
    event = replace(
        event,
        kind=kind,
        at=step.at.earliest,
        earliest=step.at.earliest,
        latest=step.at.latest,
        native_id=f"{step.record.uid}/last" if step.again else step.record.uid,
        keys=_keys_of(history, step.replica_set, inventory),
        numbers={**event.numbers, "replicas": step.to} | ({} if step.was is None else {"was": step.was}),
    )
    if kind == Kind.SCALED or rollout is None:
        words = sized(history.workload.replace("/", " "), step.to, step.was)
        yield replace(event, summary=words, description=event.summary, fact=scaled(event.subject, step.to))
        return
    yield replace(
        event,
        # It is recorded just after the ReplicaSet was made, by another clock, and is evidence of the same start.
        earliest=min(event.earliest, rollout.start.earliest),
        summary=f"{what(history, rollout)} started: {summary(step.record)}",
        keys=keys(history, rollout, inventory),
        numbers={**event.numbers, **_replicas(history, rollout)},
        fact=_fact(history, rollout, inventory, "started"),
    )


def _ends(history: History, inventory: Inventory, source: str) -> Iterator[Event]:
    """What the Deployment itself says of each rollout, else what its steps prove."""
    for rollout in history.rollouts:
        kind = Kind.ROLLBACK_COMPLETED if rollout.rollback else Kind.ROLLOUT_COMPLETED
        completed = completion(history, rollout)
        stuck = [state.at for state in states(history, rollout) if state.kind == Kind.ROLLOUT_STUCK]
        for at in stuck:
            yield _end(history, rollout, inventory, source, Kind.ROLLOUT_STUCK, at, deployment_path(history))
        proof = next((step for step, every in proven(history, rollout) if every), None)
        record = next((record for record in history.records if _completes(record, rollout)), None)
        if completed:
            yield _end(history, rollout, inventory, source, kind, completed, deployment_path(history))
        elif record:
            yield _end(history, rollout, inventory, source, kind, record.first, path(record))
        elif proof and not stuck:
            yield _end(history, rollout, inventory, source, kind, proof.at, path(proof.record))


def _completes(record: Record, rollout: Rollout) -> bool:
    """Whether it is what the controller of Argo Rollouts says when the rollout is complete."""
    match = _COMPLETED.match(record.message) if record.reason == "RolloutCompleted" else None
    return match is not None and rollout.revision is not None and match[1] == str(rollout.revision)


def _end(
    history: History, rollout: Rollout, inventory: Inventory, source: str, kind: Kind, at: Moment, query: str
) -> Event:
    word = "makes no progress" if kind == Kind.ROLLOUT_STUCK else "completed"
    return Event(
        kind=kind,
        at=at.earliest,
        earliest=at.earliest,
        latest=at.latest,
        summary=f"{what(history, rollout)} {word}",
        source=source,
        native_id=f"{history.namespace}/{history.name}/{rollout.new}/{at.earliest:%Y-%m-%dT%H:%M:%SZ}",
        subject=inventory.of(history.namespace, history.workload),
        keys=keys(history, rollout, inventory),
        numbers=_replicas(history, rollout),
        query=query,
        fact=_fact(history, rollout, inventory, word),
    )


def _keys_of(history: History, replica_set: str, inventory: Inventory) -> Identity:
    return replace(inventory.identity(history.sets.get(replica_set)), replica_set=replica_set)


def what(history: History, rollout: Rollout) -> str:
    """`Rollout of checkout 1.5.0, replacing 1.4.9`."""
    own, old = history.sets.get(rollout.new), history.sets.get(rollout.replaces)
    if own and old and own.restarted != old.restarted and own.runs.images == old.runs.images:
        return f"Restart of {history.name} {own.runs.version}"
    word = "Rollback" if rollout.rollback else "Rollout"
    version = own.runs.version if own else ""
    new = " ".join(part for part in (history.name, "to" if rollout.rollback and version else "", version) if part)
    replaced = f", replacing {old.runs.version}" if old and old.runs.version else ""
    return f"{word} of {new}{replaced}"


def _replicas(history: History, rollout: Rollout) -> dict[str, float]:
    wanted = desired(history, rollout)
    return {} if wanted is None else {"replicas": wanted}


def _fact(history: History, rollout: Rollout, inventory: Inventory, what: str) -> str:
    return f"{inventory.cluster}/{history.namespace}/ReplicaSet/{rollout.new}/{what}"
