"""Changes of ConfigMaps and Secrets: who made them and when, but not their content."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any

from collector.event import Event
from sources.cluster.config_uses import KINDS, used, why_no_configuration
from sources.cluster.facts.configs import Done, config_changed, config_kept
from sources.cluster.fields import get
from sources.cluster.inventory import Inventory
from sources.fact import report
from sources.kubernetes_audit.build_inventory import KINDS as KINDS_OF_OBJECTS
from sources.kubernetes_audit.changes import REPEATED
from sources.kubernetes_audit.entries import Entry
from sources.kubernetes_audit.locks import ACCOUNT

_BEATS = 10
"""This many writes in a row, each soon after the one before, come from a program's loop: locks, saved state."""
_PACE = timedelta(minutes=5, seconds=30)
"""Two writes of a service account within this time count as one loop: most loops take 5 minutes or less."""
_DONE: Mapping[str, Done] = {"create": "created", "delete": "deleted", "deletecollection": "deleted"}
_Users = Mapping[tuple[str, str, str], set[str]]


def config_writes(entries: Iterable[Entry]) -> list[Entry]:
    """The requests by which people and their pipelines changed ConfigMaps and Secrets.

    Requests of programs that write again and again are left out.
    """
    runs: dict[tuple[str, ...], list[list[Entry]]] = {}
    for entry in entries:
        if entry.resource in KINDS and not entry.group and not entry.component and not entry.sub:
            of = runs.setdefault((entry.user, entry.verb, entry.resource, entry.namespace, entry.name), [])
            soon = _PACE if entry.user.startswith(ACCOUNT) else REPEATED
            if of and entry.at.earliest - of[-1][-1].at.latest <= soon:
                of[-1].append(entry)
            else:
                of.append([entry])
    # If the log does not name the object that was made, the run may be about several objects.
    return [entry for of in runs.values() for run in of if len(run) < _BEATS or not run[0].name for entry in run]


def config_events(
    writes: Iterable[Entry], entries: Iterable[Entry], inventory: Inventory, source: str
) -> Iterator[Event]:
    """One Event per write (see `config_writes`), whether it changed anything or repeated the same content.

    An Event belongs to the service with a template among `entries` that uses the object, if that is only one.
    """
    users = _users(entries, inventory)
    for entry in writes:
        kind, by = KINDS[entry.resource], f"{entry.user} with {entry.program}"
        ours = users.get((entry.resource, entry.namespace, entry.name), set())
        place = (inventory.cluster, entry.namespace, kind, entry.name)
        why = why_no_configuration(entry.resource, entry.name, entry.program)
        done = _DONE.get(entry.verb, "changed")
        service = min(ours) if len(ours) == 1 else ""
        shared = () if service else sorted(ours)
        changed = config_changed(*place, done, service=service, by=by, shared=shared)
        yield report(
            config_kept(*place, done, why, by=by) if why else changed,
            entry.at,
            source=source,
            native_id=entry.id,
            actor=entry.user,
            numbers={"users": len(shared)} if shared and not why else {},
            query=entry.evidence,
        )


def _users(entries: Iterable[Entry], inventory: Inventory) -> _Users:
    """The services with pods that use each ConfigMap or Secret."""
    found: dict[tuple[str, str, str], set[str]] = {}
    for entry in entries:
        spec: Any = get(entry.whole, "spec", "template", "spec")
        if not spec or not entry.name or entry.resource == "jobs":
            continue  # each run of a CronJob has its own name
        service = inventory.subject(entry.namespace, KINDS_OF_OBJECTS.get(entry.resource, ""), entry.name).service
        for resource in KINDS if service else ():
            for name in used(spec, resource):
                found.setdefault((resource, entry.namespace, name), set()).add(service)
    return found
