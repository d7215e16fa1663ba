"""What people and their pipelines did: changed, scaled, opened, cordoned."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

from collector.event import Event, Kind, Subject
from sources.cluster.fields import count, get, objects, strings, text
from sources.cluster.image import Software, software
from sources.cluster.inference.rollouts import scaled, sized
from sources.cluster.inventory import Inventory
from sources.kubernetes_audit.cordons import Cordons
from sources.kubernetes_audit.entries import Entry
from sources.kubernetes_audit.holds import is_hold
from sources.kubernetes_audit.patches import RESTARTED, patch
from sources.kubernetes_audit.reduce import SESSIONS
from sources.kubernetes_audit.stock import KINDS

REPEATED = timedelta(minutes=1)
"""What somebody writes again and again at shorter intervals is one thing: locks, heartbeats."""
_DONE = {
    "create": "created",
    "update": "changed",
    "patch": "changed",
    "delete": "deleted",
    "deletecollection": "deleted all",
}
_SCALABLE = ("deployments", "statefulsets", "rollouts")
_ROLLED_OUT = (*_SCALABLE, "daemonsets")
_OF_NODES = {"create": "added", "delete": "RemovingNode"}
"""What else people do to Nodes, as it is called in facts."""


def change_events(entries: Iterable[Entry], inventory: Inventory, source: str) -> Iterator[Event]:
    """One Event per change, each with its actor; the same by the same actor, repeated within a minute each, is one
    Event, counted in `numbers["count"]`, except of workloads. `numbers["replicas"]` of SCALED is the new size, `was`
    the old.
    """
    last: dict[tuple[str, ...], Event] = {}
    sizes: dict[tuple[str, str, str], int] = {}
    images: dict[tuple[str, str, str], list[str]] = {}
    cordons = Cordons()
    for entry in entries:
        thing = (entry.namespace, entry.resource, entry.name)
        cordoned = cordons.done(entry)
        size, template = _size(entry), _images(entry.whole)
        was, ran = sizes.get(thing), images.get(thing)
        if size is not None:
            sizes[thing] = size
        images[thing] = template or ran or []
        if entry.sub in ("status", "eviction", "binding") or (entry.resource == "pods" and entry.verb == "delete"):
            continue
        if is_hold(entry) and not entry.component:
            continue
        if _scales(entry, size, was, ran):
            yield _scaled(entry, size, was, inventory, source)
        elif not entry.component:
            of_node = entry.resource == "nodes" and not entry.sub
            word = cordoned or (_OF_NODES.get(entry.verb, "") if of_node else "")
            kind = Kind.NODE_CHANGED if word else Kind.OTHER
            done = f"{_thing(entry)} {cordoned}" if cordoned else what(entry)
            event = _event(entry, kind, f"{done} by {entry.user} with {entry.program}", inventory, source)
            event = replace(event, fact=f"{inventory.cluster}/Node/{entry.name}/{word}" if word else "")
            same = (entry.user, event.summary, *thing)
            before = None if entry.resource in _ROLLED_OUT else last.get(same)
            if before and event.earliest - before.latest <= REPEATED:
                counted = {"count": before.numbers["count"] + 1}
                last[same] = replace(before, latest=max(before.latest, event.latest), numbers=counted)
                continue
            if same in last:
                yield last[same]
            last[same] = replace(event, numbers={"count": 1})
    yield from last.values()


def patched(entry: Entry) -> Software:
    """What the main container of a workload runs after a change; unknown where the change does not say."""
    template = get(entry.whole, "spec", "template") or get(entry.asked, "spec", "template")
    containers = objects(template, "spec", "containers")
    whole = entry.whole is not None
    named = any(text(each, "name") == entry.name for each in containers)
    # A patch of one container may be of a sidecar.
    return software(entry.whole if whole else {}, template, entry.name) if whole or named else Software()


def _size(entry: Entry) -> int | None:
    found = count(entry.answered, "spec", "replicas")
    if found is None:
        found = count(patch(entry), "spec", "replicas")
    return found


def _images(whole: Any) -> list[str]:
    return [text(each, "image") for each in objects(whole, "spec", "template", "spec", "containers")]


def _scales(entry: Entry, size: int | None, was: int | None, ran: list[str] | None) -> bool:
    """Whether an entry changes the number of pods and nothing else."""
    if entry.sub == "scale":
        return entry.verb in ("update", "patch") and (size is None or size != was)
    if entry.component or entry.resource not in _SCALABLE or entry.verb not in ("update", "patch") or entry.sub:
        return False
    sent = get(patch(entry), "spec")
    if entry.verb == "patch" and isinstance(sent, dict) and "template" not in sent:
        return "replicas" in sent and size != was
    known = size is not None and was is not None and bool(ran)
    return known and size != was and _images(entry.whole) == ran


def _scaled(entry: Entry, size: int | None, was: int | None, inventory: Inventory, source: str) -> Event:
    text_ = f"{sized(_thing(entry), size, was)} by {entry.component or entry.user}"
    numbers = {name: float(n) for name, n in (("replicas", size), ("was", was)) if n is not None}
    event = _event(entry, Kind.SCALED, text_, inventory, source)
    fact = scaled(event.subject, size) if size is not None else ""
    return replace(event, numbers=numbers, actor=entry.component or entry.user, fact=fact)


def what(entry: Entry) -> str:
    """`Deployment shop/checkout changed: image registry.example.com/checkout:1.5.0`."""
    if entry.sub in SESSIONS:
        what = "port-forward" if entry.sub == "portforward" else entry.sub
        return f"{_thing(entry)}: {what} opened"
    done = f"{_thing(entry)} {_DONE.get(entry.verb, entry.verb)}"
    if entry.sub:
        done += f" ({entry.sub})"
    template = get(patch(entry), "spec", "template")
    found = ", ".join(text(each, "image") for each in objects(template, "spec", "containers") if text(each, "image"))
    if found:
        return f"{done}: image {found}"
    return f"{done}: restarted" if RESTARTED in strings(template, "metadata", "annotations") else done


def _thing(entry: Entry) -> str:
    kind = KINDS.get(entry.resource, entry.resource)
    return " ".join(part for part in (kind, "/".join(p for p in (entry.namespace, entry.name) if p)) if part)


def _event(entry: Entry, kind: Kind, summary: str, inventory: Inventory, source: str) -> Event:
    of = KINDS.get(entry.resource, "")
    # A pod's or ReplicaSet's subject is its workload; what has none is its namespace's.
    subject = inventory.subject(entry.namespace, of, entry.name) if of else None
    return Event(
        kind=kind,
        at=entry.at.earliest,
        earliest=entry.at.earliest,
        latest=entry.at.latest,
        summary=summary,
        source=source,
        native_id=entry.id,
        subject=subject or Subject(cluster=inventory.cluster, namespace=entry.namespace),
        actor=entry.user,
        query=entry.evidence,
    )
