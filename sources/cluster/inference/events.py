"""The Events that the objects of a cluster and its Event objects show together."""

from collections.abc import Iterable, Iterator

from collector.event import Event
from sources.cluster.event_objects import Record, subject_of, to_event
from sources.cluster.inference.autoscalers import autoscaled
from sources.cluster.inference.history import histories
from sources.cluster.inference.interruptions import hold_events, is_hold
from sources.cluster.inference.jobs import job_events
from sources.cluster.inference.nodes import is_about_node, node_events
from sources.cluster.inference.pods import pod_events
from sources.cluster.inference.readiness import lives, ready_events
from sources.cluster.inference.rollouts import rollout_events
from sources.cluster.inference.sets import courses, set_events, set_record
from sources.cluster.inventory import Inventory
from sources.cluster.revisions import KINDS


def events_of(inventory: Inventory, records: Iterable[Record], source: str) -> list[Event]:
    """What the objects and the Event objects tell, in no order. No object needs to be there: where only Events are
    known, a rollout has its start and the ends of its old pods, and no version.
    """
    return autoscaled(_events(inventory, sorted(records, key=_age), source), inventory)


def _age(record: Record) -> tuple[object, ...]:
    return (record.first.earliest, record.first.latest, record.last.earliest, record.last.latest, record.uid)


def _events(inventory: Inventory, records: list[Record], source: str) -> Iterator[Event]:
    told: set[str] = set()
    pods = lives(inventory, records)
    inventory.named.update(
        (record.about_namespace, record.kind, record.about) for record in records if record.kind in KINDS
    )
    rolled = list(histories(inventory, records))
    for history in rolled:
        inventory.owners_in_events.update(
            {(history.namespace, step.replica_set): history.workload for step in history.scalings}
        )
    for history in rolled:
        told |= {step.record.uid for step in history.scalings} | {
            record.uid for record in history.records if is_hold(record)
        }
        yield from rollout_events(history, inventory, source)
        yield from hold_events(history, inventory, source)
        yield from ready_events(history, pods, inventory, source)
    sets = courses(inventory, records)
    for course in sets.values():
        yield from set_events(course, inventory, source)
    yield from node_events(inventory, records, source)
    yield from job_events(inventory, source)
    for record in records:
        if record.uid not in told and not is_about_node(record):
            subject = subject_of(record, inventory) if sets else None
            own = sets.get(f"{subject.namespace}/{subject.workload}") if subject else None
            yield from set_record(record, own, inventory, source) if own else (to_event(record, source, inventory),)
    for pod in inventory.pods.values():
        yield from pod_events(pod, inventory, source)
