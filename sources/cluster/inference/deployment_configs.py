"""Rollouts of OpenShift's DeploymentConfigs, of which nothing but the Events about them is read.

Each makes a ReplicationController, which is called after it and the number of the rollout.
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
"""That it was made, or scaled."""


def starts_rollout(record: Record) -> bool:
    """Whether it reports that a DeploymentConfig began to roll out."""
    return (
        record.kind == CONFIG
        and record.reason == "DeploymentCreated"
        and _CREATED.fullmatch(record.message) is not None
    )


def name_controllers(records: Iterable[Record], inventory: Inventory) -> None:
    """Make known which ReplicationControllers belong to which DeploymentConfig, as far as Events name them."""
    for record in records:
        if record.kind == CONFIG and (found := _NAMED.search(record.message)):
            inventory.owners_in_events[record.about_namespace, found[1]] = f"{CONFIG}/{record.about}"


def config_rollouts(records: Iterable[Record], inventory: Inventory, source: str) -> Iterator[Event]:
    """The start of each. What it runs, and when it was complete, no Event shows."""
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
