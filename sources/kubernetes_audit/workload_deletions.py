"""Workloads that were deleted, alone or with their namespace, and by whom."""

from collections.abc import Iterable, Iterator

from collector.event import Event
from sources.cluster.facts.workloads import DELETABLE, workload_deleted
from sources.cluster.inventory import Inventory
from sources.cluster.workload_deletions import deleted_subject, known_workloads
from sources.fact import report
from sources.kubernetes_audit.entries import Entry


def is_deletion(entry: Entry) -> bool:
    """Whether `deletion_events` reports the deletion that is requested."""
    return entry.resource in DELETABLE and not entry.sub and entry.verb in ("delete", "deletecollection")


def deletion_events(entries: Iterable[Entry], inventory: Inventory, source: str) -> Iterator[Event]:
    """One Event per deleted object, at the time of the request; `actor` is the user who made it.

    Deleting a namespace deletes its workloads: those that the log names are reported as well. Objects that the garbage
    collector deletes belonged to another object that somebody deleted.
    """
    gone: set[tuple[str, str, str]] = set()
    named: dict[str, set[tuple[str, str]]] = {}
    for entry in entries:
        if entry.resource not in DELETABLE:
            continue
        kind, by = DELETABLE[entry.resource], _by(entry)
        if kind != "Namespace" and entry.name:
            named.setdefault(entry.namespace, set()).add((kind, entry.name))
        if entry.sub:
            continue
        if entry.verb == "create":
            gone.discard((entry.namespace, kind, entry.name))
        if not is_deletion(entry):
            continue
        name = entry.name if entry.verb == "delete" else ""
        found = [(entry.namespace, kind, name, by)]
        if kind == "Namespace" and name:
            theirs = {*known_workloads(inventory, name), *named.get(name, ())}
            found += [(name, of, what, f"{by}, with its namespace") for of, what in sorted(theirs)]
        elif entry.component == "namespace-controller" and (entry.namespace, "Namespace", entry.namespace) in gone:
            continue  # reported with the namespace
        for namespace, of, what, who in found:
            # Deleting an object again, while it waits for its dependents, changes nothing.
            key = (what if of == "Namespace" else namespace, of, what)
            if key not in gone:
                subject = deleted_subject(inventory, namespace, of, what)
                yield report(
                    workload_deleted(subject, of, what, by=who),
                    entry.at,
                    source=source,
                    native_id=entry.id if of == kind else f"{entry.id}/{of}/{what}",
                    actor=entry.actor,
                    query=entry.evidence,
                )
            if what:
                gone.add(key)


def _by(entry: Entry) -> str:
    if entry.component == "generic-garbage-collector":
        return "the garbage collector, with what it belonged to"
    return f"the {entry.component}" if entry.component else f"{entry.user} with {entry.program}"
