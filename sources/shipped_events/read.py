"""Reads shipped records into Events, with the code by which the source `kubernetes` reads Event objects."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial

from msgspec.structs import replace

from collector.event import SECOND, Event, Kind, order
from collector.source import Gap, Seen, each
from collector.window import Window
from sources.cluster.coverage import about
from sources.cluster.event_objects import Record, path, read_record
from sources.cluster.inference.events import events_of
from sources.cluster.inference.unexplained import unexplained_stops
from sources.cluster.inventory import Inventory
from sources.shipped_events.fields import Shipped, event_object
from sources.shipped_events.sets import set_rollouts
from sources.shipped_events.updates import Update, newest


def read(
    records: Iterable[Shipped], fields: Mapping[str, str], window: Window, source: str, cluster: str
) -> Iterator[Event | Gap | Seen]:
    """All Events in order, then what could not be read. A record that is repeated or updated is one Event."""
    inventory = Inventory(cluster=cluster)
    updates: list[Update] = []
    gaps: list[Gap] = []
    for found in each(list(records), partial(_update, fields=fields), "records"):
        if isinstance(found, Gap):
            gaps.append(replace(found, hint="are they Events? `fields` names the place of each field"))
        else:
            updates.append(found)
    latest = newest(updates)
    event_objects = [update.record for update in latest]
    where = {path(update.record): update.where for update in latest}
    events = [*events_of(inventory, event_objects, source), *set_rollouts(event_objects, inventory, source)]
    for event in sorted(events, key=order):
        yield replace(event, query=where.get(event.query, event.query))
    yield from gaps
    yield from _horizon(event_objects, window, cluster)
    yield from _limits(events, event_objects, window)


def _update(shipped: Shipped, fields: Mapping[str, str]) -> Iterator[Update]:
    item = event_object(shipped, fields)
    known = bool(item["metadata"]["uid"] or item["metadata"]["name"])
    if not item["metadata"]["name"]:
        item["metadata"]["name"] = item["metadata"]["uid"] or item["involvedObject"]["name"]
    for record in read_record(item):
        yield Update(record, known, shipped.where)


def _limits(events: Iterable[Event], records: Sequence[Record], window: Window) -> Iterator[Gap]:
    """Gaps for things that Events never show, if they would be useful in the window."""
    kinds = {event.kind for event in events if window.overlaps(event.earliest, event.latest)}
    if any(kind in (Kind.ROLLOUT_STARTED, Kind.ROLLBACK_STARTED) for kind in kinds):
        reason = "Events show neither versions nor when pods were ready, nor when a rollout ended or was stuck"
        yield Gap(reason, "kubernetes, kubernetes-audit and kube-state-metrics show it")
    if Kind.POD_CRASH_LOOP in kinds:
        reason = "Events show that containers died again and again, not when each did and of what"
        yield Gap(reason, "kube-state-metrics and an audit log show it")
    by_daemons = {one.about for one in records if _by_daemon_set(one, window)}
    for name in sorted(by_daemons):
        reason = f"pods of DaemonSet {name} were removed by its controller: Events do not show whether in a rollout"
        yield Gap(reason, "kubernetes, kubernetes-audit and kube-state-metrics show it")
    yield from unexplained_stops(records, window)


def _by_daemon_set(record: Record, window: Window) -> bool:
    removed = record.kind == "DaemonSet" and record.reason == "SuccessfulDelete"
    return removed and window.overlaps(record.first.earliest, record.last.latest)


def _horizon(records: list[Record], window: Window, cluster: str) -> Iterator[Gap | Seen]:
    """How far the Events reach. If the newest ones are old, possibly nothing happened since."""
    of = about(cluster)
    oldest = min((record.last.earliest for record in records), default=None)
    if oldest is None:
        hint = "are they shipped to here, and kept for so long?"
        yield Gap("no Events at all around the window", hint, about=of, span=(window.start, window.end))
        return
    if oldest > window.start:
        hint = "are they kept for so long, and was the shipper running?"
        reason = f"the oldest Event here is of {oldest:%Y-%m-%d %H:%M:%SZ}"
        yield Gap(reason, hint, about=of, span=(window.start, oldest))
    yield Seen(of, "Events", oldest, max(record.last.latest for record in records), SECOND)
