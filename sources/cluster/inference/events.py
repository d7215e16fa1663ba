"""The Events that the objects and Event objects of a cluster show together."""

from collections.abc import Iterable, Iterator

from collector.event import Event
from sources.cluster.event_meanings import Meaning
from sources.cluster.event_objects import Record
from sources.cluster.event_reports import subject_of, to_event
from sources.cluster.inference.analyses import analysis_events
from sources.cluster.inference.autoscalers import autoscaled
from sources.cluster.inference.deployment_configs import config_rollouts, name_controllers, starts_rollout
from sources.cluster.inference.deployment_history import deployment_histories
from sources.cluster.inference.interruptions import interruption_events, is_interruption
from sources.cluster.inference.job_runs import job_runs
from sources.cluster.inference.jobs import job_events
from sources.cluster.inference.nodes import is_about_node, node_events
from sources.cluster.inference.pods import pod_events, recorded
from sources.cluster.inference.readiness import pods_by_replica_set, ready_events
from sources.cluster.inference.revision_history import revision_histories
from sources.cluster.inference.rollouts import rollout_events
from sources.cluster.inference.sets import set_events, set_record
from sources.cluster.inference.start_failures import Meanings, failed_replica_sets, with_details
from sources.cluster.inventory import Inventory
from sources.cluster.revisions import KINDS


def events_of(inventory: Inventory, records: Iterable[Record], source: str, *, listed_once: bool = True) -> list[Event]:
    """The Events that the objects and Event objects show, in no order.

    No object needs to exist: from Event objects alone, a rollout has its start and the ends of its old pods, but no
    version.

    Without `listed_once`, single pods are not reported: the caller knows more of them than their last state.
    """
    return autoscaled(_events(inventory, sorted(records, key=_age), source, listed_once=listed_once), inventory)


def _age(record: Record) -> tuple[object, ...]:
    return (record.first, record.last, record.uid)


def _events(inventory: Inventory, records: list[Record], source: str, *, listed_once: bool) -> Iterator[Event]:
    reported: set[str] = set()
    name_controllers(records, inventory)
    pods = pods_by_replica_set(inventory, records)
    inventory.named.update(
        (record.about_namespace, record.kind, record.about) for record in records if record.kind in KINDS
    )
    rolled = list(deployment_histories(inventory, records))
    for history in rolled:
        inventory.owners_in_events.update(
            {(history.namespace, step.replica_set): history.workload for step in history.scalings}
        )
    for history in rolled:
        reported |= {step.record.uid for step in history.scalings} | {
            record.uid for record in history.records if is_interruption(record)
        }
        yield from rollout_events(history, inventory, source)
        yield from interruption_events(history, inventory, source)
        yield from analysis_events(history, inventory, source)
        yield from ready_events(history, pods, inventory, source)
    reported |= {record.uid for record in records if starts_rollout(record)}
    yield from config_rollouts(records, inventory, source)
    sets = revision_histories(inventory, records)
    for of_set in sets.values():
        yield from set_events(of_set, inventory, source)
    yield from node_events(inventory, records, source)
    yield from job_events(inventory, source)
    yield from job_runs(inventory, records, source)
    yield from failed_replica_sets(inventory, source)
    meanings = Meanings(records, inventory)
    for record in records:
        if record.uid not in reported and not is_about_node(record):
            subject = subject_of(record, inventory) if sets else None
            own = sets.get(f"{subject.namespace}/{subject.workload}") if subject else None
            means = meanings.of(record)
            if own and means == Meaning.TERMINATED:
                yield from set_record(record, own, inventory, source)
            else:
                yield with_details(to_event(record, source, inventory, means), record, inventory)
    if listed_once:
        known = recorded(records)
        for pod in inventory.pods.values():
            yield from pod_events(pod, inventory, source, known)
