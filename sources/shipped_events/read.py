"""From shipped records to the Events of a timeline, by way of what the source `kubernetes` makes of Event objects."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial

from collector.event import Event
from collector.source import Gap, each
from collector.window import Window
from sources.kubernetes.inventory import Inventory
from sources.kubernetes.read import events_of
from sources.kubernetes.records import Record, path, record
from sources.shipped_events.fields import Shipped, event_object
from sources.shipped_events.updates import Update, newest


def read(
    records: Iterable[Shipped], fields: Mapping[str, str], window: Window, source: str, cluster: str
) -> Iterator[Event | Gap]:
    """All Events in order, then what could not be read. A record that comes twice, or was updated, is one Event."""
    inventory = Inventory(cluster=cluster)
    updates: list[Update] = []
    gaps: list[Gap] = []
    for found in each(list(records), partial(_update, fields=fields), "records"):
        if isinstance(found, Gap):
            gaps.append(replace(found, hint="are they Events? `fields` says where they have what"))
        else:
            updates.append(found)
    told = newest(updates)
    where = {path(update.said): update.where for update in told}
    for event in events_of(inventory, (update.said for update in told), source):
        yield replace(event, query=where.get(event.query, event.query))
    yield from gaps
    yield from _horizon([update.said for update in told], window)


def _update(shipped: Shipped, fields: Mapping[str, str]) -> Iterator[Update]:
    item = event_object(shipped, fields)
    known = bool(item["metadata"]["uid"] or item["metadata"]["name"])
    if not item["metadata"]["name"]:
        item["metadata"]["name"] = item["metadata"]["uid"] or item["involvedObject"]["name"]
    for said in record(item):
        yield Update(said, known, shipped.where)


def _horizon(told: list[Record], window: Window) -> Iterator[Gap]:
    oldest = min((said.last for said in told), default=None)
    if oldest is None:
        yield Gap("no Events at all around the window", "are they shipped to here, and kept for so long?")
    elif oldest.earliest > window.start:
        hint = "are they kept for so long, and was the shipper running?"
        yield Gap(f"the oldest Event here is of {oldest.earliest:%Y-%m-%d %H:%M:%SZ}", hint)
