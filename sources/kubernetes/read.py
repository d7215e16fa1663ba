"""From the cluster's answers to Events."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from collector.event import Event, order
from collector.source import Document, Gap, each
from collector.window import Window
from sources.kubernetes.history import histories
from sources.kubernetes.inventory import Inventory
from sources.kubernetes.pods import pod_events
from sources.kubernetes.readiness import lives, ready_events
from sources.kubernetes.records import Record, record, to_event
from sources.kubernetes.rollouts import rollout_events
from sources.kubernetes.stock import take_stock

_LEAD = timedelta(minutes=15)
"""How long before the window an Event still explains it: a rollout under way has begun within this."""


def read(documents: Iterable[Document], window: Window, source: str, cluster: str) -> Iterator[Event | Gap]:
    """All Events in order, then what could not be seen.

    Every Event object is one Event; those that mean nothing to us are OTHER. Rollouts, and the pods that became
    ready in them, come from the objects and the Event objects together.
    """
    inventory = Inventory(scope=cluster or source, cluster=cluster)
    items: list[dict[str, Any]] = []
    gaps: list[Gap] = list(take_stock(documents, inventory, items))
    records: list[Record] = []
    for found in each(items, record, "events"):
        if isinstance(found, Gap):
            gaps.append(found)
        else:
            records.append(found)
    records.sort(key=lambda said: (said.first, said.last, said.uid))
    yield from sorted(_events(inventory, records, source), key=order)
    yield from gaps
    yield from _horizon(inventory, records, window)


def _events(inventory: Inventory, records: list[Record], source: str) -> Iterator[Event]:
    told: set[str] = set()
    pods = lives(inventory, records)
    for history in histories(inventory, records):
        told |= {step.said.uid for step in history.scalings}
        yield from rollout_events(history, inventory, source)
        yield from ready_events(history, pods, inventory, source)
    for said in records:
        if said.uid not in told:
            yield to_event(said, source, inventory)
    for pod in inventory.pods.values():
        yield from pod_events(pod, inventory, source)


def _horizon(inventory: Inventory, records: list[Record], window: Window) -> Iterator[Gap]:
    """How far back the Events go. They expire some time after their last occurrence, so that is what counts: a
    repeated one may have begun days ago.
    """
    hint = "the API server keeps Events for --event-ttl, 1 h by default; capture sooner, or export Events"
    if not records:
        if inventory.deployments or inventory.replica_sets or inventory.pods:
            yield Gap("no Events at all: they have expired, or this account does not see them", hint)
        return
    oldest = min(said.last for said in records).earliest
    if oldest > window.start - _LEAD:
        yield Gap(f"Events before {oldest:%Y-%m-%d %H:%M:%SZ} have expired", hint)
