"""Changes of ConfigMaps and Secrets: who made them and when, and not what is in them."""

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
"""So many writes on end, each so soon after the one before, are the beats of a program: locks, states that it keeps."""
_PACE = timedelta(minutes=5, seconds=30)
"""How soon a program with an account of its own writes again, if it does so in a loop: most loops take 5 minutes or
less.
"""
_DONE: Mapping[str, Done] = {"create": "created", "delete": "deleted", "deletecollection": "deleted"}
_Users = Mapping[tuple[str, str, str], set[str]]


def config_writes(entries: Iterable[Entry]) -> list[Entry]:
    """The requests by which people and their pipelines changed ConfigMaps and Secrets; those of programs that write
    again and again are none of them.
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
    # Where the log does not name what was made, it may be several.
    return [entry for of in runs.values() for run in of if len(run) < _BEATS or not run[0].name for entry in run]


def config_events(
    writes: Iterable[Entry], entries: Iterable[Entry], inventory: Inventory, source: str
) -> Iterator[Event]:
    """One Event per write (see `config_writes`), whether it changed anything or wrote again what was there.

    They belong to the service of the templates among `entries` that use them, if these are of one service.
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
    """The services with pods that use each of them."""
    found: dict[tuple[str, str, str], set[str]] = {}
    for entry in entries:
        spec: Any = get(entry.whole, "spec", "template", "spec")
        if not spec or not entry.name or entry.resource == "jobs":
            continue  # each run of a CronJob has a name of its own
        service = inventory.subject(entry.namespace, KINDS_OF_OBJECTS.get(entry.resource, ""), entry.name).service
        for resource in KINDS if service else ():
            for name in used(spec, resource):
                found.setdefault((resource, entry.namespace, name), set()).add(service)
    return found
