"""One Event is shipped again whenever its count goes up: which records are one Event."""

import hashlib
from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import replace

from sources.cluster.event_objects import Record


class Update(Struct, frozen=True):
    """An Event as one record has it."""

    record: Record
    known: bool
    """Its uid or name is the Event's own; else it is known by object, reason and message."""
    where: str


def newest(updates: Iterable[Update]) -> list[Update]:
    """One Update per Event: the last, with the first occurrence that any of them knows; in the order of time.

    Without an id, an Event goes on as long as its count rises; a later time without that is another Event.
    """
    events: dict[tuple[str, ...], list[Update]] = {}
    for update in sorted(set(updates), key=_order):
        record = update.record
        about = (record.about_namespace, record.kind, record.about, record.reason, record.message)
        # What has an id has a message that changes, too: `Unhealthy` counts on with another time-out in it.
        key = (record.namespace, record.uid) if update.known else about
        ours = events.setdefault(key, [])
        if ours and (update.known or _goes_on(ours[-1].record, record)):
            ours[-1] = replace(update, record=replace(record, first=min(ours[-1].record.first, record.first)))
        else:
            ours.append(update)
    return sorted((_named(each) for ours in events.values() for each in ours), key=_order)


def _goes_on(before: Record, after: Record) -> bool:
    return after.count > before.count or after.last <= before.last


def _named(update: Update) -> Update:
    """With an id made of its content, if it has none of its own."""
    record = update.record
    if update.known:
        return update
    what = f"{record.about_namespace}\n{record.kind}\n{record.about}\n{record.reason}\n{record.message}"
    short = hashlib.sha256(what.encode("utf-8", "replace")).hexdigest()[:16]
    name = f"{record.about}.{short}.{record.first.earliest:%Y%m%dT%H%M%S%f}"
    return replace(update, record=replace(record, name=name, uid=f"{record.about_namespace}/{name}"))


def _order(update: Update) -> tuple[object, ...]:
    record = update.record
    about = (record.about_namespace, record.kind, record.about, record.about_uid, record.reason, record.message)
    return (
        record.last,
        record.count,
        record.first,
        record.namespace,
        record.uid,
        record.name,
        about,
        update.known,
        update.where,
    )
