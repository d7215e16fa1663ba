"""Facts about nodes: ready or not, short of a resource, cordoned, rebooted, added, removed."""

from collections.abc import Iterable, Iterator

from collector.event import Event
from sources.cluster.fields import text
from sources.cluster.inventory import Inventory
from sources.cluster.node_history import (
    BOOT,
    CORDON_STATE,
    NO,
    PRESENCE,
    YES,
    NodeHistory,
    NodeState,
    node_states,
)
from sources.fact import report
from sources.kubernetes_audit.cordons import Cordons
from sources.kubernetes_audit.entries import Entry


def node_events(entries: Iterable[Entry], inventory: Inventory, source: str) -> Iterator[Event]:
    """The Events that requests about nodes show; `actor` is the user, if no component of Kubernetes made the request.

    A reboot is dated by the kubelet's report, like its Event object; the end of a pressure is reported only if the log
    has its beginning.
    """
    histories: list[NodeHistory[Entry]] = []
    current: dict[str, NodeHistory[Entry]] = {}
    cordons = Cordons()
    for entry in entries:
        if entry.resource != "nodes" or not entry.name:
            continue
        removed = (entry.verb, entry.sub) == ("delete", "")
        if entry.name not in current or (entry.verb, entry.sub) == ("create", ""):
            current[entry.name] = NodeHistory(inventory.cluster, entry.name)
            histories.append(current[entry.name])
        _add(current[entry.name], entry, cordons.done(entry))
        if removed:
            del current[entry.name]  # the next entry of this name is about another machine
    for history in histories:
        for each in history.occurrences():
            entry, key = each.evidence, each.fact.merge_key.rpartition("/")[2]
            yield report(
                each.fact,
                each.when,
                source=source,
                native_id=f"{entry.id}/{key}",
                at=each.at,
                actor=entry.actor,
                query=entry.evidence,
            )


def _add(history: NodeHistory[Entry], entry: Entry, cordoned: str) -> None:
    if entry.sub == "status":
        for sight in node_states(entry.asked if isinstance(entry.asked, dict) else {}):
            history.add(sight, entry.at, entry)
        _add_boot(history, entry)
    elif not entry.sub and entry.verb in ("create", "delete"):
        history.add(
            NodeState(PRESENCE, YES if entry.verb == "create" else NO, None, by=_by(entry)), entry.at, entry, made=True
        )
    if cordoned:
        value = YES if cordoned == "cordoned" else NO
        history.add(NodeState(CORDON_STATE, value, None, by=_by(entry)), entry.at, entry, made=True)


def _add_boot(history: NodeHistory[Entry], entry: Entry) -> None:
    """Add the id of a boot. A kubelet sends only changes; if it never reported before, also the machine's id."""
    sent = text(entry.asked, "status", "nodeInfo", "bootID")
    boot = sent or text(entry.answered, "status", "nodeInfo", "bootID")
    again = entry.verb == "patch" and bool(sent) and not text(entry.asked, "status", "nodeInfo", "machineID")
    if boot and entry.component == "kubelet":
        history.add(NodeState(BOOT, boot, None), entry.at, entry, made=again or history.last(BOOT) is not None)


def _by(entry: Entry) -> str:
    return "" if entry.component else f"{entry.user} with {entry.program}"
