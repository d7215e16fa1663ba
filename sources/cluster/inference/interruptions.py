"""Interruptions of rollouts: pauses, resumptions and aborts."""

import re
from collections.abc import Iterator

from collector.event import Event, Identity
from sources.cluster.event_objects import Record, path, summary
from sources.cluster.facts.rollouts import INTERRUPTIONS
from sources.cluster.inference.analyses import found_before
from sources.cluster.inference.deployment_history import DeploymentHistory
from sources.cluster.inference.deployment_rollouts import SKEW, DeploymentRollout
from sources.cluster.inference.rollouts import completion, deployment_path, keys, name
from sources.cluster.inventory import Inventory
from sources.cluster.rollout_states import RolloutState, State
from sources.fact import Moment, moved, report

_RECORDED = {
    "RolloutPaused": RolloutState.PAUSED,
    "RolloutResumed": RolloutState.RESUMED,
    "RolloutAborted": RolloutState.ABORTED,
}
_WHY = re.compile(r"Rollout is paused \((.*)\)|Rollout aborted update to revision \d+(?:: (.*))?", re.ASCII)


def interruption_events(history: DeploymentHistory, inventory: Inventory, source: str) -> Iterator[Event]:
    """Every known pause, resumption and abort; `description` is the reason."""
    for state in history.deployment.states if history.deployment else ():
        if state.what in INTERRUPTIONS:
            query, stamp = deployment_path(history), f"{state.at.earliest:%Y-%m-%dT%H:%M:%SZ}"
            native = f"{history.namespace}/{history.workload}/rollout.{state.what}/{stamp}"
            yield _event(history, state, inventory, source, native, query)
    for record in history.records:
        if record.reason in _RECORDED:
            yield from _recorded(history, record, inventory, source)


def is_interruption(record: Record) -> bool:
    """Whether `interruption_events` reports this Event object."""
    return record.kind == "Rollout" and record.reason in _RECORDED


def _recorded(history: DeploymentHistory, record: Record, inventory: Inventory, source: str) -> Iterator[Event]:
    match = _WHY.fullmatch(record.message)
    why = (match[1] or match[2] or "") if match else ""
    counted = record.count > 1 and record.last.earliest > record.first.earliest
    moments = (
        ((record.first, record.uid), (record.last, f"{record.uid}/last")) if counted else ((record.first, record.uid),)
    )
    for at, native in moments:
        state = State(_RECORDED[record.reason], at, why)
        shown = [own.at for own in history.deployment.states if own.what == state.what] if history.deployment else []
        # The status shows the same interruption some moments earlier or later.
        same = [own for own in shown if abs(own.earliest - at.earliest) <= SKEW]
        when = Moment(min([at, *same]).earliest, max([at, *same]).latest)
        event = _event(history, state, inventory, source, native, path(record), shown_by=summary(record))
        yield moved(event, when)


def _event(
    history: DeploymentHistory,
    state: State,
    inventory: Inventory,
    source: str,
    native: str,
    query: str,
    shown_by: str = "",
) -> Event:
    rollout = _under_way(history, state.at)
    called = name(history, rollout, inventory) if rollout else None
    fact = INTERRUPTIONS[state.what](
        inventory.subject_of_workload(history.namespace, history.workload), called, shown_by=shown_by
    )
    return report(
        fact,
        state.at,
        source=source,
        native_id=native,
        keys=keys(history, rollout, inventory) if rollout else Identity(),
        query=query,
        description=_why(history, state, inventory),
    )


def _why(history: DeploymentHistory, state: State, inventory: Inventory) -> str:
    """The reason that the controller gives, which names the failed metric, and the measurements of its analysis."""
    found = found_before(state.at, history, inventory) if state.what == RolloutState.ABORTED else ""
    return f"{state.why} ({found})" if state.why and found else state.why or found


def _under_way(history: DeploymentHistory, at: Moment) -> DeploymentRollout | None:
    """The rollout that was not yet complete at that time."""
    rollout = history.rollout(at)
    done = completion(history, rollout) if rollout else None
    return None if done and done.latest <= at.earliest else rollout
