"""Rollouts of OpenShift's DeploymentConfigs, known only from the Events about them.

Each rollout creates a ReplicationController, named after the DeploymentConfig and the number of the rollout.
"""

import re
from collections.abc import Iterable, Iterator

from collector.event import Event, Identity
from sources.cluster.event_objects import Record, path, summary
from sources.cluster.facts.rollouts import RolloutName, rollout_started
from sources.cluster.inventory import Inventory
from sources.fact import Moment, report

CONFIG = "DeploymentConfig"
_CREATED = re.compile(r'Created new replication controller "(?P<controller>[^"]+)" for version (?P<number>\d{1,9})')
_NAMED = re.compile(r'\breplication controller "([^"]+)"')
"""In messages that it was created or scaled."""


def starts_rollout(record: Record) -> bool:
    """Whether it reports that a DeploymentConfig began to roll out."""
    return (
        record.kind == CONFIG
        and record.reason == "DeploymentCreated"
        and _CREATED.fullmatch(record.message) is not None
    )


def name_controllers(records: Iterable[Record], inventory: Inventory) -> None:
    """Add the DeploymentConfig of each ReplicationController that an Event names to the inventory."""
    for record in records:
        if record.kind == CONFIG and (found := _NAMED.search(record.message)):
            inventory.owners_in_events[record.about_namespace, found[1]] = f"{CONFIG}/{record.about}"


def config_rollouts(records: Iterable[Record], inventory: Inventory, source: str) -> Iterator[Event]:
    """The start of each rollout. No Event shows what it runs, or when it was complete."""
    for record in records:
        found = _CREATED.fullmatch(record.message) if starts_rollout(record) else None
        if found is not None:
            name = RolloutName(
                subject=inventory.subject(record.about_namespace, CONFIG, record.about),
                template=f"ReplicationController/{found['controller']}",
            )
            yield report(
                rollout_started(name, shown_by=summary(record)),
                Moment(record.first.earliest, record.first.latest),
                source=source,
                native_id=record.uid,
                keys=Identity(replica_set=found["controller"], revision=found["number"]),
                query=path(record),
            )
