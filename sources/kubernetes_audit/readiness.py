"""Pods that are ready no more, and those that are again."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from collector.event import Event, Kind
from sources.cluster.fields import Moment, condition, get, moment, text
from sources.cluster.inventory import Inventory
from sources.kubernetes_audit.entries import Entry

_FIRST = timedelta(seconds=2)
"""The kubelet's first report of a pod comes within this after `startTime`, which is in it."""
_PROMPT = timedelta(seconds=10)
"""So soon after a change it is reported."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One change of the readiness of a pod that had been ready before."""

    entry: Entry
    life: str
    """As `life_of`."""
    ready: bool
    since: Moment
    why: str
    untold: bool
    """The log does not say of it before that it was ready."""


def life_of(entry: Entry) -> str:
    """What tells a pod from others that have had its name."""
    uid = text(entry.asked, "metadata", "uid") or text(entry.answered, "metadata", "uid")
    return f"{entry.namespace}/{entry.name}/{uid}"


def turns(entries: Iterable[Entry]) -> list[Turn]:
    """Every loss and return of readiness that the kubelet, or of a lost node its controller, reports.

    A pod had been ready before if the log says so, or if it ceases to be without having just been started. One that
    is to stop, or has stopped, is not unready.
    """
    found: list[Turn] = []
    known: dict[str, tuple[bool, bool]] = {}
    stopping: dict[str, datetime] = {}
    for entry in entries:
        if entry.resource != "pods" or not entry.name:
            continue
        pod = f"{entry.namespace}/{entry.name}"
        if entry.sub == "status":
            started = moment(get(entry.asked, "status", "startTime"))
            if pod in stopping and started and started.latest >= stopping[pod]:
                del stopping[pod]  # another one of that name
            found += _turn(entry, known, started, stops=pod in stopping)
        elif entry.verb == "delete" and entry.component == "kubelet":
            stopping.pop(pod, None)
        elif entry.verb == "delete" or entry.sub == "eviction":
            stopping.setdefault(pod, entry.at.earliest)
    return found


def _turn(entry: Entry, known: dict[str, tuple[bool, bool]], started: Moment | None, *, stops: bool) -> Iterator[Turn]:
    """`known` is of each life whether it is ready, and whether it ever was."""
    state = condition(entry.asked, "Ready")
    if state.get("status") not in ("True", "False"):
        return
    ready, since = state["status"] == "True", moment(state.get("lastTransitionTime")) or entry.at
    life = life_of(entry)
    if life.endswith("/") and started:
        # Not the log of a kubelet, which names the uid.
        life += f"{started.earliest}"
    was, ever = known.get(life, (None, False))
    untold = was is None
    if untold and not ready:
        first = started is not None and since.earliest <= started.latest + _FIRST
        ever = not first and (started is not None or entry.at.earliest - since.latest <= _PROMPT)
    changed = ever and ready is not was
    known[life] = (ready, ever or ready)
    over = text(entry.asked, "status", "phase") in ("Succeeded", "Failed") or state.get("reason") == "PodCompleted"
    if changed and (ready or not (stops or over or get(entry.asked, "metadata", "deletionTimestamp"))):
        why = text(state, "message") or text(state, "reason")
        yield Turn(entry, life_of(entry), ready, since, why, untold)


def readiness_events(found: Iterable[Turn], inventory: Inventory, source: str) -> Iterator[Event]:
    """One Event per loss and return."""
    for turn in found:
        entry, word = turn.entry, "recovered" if turn.ready else "unready"
        what = "is ready again" if turn.ready else "is not ready any more" + (f" ({turn.why})" if turn.why else "")
        own = inventory.replica_set(entry.namespace, entry.name)
        yield Event(
            kind=Kind.POD_RECOVERED if turn.ready else Kind.POD_UNREADY,
            at=turn.since.earliest,
            earliest=turn.since.earliest,
            latest=turn.since.latest,
            summary=f"Pod {entry.name} {what}",
            source=source,
            native_id=entry.id,
            subject=inventory.subject(entry.namespace, "Pod", entry.name),
            keys=inventory.identity(own) if own else inventory.identity_by_name(entry.namespace, entry.name),
            query=entry.evidence,
            fact=f"{inventory.cluster}/{entry.namespace}/Pod/{entry.name}/{word}",
        )
