"""What holds rollouts up: pauses, and aborts; and what else the controller of Argo Rollouts says of them."""

import re
from collections.abc import Iterator
from dataclasses import replace

from collector.event import Event, Identity, Kind
from sources.cluster.event_objects import Record, path, summary
from sources.cluster.fields import Moment
from sources.cluster.inference.history import SKEW, History, Rollout
from sources.cluster.inference.rollouts import completion, deployment_path, keys, what
from sources.cluster.inventory import Inventory, State

WORDS = {
    Kind.ROLLOUT_PAUSED: "paused",
    Kind.ROLLOUT_RESUMED: "resumed",
    Kind.ROLLOUT_ABORTED: "aborted",
}
"""What the facts are called, whoever tells of them."""
_RECORDED = {
    "RolloutPaused": Kind.ROLLOUT_PAUSED,
    "RolloutResumed": Kind.ROLLOUT_RESUMED,
    "RolloutAborted": Kind.ROLLOUT_ABORTED,
}
_WHY = re.compile(r"Rollout is paused \((.*)\)|Rollout aborted update to revision \d+(?:: (.*))?", re.ASCII)


def hold_events(history: History, inventory: Inventory, source: str) -> Iterator[Event]:
    """Every pause, resumption and abort that is known; `description` is why."""
    for state in history.deployment.states if history.deployment else ():
        if state.kind in WORDS:
            query, stamp = deployment_path(history), f"{state.at.earliest:%Y-%m-%dT%H:%M:%SZ}"
            native = f"{history.namespace}/{history.workload}/{WORDS[state.kind]}/{stamp}"
            yield _event(history, state, inventory, source, native, query)
    for record in history.records:
        if record.reason in _RECORDED:
            yield from _recorded(history, record, inventory, source)


def is_hold(record: Record) -> bool:
    """Whether `hold_events` tells of this Event."""
    return record.kind == "Rollout" and record.reason in _RECORDED


def _recorded(history: History, record: Record, inventory: Inventory, source: str) -> Iterator[Event]:
    match = _WHY.fullmatch(record.message)
    why = (match[1] or match[2] or "") if match else ""
    counted = record.count > 1 and record.last.earliest > record.first.earliest
    moments = (
        ((record.first, record.uid), (record.last, f"{record.uid}/last")) if counted else ((record.first, record.uid),)
    )
    for at, native in moments:
        state = State(_RECORDED[record.reason], at, why)
        event = _event(history, state, inventory, source, native, path(record))
        shown = [own.at for own in history.deployment.states if own.kind == state.kind] if history.deployment else []
        # The status shows it some moments earlier or later, and is evidence of the same.
        same = [own for own in shown if abs(own.earliest - at.earliest) <= SKEW]
        yield replace(
            event,
            earliest=min([at, *same]).earliest,
            latest=max([at, *same]).latest,
            summary=f"{event.summary}: {summary(record)}",
        )


def _event(history: History, state: State, inventory: Inventory, source: str, native: str, query: str) -> Event:
    rollout = _under_way(history, state.at)
    word = WORDS[state.kind]
    return Event(
        kind=state.kind,
        at=state.at.earliest,
        earliest=state.at.earliest,
        latest=state.at.latest,
        summary=f"{what(history, rollout) if rollout else history.workload.replace('/', ' ')} {word}",
        source=source,
        native_id=native,
        subject=inventory.of(history.namespace, history.workload),
        keys=keys(history, rollout, inventory) if rollout else Identity(),
        query=query,
        description=state.why,
        fact=f"{inventory.cluster}/{history.namespace}/{history.workload}/{word}",
    )


def _under_way(history: History, at: Moment) -> Rollout | None:
    """The rollout that was not yet complete then."""
    rollout = history.rollout(at)
    done = completion(history, rollout) if rollout else None
    return None if done and done.latest <= at.earliest else rollout
