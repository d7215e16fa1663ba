"""Nodes: ready or not, added, removed; that people cordon them is told with their other changes."""

from collections.abc import Iterable, Iterator

from collector.event import Event, Kind, Subject
from sources.kubernetes.inventory import Inventory
from sources.kubernetes.objects import Moment, condition, moment, text
from sources.kubernetes_audit.entries import Entry


def node_events(entries: Iterable[Entry], inventory: Inventory, source: str) -> Iterator[Event]:
    """Each change of readiness once; a node that fell silent was lost at some time since it was last heard of."""
    told: set[tuple[str, ...]] = set()
    for entry in entries:
        if entry.resource != "nodes" or not entry.name:
            continue
        for kind, when, at, what, word in _found(entry):
            once = (entry.name, word, f"{at.earliest}") if entry.sub == "status" else (entry.id,)
            if once not in told:
                told.add(once)
                yield _event(entry, kind, when, at, what, word, inventory, source)


def _found(entry: Entry) -> Iterator[tuple[Kind, Moment, Moment, str, str]]:
    """Kind, when it may have been, when it most likely was, in words, and what the fact is called."""
    if entry.sub == "status":
        yield from _readiness(entry)
    elif not entry.sub and entry.component and entry.verb in ("create", "delete"):
        added = entry.verb == "create"
        word = "added" if added else "RemovingNode"
        yield Kind.NODE_CHANGED, entry.at, entry.at, f"was {'added' if added else 'removed'}", word


def _readiness(entry: Entry) -> Iterator[tuple[Kind, Moment, Moment, str, str]]:
    state = condition(entry.asked, "Ready")
    since, heard = moment(state.get("lastTransitionTime")), moment(state.get("lastHeartbeatTime"))
    if since is None:
        return
    if state.get("status") == "True":
        yield Kind.NODE_READY, since, since, "is ready", "ready"
        return
    why = ": ".join(part for part in (text(state, "reason"), text(state, "message")) if part)
    silent = state.get("status") == "Unknown" and heard
    when = Moment(min(heard.earliest, since.earliest), since.latest) if silent and heard else since
    yield Kind.NODE_NOT_READY, when, since, f"is not ready ({why or 'no reason given'})", "not ready"


def _event(
    entry: Entry,
    kind: Kind,
    when: Moment,
    at: Moment,
    what: str,
    word: str,
    inventory: Inventory,
    source: str,
) -> Event:
    return Event(
        kind=kind,
        at=at.earliest,
        earliest=when.earliest,
        latest=when.latest,
        summary=f"Node {entry.name} {what}",
        source=source,
        native_id=f"{entry.id}/{word}",
        subject=Subject(cluster=inventory.cluster, workload=f"Node/{entry.name}"),
        actor=entry.actor,
        query=entry.evidence,
        fact=f"{inventory.cluster}/Node/{entry.name}/{word}",
    )
