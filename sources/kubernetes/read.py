"""Reads the cluster's answers into Events."""

import re
from collections.abc import Iterable, Iterator
from datetime import timedelta
from urllib.parse import unquote

from collector.event import SECOND, Event, order
from collector.known import KnownNamespaces
from collector.source import Document, Gap, SameService, Seen
from collector.window import Window
from sources.cluster.build_inventory import build_inventory
from sources.cluster.coverage import about
from sources.cluster.event_objects import Record
from sources.cluster.fields import text
from sources.cluster.inference.configs import config_events
from sources.cluster.inference.events import events_of
from sources.cluster.inference.pods import scheduled_events
from sources.cluster.inference.unexplained import unexplained_stops, unknown_deaths
from sources.cluster.inventory import Inventory
from sources.cluster.names import service_names

_CONFIG_MAPS_OF = re.compile(r"/namespaces/([^/?]+)/configmaps\b")
_LEAD = timedelta(minutes=15)
"""How long before the window an Event still explains it: a rollout in progress has begun within this time."""


def read(
    documents: Iterable[Document], window: Window, source: str, cluster: str
) -> Iterator[Event | Gap | SameService | Seen | KnownNamespaces]:
    """All Events in order, then what could not be seen.

    Every Event object is one Event, of kind OTHER if its meaning is not known. Rollouts, and the pods that became ready
    in them, come from the objects and the Event objects together.
    """
    inventory = Inventory(cluster=cluster)
    records: list[Record] = []
    listed_whole: set[str] = set()
    asked_alone: set[str] = set()
    gaps = list(build_inventory(_observed(documents, listed_whole, asked_alone), inventory, records))
    listed = [*config_events(inventory, window, source), *scheduled_events(inventory, window, source)]
    yield from sorted([*events_of(inventory, records, source), *listed], key=order)
    yield from service_names(inventory)
    if names := _namespaces(inventory):
        # A namespace without anything in it still has the ConfigMap with the cluster's certificate.
        yield KnownNamespaces(names, {"pods", "configmaps"} <= listed_whole)
    yield from gaps
    yield from _absent(asked_alone, inventory)
    yield from _horizon(inventory, records, window)
    yield from unexplained_stops(records, window)
    yield from unknown_deaths(inventory, records, window)


def _observed(documents: Iterable[Document], whole: set[str], alone: set[str]) -> Iterator[Document]:
    """The same documents; the names of the lists that cover all namespaces are added to `whole`.

    A namespace is added to `alone` if its ConfigMaps were listed separately.
    """
    for document in documents:
        if "/namespaces/" not in document.asked:
            whole.add(document.call)
        elif found := _CONFIG_MAPS_OF.search(document.asked):
            alone.add(unquote(found[1]))
        yield document


def _absent(asked: Iterable[str], inventory: Inventory) -> Iterator[Gap]:
    """For a namespace that does not exist, the API server answers with empty lists."""
    config_maps = inventory.raw_objects.get("configmaps", ())
    known = {text(each, "metadata", "namespace") for each in config_maps} | _namespaces(inventory)
    for namespace in sorted(set(asked) - known):
        reason = f"namespace {namespace} has nothing, not even the ConfigMap that Kubernetes makes in each"
        yield Gap(reason, "does it exist? see `namespaces`")


def _namespaces(inventory: Inventory) -> frozenset[str]:
    objects = (each for kind in ("configmaps", "jobs") for each in inventory.raw_objects.get(kind, ()))
    listed = {text(each, "metadata", "namespace") for each in objects} | {key[0] for key in inventory.pods}
    return frozenset(listed | {key[0] for key in inventory.deployments} - {""})


def _horizon(inventory: Inventory, records: list[Record], window: Window) -> Iterator[Gap | Seen]:
    """How far back the Events go.

    They expire some time after their last occurrence, so that time counts: a repeated Event may have begun days ago.
    """
    of, since = about(inventory.cluster), window.start - _LEAD
    hint = "the API server keeps Events for --event-ttl, 1 h by default; capture sooner, or export Events"
    if not records:
        if inventory.deployments or inventory.replica_sets or inventory.pods:
            reason = "no Events at all: they have expired, or this account does not see them"
            yield Gap(reason, hint, about=of, span=(since, inventory.listed or window.end))
        return
    oldest = min(record.last for record in records).earliest
    if oldest > since:
        yield Gap(f"Events before {oldest:%Y-%m-%d %H:%M:%SZ} have expired", hint, about=of, span=(since, oldest))
    yield Seen(of, "Events", oldest, max(oldest, inventory.listed or oldest), SECOND)
