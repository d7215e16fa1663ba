"""From shipped records to the Events of a timeline, by way of what the source `kubernetes` makes of Event objects."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

from collector.event import SECOND, Event, Kind, order
from collector.source import Gap, Seen, each
from collector.window import Window
from sources.kubernetes.inventory import Inventory
from sources.kubernetes.limits import unexplained_stops
from sources.kubernetes.read import about, events_of
from sources.kubernetes.records import Record, path, record
from sources.shipped_events.fields import Shipped, event_object
from sources.shipped_events.sets import set_rollouts
from sources.shipped_events.updates import Update, newest


def read(
    records: Iterable[Shipped], fields: Mapping[str, str], window: Window, source: str, cluster: str
) -> Iterator[Event | Gap | Seen]:
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
    said = [update.said for update in told]
    where = {path(update.said): update.where for update in told}
    events = [*events_of(inventory, said, source), *set_rollouts(said, inventory, source)]
    for event in sorted(events, key=order):
        yield replace(event, query=where.get(event.query, event.query))
    yield from gaps
    yield from _horizon(said, window, cluster)
    yield from _limits(events, said, window)


def _update(shipped: Shipped, fields: Mapping[str, str]) -> Iterator[Update]:
    item = event_object(shipped, fields)
    known = bool(item["metadata"]["uid"] or item["metadata"]["name"])
    if not item["metadata"]["name"]:
        item["metadata"]["name"] = item["metadata"]["uid"] or item["involvedObject"]["name"]
    for said in record(item):
        yield Update(said, known, shipped.where)


def _limits(events: Iterable[Event], said: Sequence[Record], window: Window) -> Iterator[Gap]:
    """What Events never tell, where it would be of use."""
    kinds = {event.kind for event in events if window.overlaps(event.earliest, event.latest)}
    if kinds & {Kind.ROLLOUT_STARTED, Kind.ROLLBACK_STARTED}:
        reason = "Events tell neither versions nor when pods were ready, nor when a rollout ended or was stuck"
        yield Gap(reason, "kubernetes, kubernetes-audit and kube-state-metrics tell")
    if Kind.POD_CRASHED in kinds:
        reason = "Events tell that the containers of pods died again and again, not when each did and of what"
        yield Gap(reason, "kube-state-metrics and an audit log tell")
    by_daemons = {one.about for one in said if _by_daemon_set(one, window)}
    for name in sorted(by_daemons):
        reason = f"pods of DaemonSet {name} were removed by its controller: whether in a rollout Events do not tell"
        yield Gap(reason, "kubernetes, kubernetes-audit and kube-state-metrics tell")
    yield from unexplained_stops(said, window)


def _by_daemon_set(said: Record, window: Window) -> bool:
    removed = said.kind == "DaemonSet" and said.reason == "SuccessfulDelete"
    return removed and window.overlaps(said.first.earliest, said.last.latest)


def _horizon(told: list[Record], window: Window, cluster: str) -> Iterator[Gap | Seen]:
    """How far the Events go. That the newest are old may be because nothing happened."""
    of = about(cluster)
    oldest = min((said.last.earliest for said in told), default=None)
    if oldest is None:
        hint = "are they shipped to here, and kept for so long?"
        yield Gap("no Events at all around the window", hint, about=of, span=(window.start, window.end))
        return
    if oldest > window.start:
        hint = "are they kept for so long, and was the shipper running?"
        reason = f"the oldest Event here is of {oldest:%Y-%m-%d %H:%M:%SZ}"
        yield Gap(reason, hint, about=of, span=(window.start, oldest))
    yield Seen(of, "Events", oldest, max(said.last.latest for said in told), SECOND)
