"""Which records are one Event: an Event is shipped again whenever its count rises."""

import hashlib
from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import replace

from sources.cluster.event_objects import Record


class Update(Struct, frozen=True):
    """One record of an Event."""

    record: Record
    known: bool
    """Whether it has the Event's own uid or name; else object, reason and message identify it."""
    where: str


def newest(updates: Iterable[Update]) -> list[Update]:
    """One Update per Event: the last one, with the first occurrence known to any of them; in the order of time.

    Without an id, later records belong to the same Event as long as the count rises; else they are another Event.
    """
    events: dict[tuple[str, ...], list[Update]] = {}
    for update in sorted(set(updates), key=_order):
        record = update.record
        about = (record.about_namespace, record.kind, record.about, record.reason, record.message)
        # An Event with an id may change its message: `Unhealthy` continues to count with another time-out in it.
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
    """The update with an id made from its content, if it has no id of its own."""
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
