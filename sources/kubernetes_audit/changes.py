"""Changes by people and their pipelines: changed, scaled, opened a session, cordoned."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from msgspec.structs import replace

from collector.event import Event, Subject
from sources.cluster.facts.scaling import scaled
from sources.cluster.facts.warnings import mention
from sources.cluster.fields import count, get, objects, strings, text
from sources.cluster.image import Software, software
from sources.cluster.inventory import Inventory
from sources.fact import report
from sources.kubernetes_audit.build_inventory import KINDS
from sources.kubernetes_audit.cordons import Cordons
from sources.kubernetes_audit.entries import Entry
from sources.kubernetes_audit.interruptions import is_interruption
from sources.kubernetes_audit.patches import RESTARTED, patch
from sources.kubernetes_audit.reduce import SESSIONS
from sources.kubernetes_audit.workload_deletions import is_deletion

REPEATED = timedelta(minutes=1)
"""Writes by the same user that follow each other within this time are one Event: locks, heartbeats."""
_DONE = {
    "create": "created",
    "update": "changed",
    "patch": "changed",
    "delete": "deleted",
    "deletecollection": "deleted all",
}
_SCALABLE = ("deployments", "statefulsets", "rollouts")
_ROLLED_OUT = (*_SCALABLE, "daemonsets")


def change_events(entries: Iterable[Entry], inventory: Inventory, source: str) -> Iterator[Event]:
    """One Event per change, each with its actor.

    Equal changes by the same actor, each within a minute of the one before, are one Event, counted in
    `numbers["count"]`; but changes of workloads stay separate. `numbers["replicas"]` of SCALED is the new size, `was`
    the old one.
    """
    last: dict[tuple[str, ...], Event] = {}
    sizes: dict[tuple[str, str, str], int] = {}
    images: dict[tuple[str, str, str], list[str]] = {}
    cordons = Cordons()
    for entry in entries:
        thing = (entry.namespace, entry.resource, entry.name)
        of_node = _is_of_node(entry, cordons)
        size, template = _size(entry), _images(entry.whole)
        was, ran = sizes.get(thing), images.get(thing)
        if size is not None:
            sizes[thing] = size
        images[thing] = template or ran or []
        if entry.sub in ("status", "eviction", "binding") or (entry.resource == "pods" and entry.verb == "delete"):
            continue
        if of_node or is_deletion(entry) or (is_interruption(entry) and not entry.component):
            continue
        if _scales(entry, size, was, ran):
            yield _scaled(entry, size, was, inventory, source)
        elif not entry.component:
            event = report(
                mention(_subject(entry, inventory), f"{what(entry)} by {entry.user} with {entry.program}"),
                entry.at,
                source=source,
                native_id=entry.id,
                actor=entry.user,
                query=entry.evidence,
            )
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


def _is_of_node(entry: Entry, cordons: Cordons) -> bool:
    """Whether `nodes` reports this request: it cordoned, uncordoned, added or removed a node."""
    cordoned = cordons.done(entry)
    return bool(cordoned) or (entry.resource == "nodes" and not entry.sub and entry.verb in ("create", "delete"))


def patched(entry: Entry) -> Software:
    """The software in the main container of a workload after a change; empty if the change does not show it."""
    template = get(entry.whole, "spec", "template") or get(entry.asked, "spec", "template")
    containers = objects(template, "spec", "containers")
    whole = entry.whole is not None
    named = any(text(each, "name") == entry.name for each in containers)
    # A patch of one container may be about a sidecar.
    return software(entry.whole if whole else {}, template, entry.name) if whole or named else Software()


def _size(entry: Entry) -> int | None:
    found = count(entry.answered, "spec", "replicas")
    if found is None:
        found = count(patch(entry), "spec", "replicas")
    return found


def _images(whole: Any) -> list[str]:
    return [text(each, "image") for each in objects(whole, "spec", "template", "spec", "containers")]


def _scales(entry: Entry, size: int | None, was: int | None, ran: list[str] | None) -> bool:
    """Whether an entry changes only the number of pods."""
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
    by = entry.component or entry.user
    numbers = {name: float(n) for name, n in (("replicas", size), ("was", was)) if n is not None}
    return report(
        scaled(_subject(entry, inventory), size, was, by=by, thing=_thing(entry)),
        entry.at,
        source=source,
        native_id=entry.id,
        numbers=numbers,
        actor=by,
        query=entry.evidence,
    )


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


def _subject(entry: Entry, inventory: Inventory) -> Subject:
    """The subject of an entry: for a pod or ReplicaSet, its workload; for objects without a workload, the namespace."""
    of = KINDS.get(entry.resource, "")
    found = inventory.subject(entry.namespace, of, entry.name) if of else None
    return found or Subject(cluster=inventory.cluster, namespace=entry.namespace)
