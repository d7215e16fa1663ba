"""Changes of ConfigMaps and Secrets: who made them and when, and not what is in them."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any

from collector.event import Event, Kind, Subject
from sources.cluster.fields import get
from sources.cluster.inference.configs import NAMES, fact_of, mounts
from sources.cluster.inventory import Inventory
from sources.kubernetes_audit.changes import REPEATED, what
from sources.kubernetes_audit.entries import Entry
from sources.kubernetes_audit.locks import ACCOUNT
from sources.kubernetes_audit.stock import KINDS

_BEATS = 10
"""So many writes on end, each so soon after the one before, are the beats of a program: locks, states that it keeps."""
_PACE = timedelta(minutes=5, seconds=30)
"""How soon what has an account of its own writes again if it does so at each turn: most are of up to 5 minutes."""
_Mounted = Mapping[tuple[str, str, str], set[str]]


def config_writes(entries: Iterable[Entry]) -> list[Entry]:
    """The requests by which people and their pipelines changed ConfigMaps and Secrets; those of programs that write
    again and again are none of them.
    """
    runs: dict[tuple[str, ...], list[list[Entry]]] = {}
    for entry in entries:
        if entry.resource in NAMES and not entry.group and not entry.component and not entry.sub:
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

    Whose they are is told by the templates among `entries` whose pods mount them, if these are of one service.
    """
    mounted = _mounted(entries, inventory)
    for entry in writes:
        kind = NAMES[entry.resource]
        users = mounted.get((entry.resource, entry.namespace, entry.name), set())
        yield Event(
            kind=Kind.CONFIG_CHANGED,
            at=entry.at.earliest,
            earliest=entry.at.earliest,
            latest=entry.at.latest,
            summary=f"{what(entry)} by {entry.user} with {entry.program}",
            source=source,
            native_id=entry.id,
            subject=Subject(
                service=min(users) if len(users) == 1 else "",
                cluster=inventory.cluster,
                namespace=entry.namespace,
                workload=f"{kind}/{entry.name}" if entry.name else "",
            ),
            actor=entry.user,
            query=entry.evidence,
            # Of several that were deleted at once, and of what the server was to name, the name is not known.
            fact=fact_of(inventory.cluster, entry.namespace, kind, entry.name) if entry.name else "",
        )


def _mounted(entries: Iterable[Entry], inventory: Inventory) -> _Mounted:
    """The services whose pods mount each of them."""
    found: dict[tuple[str, str, str], set[str]] = {}
    for entry in entries:
        spec: Any = get(entry.whole, "spec", "template", "spec")
        if not spec or not entry.name or entry.resource == "jobs":
            continue  # each run of a CronJob has a name of its own
        service = inventory.subject(entry.namespace, KINDS.get(entry.resource, ""), entry.name).service
        for call in NAMES if service else ():
            for name in mounts(spec, call):
                found.setdefault((call, entry.namespace, name), set()).add(service)
    return found
