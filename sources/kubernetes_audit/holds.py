"""What holds rollouts up: pauses, promotions and aborts, by people or by the controller of Argo Rollouts."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from collector.event import Event, Kind
from sources.cluster.deployments import read_rollout
from sources.cluster.fields import Moment, get, objects, text
from sources.cluster.inference.interruptions import WORDS
from sources.cluster.inventory import Inventory, State
from sources.kubernetes_audit.entries import Entry
from sources.kubernetes_audit.who import ARGO

_PROMPT = timedelta(minutes=1)
"""A controller answers a change within this."""


@dataclass(slots=True)
class _Known:
    """What is known of one workload as the log is read."""

    paused: bool | None = None
    """By hand (`spec.paused`)."""
    asked: dict[Kind, datetime] = field(default_factory=dict)
    """When somebody last asked for what its controller then reports."""
    told: set[State] = field(default_factory=set)


def workload_of(entry: Entry) -> str:
    """The Deployment or Argo Rollout that an entry is about, `Rollout/web`; empty if it is about none."""
    kind = {("deployments", "apps"): "Deployment", ("rollouts", "argoproj.io"): "Rollout"}.get(
        (entry.resource, entry.group)
    )
    return f"{kind}/{entry.name}" if kind and entry.name else ""


def hold_events(entries: Iterable[Entry], inventory: Inventory, source: str) -> Iterator[Event]:
    """One Event per pause, resumption and abort; where somebody asked for it, with the actor, at the time of that.

    A change of a whole object (`kubectl apply`) tells of a pause only if the log says what was before.
    """
    known: dict[tuple[str, str], _Known] = {}
    for entry in entries:
        workload = workload_of(entry)
        if not workload:
            continue
        own = known.setdefault((entry.namespace, workload), _Known())
        if not entry.component:
            for kind, done in _done(entry, own.paused):
                own.asked[kind] = entry.at.latest
                what = f"{workload.replace('/', ' ')} {done} by {entry.user} with {entry.program}"
                yield _event(entry, kind, entry.at, what, inventory, source)
        for state in states(entry) if entry.component == ARGO else ():
            asked = own.asked.get(state.kind)
            if state.kind in WORDS and state not in own.told and not (asked and state.at.latest - asked <= _PROMPT):
                what = f"{workload.replace('/', ' ')} {WORDS[state.kind]}" + (f": {state.why}" if state.why else "")
                yield _event(entry, state.kind, state.at, what, inventory, source, state.why)
            own.told.add(state)
        paused = _paused(entry)
        own.paused = own.paused if paused is None else paused


def is_hold(entry: Entry) -> bool:
    """Whether an entry says nothing but what `hold_events` tells."""
    sent = _sent(entry)
    spec = get(sent, "spec")
    return bool(workload_of(entry)) and entry.verb == "patch" and isinstance(spec, dict) and set(spec) == {"paused"}


def states(entry: Entry) -> tuple[State, ...]:
    """What the controller of Argo Rollouts has just written down of a Rollout."""
    if workload_of(entry).startswith("Rollout/") and isinstance(entry.asked, dict):
        about = {"namespace": entry.namespace, "name": entry.name}
        found = next(read_rollout({**entry.asked, "metadata": about})).states
        # The other conditions are repeated each time.
        return tuple(state for state in found if entry.at.earliest - state.at.latest <= _PROMPT)
    return ()


def _done(entry: Entry, was: bool | None) -> Iterator[tuple[Kind, str]]:
    """What somebody did, and in words."""
    sent, now = _sent(entry), _paused(entry)
    spec = get(sent, "spec")
    named = entry.verb == "patch" and isinstance(spec, dict) and "paused" in spec
    status = get(sent, "status")
    status = status if isinstance(status, dict) and workload_of(entry).startswith("Rollout/") else {}
    if status.get("abort") is True:
        yield Kind.ROLLOUT_ABORTED, "aborted"
    elif status.get("promoteFull") is True:
        yield Kind.ROLLOUT_RESUMED, "promoted fully"
    elif "pauseConditions" in status and not status["pauseConditions"]:
        yield Kind.ROLLOUT_RESUMED, "promoted"
    elif now is not None and now is not was and (was is not None or named):
        yield (Kind.ROLLOUT_PAUSED, "paused") if now else (Kind.ROLLOUT_RESUMED, "resumed")


def _paused(entry: Entry) -> bool | None:
    """Whether it is paused by hand after a request; None if that does not tell."""
    whole = get(entry.whole, "spec")
    if isinstance(whole, dict):
        return whole.get("paused") is True
    spec = get(_sent(entry), "spec")
    return spec["paused"] is True if isinstance(spec, dict) and "paused" in spec else None


def _sent(entry: Entry) -> Any:
    """What was sent, a JSON patch in the form of the others."""
    if not isinstance(entry.asked, list):
        return entry.asked
    paused = [
        each.get("value") for each in objects({"ops": entry.asked}, "ops") if text(each, "path") == "/spec/paused"
    ]
    return {"spec": {"paused": paused[-1]}} if paused else {}


def _event(
    entry: Entry, kind: Kind, when: Moment, what: str, inventory: Inventory, source: str, why: str = ""
) -> Event:
    workload = workload_of(entry)
    return Event(
        kind=kind,
        at=when.earliest,
        earliest=when.earliest,
        latest=when.latest,
        summary=what,
        source=source,
        native_id=entry.id,
        subject=inventory.subject(entry.namespace, *workload.split("/")),
        actor=entry.actor,
        query=entry.evidence,
        description=why,
        fact=f"{inventory.cluster}/{entry.namespace}/{workload}/{WORDS[kind]}",
    )
