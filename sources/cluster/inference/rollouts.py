"""Events of rollouts: started, completed, stuck; and of scaling outside rollouts."""

import re
from collections.abc import Iterator

from msgspec.structs import replace

from collector.event import Event, Identity
from sources.cluster.event_objects import Record, path, summary
from sources.cluster.event_reports import to_event
from sources.cluster.facts.rollouts import RolloutName, rollout_completed, rollout_started, rollout_stuck
from sources.cluster.facts.scaling import scaled
from sources.cluster.inference.availability import available, proven
from sources.cluster.inference.deployment_history import DeploymentHistory, Purpose
from sources.cluster.inference.deployment_rollouts import DeploymentRollout
from sources.cluster.inference.scaling import Scaling
from sources.cluster.inventory import Inventory
from sources.cluster.rollout_names import rollout_name
from sources.cluster.rollout_states import RolloutState, State
from sources.cluster.writers import writer
from sources.fact import Fact, Moment, report

_COMPLETED = re.compile(r"Rollout completed update to revision (\d+)", re.ASCII)


def rollout_events(history: DeploymentHistory, inventory: Inventory, source: str) -> Iterator[Event]:
    """All Events about the rollouts of one Deployment.

    `numbers`: `replicas` is how many pods were wanted, or in SCALED how many the ReplicaSet was scaled to; `was` is how
    many it had before. If no completion is reported, `at_least` is how many new pods must have been available, because
    the later steps prove it.
    """
    for rollout in history.rollouts:
        if rollout.trigger is None:
            yield _started(history, rollout, inventory, source)
    for step in history.scalings:
        yield from _step(history, step, inventory, source)
    yield from _ends(history, inventory, source)


def desired(history: DeploymentHistory, rollout: DeploymentRollout) -> int | None:
    """How many pods the rollout was to have, or None; the objects have only the number wanted now."""
    own = history.sets.get(rollout.new)
    done = completion(history, rollout)
    later = (step for step in history.steps(rollout) if done and step.at > done and step.replica_set == rollout.new)
    scaled_since = next(later, None)
    if scaled_since is not None and scaled_since.was is not None:
        return scaled_since.was
    if own and own.desired is not None:
        return own.desired
    return history.deployment.replicas if history.deployment else None


def name(history: DeploymentHistory, rollout: DeploymentRollout, inventory: Inventory) -> RolloutName:
    """The name of a rollout."""
    return rollout_name(
        inventory.subject_of_workload(history.namespace, history.workload),
        f"ReplicaSet/{rollout.new}",
        history.sets.get(rollout.new),
        history.sets.get(rollout.replaces),
        rollback=rollout.rollback and not rollout.undoes_rollback,
    )


def keys(history: DeploymentHistory, rollout: DeploymentRollout, inventory: Inventory) -> Identity:
    """The ids of a rollout."""
    own, old = history.sets.get(rollout.new), history.sets.get(rollout.replaces)
    return replace(
        inventory.identity(own),
        replica_set=rollout.new,
        revision="" if rollout.revision is None else str(rollout.revision),
        replaces=old.runs.version if old else "",
    )


def completion(history: DeploymentHistory, rollout: DeploymentRollout) -> Moment | None:
    """When the Deployment's status reports that this rollout completed."""
    return max((state.at for state in states(history, rollout) if state.what == RolloutState.COMPLETED), default=None)


def states(history: DeploymentHistory, rollout: DeploymentRollout) -> list[State]:
    """The states that the Deployment's status reports for this rollout."""
    known = history.deployment.states if history.deployment else ()
    return [state for state in known if history.reported_of(state, rollout)]


def deployment_path(history: DeploymentHistory) -> str:
    """The API path of the Deployment."""
    kind = history.workload.partition("/")[0]
    group = "argoproj.io/v1alpha1" if kind == "Rollout" else "apps/v1"
    return f"/apis/{group}/namespaces/{history.namespace}/{kind.lower()}s/{history.name}"


def _started(history: DeploymentHistory, rollout: DeploymentRollout, inventory: Inventory, source: str) -> Event:
    own, called = history.sets[rollout.new], name(history, rollout, inventory)
    by = _writer(history, rollout.start)
    return report(
        rollout_started(called, by=by),
        Moment(rollout.not_before or rollout.start.earliest, rollout.start.latest),
        at=rollout.start.earliest,
        source=source,
        native_id=f"{own.uid or rollout.new}/{rollout.revision}" if rollout.rollback else own.uid or rollout.new,
        keys=keys(history, rollout, inventory),
        numbers=_replicas(history, rollout),
        actor=by,
        query=f"/apis/apps/v1/namespaces/{history.namespace}/replicasets/{rollout.new}",
        description=called.details,
        reason=called.reason,
    )


