"""From the cluster's answers to Events."""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from collector.event import SECOND, Event, order
from collector.source import Document, Gap, Seen
from collector.window import Window
from sources.kubernetes.autoscalers import autoscaled
from sources.kubernetes.configs import config_events
from sources.kubernetes.history import histories
from sources.kubernetes.holds import hold_events, is_hold
from sources.kubernetes.inventory import Inventory
from sources.kubernetes.jobs import job_events
from sources.kubernetes.limits import unexplained_stops, unknown_deaths
from sources.kubernetes.nodes import is_about_node, node_events
from sources.kubernetes.pods import pod_events, scheduled_events
from sources.kubernetes.readiness import lives, ready_events
from sources.kubernetes.records import Record, subject_of, to_event
from sources.kubernetes.revisions import KINDS
from sources.kubernetes.rollouts import rollout_events
from sources.kubernetes.sets import courses, set_events, set_record
from sources.kubernetes.stock import take_stock

_LEAD = timedelta(minutes=15)
"""How long before the window an Event still explains it: a rollout under way has begun within this."""


def read(documents: Iterable[Document], window: Window, source: str, cluster: str) -> Iterator[Event | Gap | Seen]:
    """All Events in order, then what could not be seen.

    Every Event object is one Event; those that mean nothing to us are OTHER. Rollouts, and the pods that became
    ready in them, come from the objects and the Event objects together.
    """
    inventory = Inventory(cluster=cluster)
    records: list[Record] = []
    gaps = list(take_stock(documents, inventory, records))
    listed = [*config_events(inventory, window, source), *scheduled_events(inventory, window, source)]
    yield from sorted([*events_of(inventory, records, source), *listed], key=order)
    yield from gaps
    yield from _horizon(inventory, records, window)
    yield from unexplained_stops(records, window)
    yield from unknown_deaths(inventory, records, window)


def events_of(inventory: Inventory, records: Iterable[Record], source: str) -> list[Event]:
    """What the objects and the Event objects tell, in no order. No object needs to be there: where only Events are
    known, a rollout has its start and the ends of its old pods, and no version.
    """
    return autoscaled(_events(inventory, sorted(records, key=_age), source), inventory)


def _age(said: Record) -> tuple[object, ...]:
    return (said.first.earliest, said.first.latest, said.last.earliest, said.last.latest, said.uid)


def _events(inventory: Inventory, records: list[Record], source: str) -> Iterator[Event]:
    told: set[str] = set()
    pods = lives(inventory, records)
    inventory.named.update((said.about_namespace, said.kind, said.about) for said in records if said.kind in KINDS)
    rolled = list(histories(inventory, records))
    for history in rolled:
        inventory.told.update({(history.namespace, step.replica_set): history.workload for step in history.scalings})
    for history in rolled:
        told |= {step.said.uid for step in history.scalings} | {said.uid for said in history.said if is_hold(said)}
        yield from rollout_events(history, inventory, source)
        yield from hold_events(history, inventory, source)
        yield from ready_events(history, pods, inventory, source)
    sets = courses(inventory, records)
    for course in sets.values():
        yield from set_events(course, inventory, source)
    yield from node_events(inventory, records, source)
    yield from job_events(inventory, source)
    for said in records:
        if said.uid not in told and not is_about_node(said):
            subject = subject_of(said, inventory) if sets else None
            own = sets.get(f"{subject.namespace}/{subject.workload}") if subject else None
            yield from set_record(said, own, inventory, source) if own else (to_event(said, source, inventory),)
    for pod in inventory.pods.values():
        yield from pod_events(pod, inventory, source)


def about(cluster: str) -> str:
    """What sources of facts of one cluster have in common, for `Seen` and `Gap`."""
    return f"kubernetes {cluster}"


def _horizon(inventory: Inventory, records: list[Record], window: Window) -> Iterator[Gap | Seen]:
    """How far back the Events go. They expire some time after their last occurrence, so that is what counts: a
    repeated one may have begun days ago.
    """
    of, since = about(inventory.cluster), window.start - _LEAD
    hint = "the API server keeps Events for --event-ttl, 1 h by default; capture sooner, or export Events"
    if not records:
        if inventory.deployments or inventory.replica_sets or inventory.pods:
            reason = "no Events at all: they have expired, or this account does not see them"
            yield Gap(reason, hint, about=of, span=(since, inventory.listed or window.end))
        return
    oldest = min(said.last for said in records).earliest
    if oldest > since:
        yield Gap(f"Events before {oldest:%Y-%m-%d %H:%M:%SZ} have expired", hint, about=of, span=(since, oldest))
    yield Seen(of, "Events", oldest, max(oldest, inventory.listed or oldest), SECOND)
