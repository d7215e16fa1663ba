"""One Event is shipped again whenever its count goes up: which records are one Event."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace

from sources.kubernetes.records import Record


@dataclass(frozen=True, slots=True)
class Update:
    """An Event as one record tells it."""

    said: Record
    known: bool
    """Its uid or name is the Event's own; else it is told by object, reason and message."""
    where: str


def newest(updates: Iterable[Update]) -> list[Update]:
    """One Update per Event: the last, with the first occurrence that any of them knows; in the order of time.

    Without an id, an Event goes on as long as its count rises; a later time without that is another Event.
    """
    events: dict[tuple[str, ...], list[Update]] = {}
    for update in sorted(set(updates), key=_order):
        said = update.said
        about = (said.about_namespace, said.kind, said.about, said.reason, said.message)
        # What has an id has a message that changes, too: `Unhealthy` counts on with another time-out in it.
        key = (said.namespace, said.uid) if update.known else about
        ours = events.setdefault(key, [])
        if ours and (update.known or _goes_on(ours[-1].said, said)):
            ours[-1] = replace(update, said=replace(said, first=min(ours[-1].said.first, said.first)))
        else:
            ours.append(update)
    return sorted((_named(each) for ours in events.values() for each in ours), key=_order)


def _goes_on(before: Record, after: Record) -> bool:
    return after.count > before.count or after.last <= before.last


def _named(update: Update) -> Update:
    """With an id made of what it says, if it has none of its own."""
    said = update.said
    if update.known:
        return update
    what = f"{said.about_namespace}\n{said.kind}\n{said.about}\n{said.reason}\n{said.message}"
    short = hashlib.sha256(what.encode("utf-8", "replace")).hexdigest()[:16]
    name = f"{said.about}.{short}.{said.first.earliest:%Y%m%dT%H%M%S%f}"
    return replace(update, said=replace(said, name=name, uid=f"{said.about_namespace}/{name}"))


def _order(update: Update) -> tuple[object, ...]:
    said = update.said
    about = (said.about_namespace, said.kind, said.about, said.about_uid, said.reason, said.message)
    return (said.last, said.count, said.first, said.namespace, said.uid, said.name, about, update.known, update.where)