def _writer(history: DeploymentHistory, start: Moment) -> str:
    return writer(history.deployment.writes, start) if history.deployment else ""


def _step(history: DeploymentHistory, step: Scaling, inventory: Inventory, source: str) -> Iterator[Event]:
    """The Event of one scaling; the last occurrence of a counted one is left out if it is only part of a rollout."""
    purpose, rollout = history.purpose(step)
    if step.again and purpose == Purpose.PART:
        return
    event = to_event(step.record, source, inventory)
    if purpose == Purpose.PART:
        yield replace(event, keys=_keys_of(history, step.replica_set, inventory))
        return
    native_id = f"{step.record.uid}/last" if step.again else step.record.uid
    numbers: dict[str, float] = {**event.numbers, "replicas": step.to} | ({} if step.was is None else {"was": step.was})
    if purpose == Purpose.SIZE or rollout is None:
        # Together the ReplicaSets had more pods than the Deployment wanted.
        of_one = not history.empties(step) or history.count_emptied_with(step) == 1
        yield report(
            scaled(event.subject, step.to, step.was if of_one else None),
            step.at,
            source=source,
            native_id=native_id,
            keys=_keys_of(history, step.replica_set, inventory),
            numbers=numbers,
            query=event.query,
            description=event.summary,
        )
        return
    called = name(history, rollout, inventory)
    by = _writer(history, step.at)
    yield report(
        rollout_started(called, by=by, shown_by=summary(step.record)),
        # It is recorded just after the ReplicaSet was made, by another clock, and is evidence of the same start.
        Moment(min(step.at.earliest, rollout.start.earliest), step.at.latest),
        at=step.at.earliest,
        source=source,
        native_id=native_id,
        keys=keys(history, rollout, inventory),
        numbers={**numbers, **_replicas(history, rollout)},
        actor=by,
        query=event.query,
        description=called.details,
        reason=called.reason,
    )


def _ends(history: DeploymentHistory, inventory: Inventory, source: str) -> Iterator[Event]:
    """The end of each rollout: what the Deployment's status reports, else what its steps prove."""
    for rollout in history.rollouts:
        completed = completion(history, rollout)
        stuck = [state.at for state in states(history, rollout) if state.what == RolloutState.STUCK]
        called = name(history, rollout, inventory)
        for at in stuck:
            yield _end(history, rollout, inventory, source, rollout_stuck(called), at, deployment_path(history))
        proof = next((step for step, every in proven(history, rollout) if every), None)
        record = next((record for record in history.records if _completes(record, rollout)), None)
        done = rollout_completed(called)
        if completed:
            yield _end(history, rollout, inventory, source, done, completed, deployment_path(history))
        elif record:
            yield _end(history, rollout, inventory, source, done, record.first, path(record))
        elif proof and not stuck:
            yield _end(history, rollout, inventory, source, done, proof.at, path(proof.record))


def _completes(record: Record, rollout: DeploymentRollout) -> bool:
    """Whether the controller of Argo Rollouts reports with this Event that the rollout is complete."""
    match = _COMPLETED.match(record.message) if record.reason == "RolloutCompleted" else None
    return match is not None and rollout.revision is not None and match[1] == str(rollout.revision)


def _end(
    history: DeploymentHistory,
    rollout: DeploymentRollout,
    inventory: Inventory,
    source: str,
    fact: Fact,
    at: Moment,
    query: str,
) -> Event:
    return report(
        fact,
        at,
        source=source,
        native_id=f"{history.namespace}/{history.name}/{rollout.new}/{at.earliest:%Y-%m-%dT%H:%M:%SZ}",
        keys=keys(history, rollout, inventory),
        numbers=_replicas(history, rollout),
        query=query,
    )


def _keys_of(history: DeploymentHistory, replica_set: str, inventory: Inventory) -> Identity:
    return replace(inventory.identity(history.sets.get(replica_set)), replica_set=replica_set)


def _replicas(history: DeploymentHistory, rollout: DeploymentRollout) -> dict[str, float]:
    wanted = desired(history, rollout)
    numbers: dict[str, float] = {} if wanted is None else {"replicas": wanted}
    if completion(history, rollout) is None:
        proven_ready = max((least for _, least in available(history, rollout)), default=0)
        numbers |= {"at_least": proven_ready} if proven_ready else {}
    return numbers
