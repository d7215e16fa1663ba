"""Rollouts of OpenShift's DeploymentConfigs, from the Events about them and from their ReplicationControllers.

Each rollout creates a ReplicationController, named after the DeploymentConfig and the number of the rollout.
"""

import re
from collections.abc import Iterable, Iterator

from collector.event import Event, Identity, Kind
from sources.cluster.event_objects import Record, path, summary
from sources.cluster.facts.rollouts import RolloutName, rollout_aborted, rollout_completed, rollout_started
from sources.cluster.inventory import Inventory
from sources.cluster.replication_controllers import CONFIG, ReplicationController
from sources.cluster.rollout_names import rollout_name
from sources.fact import Moment, report

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
    """The start of each rollout, and its end if its ReplicationController is listed.

    From Events alone, neither what it runs nor when it was complete is known.
    """
    names = {one.key: (one, _name(one, before, inventory)) for one, before in _with_earlier(inventory)}
    for record in records:
        found = _CREATED.fullmatch(record.message) if starts_rollout(record) else None
        if found is not None:
            listed, name = names.get((record.about_namespace, found["controller"]), (None, None))
            name = name or RolloutName(
                subject=inventory.subject(record.about_namespace, CONFIG, record.about),
                template=f"ReplicationController/{found['controller']}",
            )
            yield report(
                rollout_started(name, shown_by=summary(record)),
                Moment(record.first.earliest, record.first.latest),
                source=source,
                native_id=record.uid,
                keys=_keys(listed, name)
                if listed
                else Identity(replica_set=found["controller"], revision=found["number"]),
                query=path(record),
                description=name.details,
                reason=name.reason,
            )
    for one, name in names.values():
        yield from _of_controller(one, name, source)


def _with_earlier(inventory: Inventory) -> Iterator[tuple[ReplicationController, list[ReplicationController]]]:
    """Each ReplicationController, with the earlier ones of the same DeploymentConfig that completed."""
    earlier: dict[tuple[str, str], list[ReplicationController]] = {}
    for one in sorted(inventory.controllers.values(), key=lambda one: (one.key[0], one.config, one.number)):
        before = earlier.setdefault((one.key[0], one.config), [])
        yield one, list(before)
        if one.phase == "Complete":
            before.append(one)


def _name(one: ReplicationController, before: list[ReplicationController], inventory: Inventory) -> RolloutName:
    old = before[-1] if before else None
    returns = any(earlier.template == one.template != "" for earlier in before[:-1])
    return rollout_name(
        inventory.subject(one.key[0], CONFIG, one.config),
        f"ReplicationController/{one.key[1]}",
        one,
        old,
        rollback=returns and old is not None and old.template != one.template,
    )


def _of_controller(one: ReplicationController, name: RolloutName, source: str) -> Iterator[Event]:
    facts = [(rollout_started(name), one.created)] if one.created else []
    if one.ended is not None and one.phase == "Complete":
        facts.append((rollout_completed(name), one.ended))
    elif one.ended is not None and one.phase == "Failed":
        facts.append((rollout_aborted(name.subject, name, shown_by=one.why), one.ended))
    for fact, when in facts:
        yield report(
            fact,
            when,
            source=source,
            native_id=one.uid or "/".join(one.key),
            keys=_keys(one, name),
            query=f"/api/v1/namespaces/{one.key[0]}/replicationcontrollers/{one.key[1]}",
            description=name.details,
            reason=name.reason if fact.kind != Kind.ROLLOUT_ABORTED else one.why,
        )


def _keys(one: ReplicationController, name: RolloutName) -> Identity:
    runs = one.runs
    return Identity(
        replica_set=one.key[1],
        revision=str(one.number),
        version=runs.version,
        digest=runs.digest,
        commit=runs.commit,
        replaces=name.replaces if name.replaces != runs.version else "",
    )
