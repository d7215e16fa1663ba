"""Pods: when they were given a node, when they became ready, and when and by whom they were removed."""

from collections.abc import Collection, Iterable, Iterator
from datetime import timedelta

from collector.event import Event, Kind
from sources.cluster.event_objects import terminated
from sources.cluster.fields import Moment, condition, get, moment, text
from sources.cluster.inventory import Inventory
from sources.kubernetes_audit.entries import Entry
from sources.kubernetes_audit.readiness import life_of
from sources.kubernetes_audit.sets import Ran
from sources.kubernetes_audit.stock import Sizes

_AGAIN = timedelta(seconds=30)
"""A pod asked to stop twice within this is the same pod; later, one of the same name."""


def pod_events(
    entries: Iterable[Entry],
    inventory: Inventory,
    sizes: Sizes,
    ran: Ran,
    source: str,
    before: Collection[str] = (),
) -> Iterator[Event]:
    """When each pod was given a node, the first time that it was ready, and the first request to remove it; `before`
    are the lives (see `readiness.life_of`) that had been ready before the log begins.

    `numbers["of"]` of a ready pod is how many its ReplicaSet was to have. Ready is what the kubelet reports, if the
    log holds the content of its reports.
    """
    ready = set(before)
    stopping: dict[str, Entry | None] = {}
    for entry in entries:
        if entry.resource != "pods" or not entry.name:
            continue
        pod = f"{entry.namespace}/{entry.name}"
        if entry.sub == "status":
            state = condition(entry.asked, "Ready")
            life = life_of(entry)
            if state.get("status") == "True" and life not in ready:
                ready.add(life)
                since = moment(get(state, "lastTransitionTime"))
                yield _ready(entry, since or entry.at, inventory, sizes, ran, source)
        elif entry.sub == "binding":
            yield _scheduled(entry, inventory, ran, source)
        elif entry.verb == "delete" or entry.sub == "eviction":
            asked = stopping.get(pod)
            if asked is None or (entry.component != "kubelet" and entry.at.earliest - asked.at.earliest > _AGAIN):
                yield _terminated(entry, inventory, ran, source)
                asked = entry
            # The kubelet removes it in the end; what is removed after that is another pod.
            stopping[pod] = None if entry.component == "kubelet" else asked


def _scheduled(entry: Entry, inventory: Inventory, ran: Ran, source: str) -> Event:
    node = text(entry.asked, "target", "name")
    return Event(
        kind=Kind.POD_SCHEDULED,
        at=entry.at.earliest,
        earliest=entry.at.earliest,
        latest=entry.at.latest,
        summary=f"Pod {entry.name} is scheduled" + (f" to {node}" if node else ""),
        source=source,
        native_id=entry.id,
        subject=inventory.subject(entry.namespace, "Pod", entry.name),
        keys=ran.keys(entry, inventory),
        query=entry.evidence,
        fact=f"{inventory.cluster}/{entry.namespace}/Pod/{entry.name}/scheduled",
    )


def _ready(entry: Entry, when: Moment, inventory: Inventory, sizes: Sizes, ran: Ran, source: str) -> Event:
    keys = ran.keys(entry, inventory)
    return Event(
        kind=Kind.POD_READY,
        at=when.earliest,
        earliest=when.earliest,
        latest=when.latest,
        summary=f"Pod {entry.name} is ready",
        source=source,
        native_id=entry.id,
        subject=inventory.subject(entry.namespace, "Pod", entry.name),
        keys=keys,
        numbers=sizes.numbers("of", (entry.namespace, keys.replica_set), entry.at.latest),
        query=entry.evidence,
        fact=f"{inventory.cluster}/{entry.namespace}/Pod/{entry.name}/ready",
    )


def _terminated(entry: Entry, inventory: Inventory, ran: Ran, source: str) -> Event:
    how = "evicted" if entry.sub == "eviction" else "deleted"
    return Event(
        kind=Kind.POD_TERMINATED,
        at=entry.at.earliest,
        earliest=entry.at.earliest,
        latest=entry.at.latest,
        summary=f"Pod {entry.name} is {how} by {entry.component or entry.user}",
        source=source,
        native_id=entry.id,
        subject=inventory.subject(entry.namespace, "Pod", entry.name),
        keys=ran.keys(entry, inventory),
        actor=entry.actor,
        query=entry.evidence,
        fact=terminated(inventory, entry.namespace, entry.name),
    )
