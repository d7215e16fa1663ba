"""Nodes: ready or not, short of something, rebooted, added, removed; cordons are told with what else people changed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from collector.event import Event, Kind, Subject
from sources.cluster.fields import Moment, condition, moment, text
from sources.cluster.inference.nodes import PRESSURES
from sources.cluster.inventory import Inventory
from sources.kubernetes_audit.entries import Entry

_Told = tuple[Kind, Moment, Moment, str, str]
"""Kind, when it may have been, when it most likely was, in words, and what the fact is called."""


@dataclass(slots=True)
class _Known:
    """What is known of one node as the log is read."""

    boot: str = ""
    """The id of the boot that it runs since."""
    short: set[str] = field(default_factory=set)
    """The pressures that it is under."""


def node_events(entries: Iterable[Entry], inventory: Inventory, source: str) -> Iterator[Event]:
    """Each change of readiness, and each time under pressure, once; a node that fell silent was lost at some time since
    it was last heard of. A reboot is told when the node reports it, as its Event does; the end of a pressure only if
    the log has its beginning.
    """
    told: set[tuple[str, ...]] = set()
    known: dict[str, _Known] = {}
    for entry in entries:
        if entry.resource != "nodes" or not entry.name:
            continue
        if not entry.sub and entry.verb in ("create", "delete"):
            known[entry.name] = _Known()  # another machine of that name
        own = known.setdefault(entry.name, _Known())
        for kind, when, at, what, word in [*_found(entry), *_pressures(entry, own), *_reboot(entry, own)]:
            once = (entry.name, word, f"{at.earliest}") if entry.sub == "status" else (entry.id,)
            if once not in told:
                told.add(once)
                yield _event(entry, kind, when, at, what, word, inventory, source)


def _found(entry: Entry) -> Iterator[_Told]:
    if entry.sub == "status":
        yield from _readiness(entry)
    elif not entry.sub and entry.component and entry.verb in ("create", "delete"):
        added = entry.verb == "create"
        word = "added" if added else "RemovingNode"
        yield Kind.NODE_CHANGED, entry.at, entry.at, f"was {'added' if added else 'removed'}", word


def _pressures(entry: Entry, own: _Known) -> Iterator[_Told]:
    for name, words in PRESSURES.items() if entry.sub == "status" else ():
        state = condition(entry.asked, name)
        status, since = state.get("status"), moment(state.get("lastTransitionTime"))
        if status == "True" and since:
            own.short.add(name)
            yield Kind.NODE_CHANGED, since, since, words, name
        elif status is not None:
            if status == "False" and since and name in own.short:
                words = words.replace("is short", "is no longer short")
                yield Kind.NODE_CHANGED, since, since, words, f"no {name}"
            own.short.discard(name)


def _reboot(entry: Entry, own: _Known) -> Iterator[_Told]:
    """A kubelet sends what has changed: with the id of a boot that of the machine, if it never reported before."""
    sent = text(entry.asked, "status", "nodeInfo", "bootID")
    boot = sent or text(entry.answered, "status", "nodeInfo", "bootID")
    again = entry.verb == "patch" and bool(sent) and not text(entry.asked, "status", "nodeInfo", "machineID")
    if boot and entry.component == "kubelet" and (boot != own.boot if own.boot else again):
        yield Kind.NODE_CHANGED, entry.at, entry.at, "reports that it was rebooted", "Rebooted"
    own.boot = boot or own.boot


def _readiness(entry: Entry) -> Iterator[_Told]:
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
