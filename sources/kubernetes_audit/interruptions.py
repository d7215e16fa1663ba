"""Interruptions of rollouts: pauses, promotions and aborts, by people or by the controller of Argo Rollouts."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct, field

from collector.event import Event, Kind, Subject
from sources.cluster.deployments import read_rollout
from sources.cluster.facts.rollouts import INTERRUPTIONS, rollout_aborted, rollout_paused, rollout_resumed
from sources.cluster.fields import get, objects, text
from sources.cluster.inventory import Inventory
from sources.cluster.rollout_states import State
from sources.fact import Fact, Moment, report
from sources.kubernetes_audit.entries import Entry
from sources.kubernetes_audit.who import ARGO

_PROMPT = timedelta(minutes=1)
"""A controller reacts to a change within this time."""


class _Known(Struct):
    """The state of one workload after the entries so far."""

    paused: bool | None = None
    """Whether somebody paused it by hand (`spec.paused`)."""
    asked: dict[Kind, datetime] = field(default_factory=dict)
    """When somebody last requested an interruption that its controller then reports."""
    reported: set[State] = field(default_factory=set)


def workload_of(entry: Entry) -> str:
    """The Deployment or Argo Rollout that an entry is about, `Rollout/web`; empty if it is about neither."""
    kind = {("deployments", "apps"): "Deployment", ("rollouts", "argoproj.io"): "Rollout"}.get(
        (entry.resource, entry.group)
    )
    return f"{kind}/{entry.name}" if kind and entry.name else ""


def interruption_events(entries: Iterable[Entry], inventory: Inventory, source: str) -> Iterator[Event]:
    """One Event per pause, resumption and abort. If somebody requested it: with the actor, at the time of the request.

    A change of a whole object (`kubectl apply`) shows a pause only if the log has the state before.
    """
    known: dict[tuple[str, str], _Known] = {}
    for entry in entries:
        workload = workload_of(entry)
        if not workload:
            continue
        own = known.setdefault((entry.namespace, workload), _Known())
        if not entry.component:
            subject = inventory.subject(entry.namespace, *workload.split("/", 1))
            for fact in _done(entry, own.paused, subject):
                own.asked[fact.kind] = entry.at.latest
                yield _event(entry, fact, entry.at, source)
        for state in states(entry) if entry.component == ARGO else ():
            if state.what in INTERRUPTIONS and state not in own.reported:
                subject = inventory.subject(entry.namespace, *workload.split("/", 1))
                fact = INTERRUPTIONS[state.what](subject, shown_by=state.why)
                asked = own.asked.get(fact.kind)
                if not (asked and state.at.latest - asked <= _PROMPT):
                    yield _event(entry, fact, state.at, source, state.why)
            own.reported.add(state)
        paused = _paused(entry)
        own.paused = own.paused if paused is None else paused


def is_interruption(entry: Entry) -> bool:
    """Whether an entry shows nothing besides what `interruption_events` reports."""
    sent = _sent(entry)
    spec = get(sent, "spec")
    return bool(workload_of(entry)) and entry.verb == "patch" and isinstance(spec, dict) and set(spec) == {"paused"}


def states(entry: Entry) -> tuple[State, ...]:
    """The states that the controller of Argo Rollouts has just written into a Rollout."""
    if workload_of(entry).startswith("Rollout/") and isinstance(entry.asked, dict):
        about = {"namespace": entry.namespace, "name": entry.name}
        found = next(read_rollout({**entry.asked, "metadata": about})).states
        # Other conditions are repeated in each write.
        return tuple(state for state in found if entry.at.earliest - state.at.latest <= _PROMPT)
    return ()


def _done(entry: Entry, was: bool | None, subject: Subject) -> Iterator[Fact]:
    """The interruptions that a person or pipeline requested."""
    by = f"{entry.user} with {entry.program}"
    sent, now = _sent(entry), _paused(entry)
    spec = get(sent, "spec")
    named = entry.verb == "patch" and isinstance(spec, dict) and "paused" in spec
    status = get(sent, "status")
    status = status if isinstance(status, dict) and workload_of(entry).startswith("Rollout/") else {}
    if status.get("abort") is True:
        yield rollout_aborted(subject, by=by)
    elif status.get("promoteFull") is True:
        yield rollout_resumed(subject, done="promoted fully", by=by)
    elif "pauseConditions" in status and not status["pauseConditions"]:
        yield rollout_resumed(subject, done="promoted", by=by)
    elif now is not None and now is not was and (was is not None or named):
        yield rollout_paused(subject, by=by) if now else rollout_resumed(subject, by=by)


def _paused(entry: Entry) -> bool | None:
    """Whether the workload is paused by hand after a request; None if the request does not show it."""
    whole = get(entry.whole, "spec")
    if isinstance(whole, dict):
        return whole.get("paused") is True
    spec = get(_sent(entry), "spec")
    return spec["paused"] is True if isinstance(spec, dict) and "paused" in spec else None


def _sent(entry: Entry) -> Any:
    """The change that was sent; a JSON patch is converted to the form of the others."""
    if not isinstance(entry.asked, list):
        return entry.asked
    paused = [
        each.get("value") for each in objects({"ops": entry.asked}, "ops") if text(each, "path") == "/spec/paused"
    ]
    return {"spec": {"paused": paused[-1]}} if paused else {}


def _event(entry: Entry, fact: Fact, when: Moment, source: str, why: str = "") -> Event:
    return report(
        fact,
        when,
        source=source,
        native_id=entry.id,
        actor=entry.actor,
        query=entry.evidence,
        description=why,
    )
