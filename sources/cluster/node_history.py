"""The history of a node: one rule for all evidence of its conditions, cordons and reboots, and of its existence."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Generic, NamedTuple, TypeVar

from msgspec import Struct, field

from sources.cluster.facts.nodes import (
    ADDED,
    CORDONED,
    PRESSURES,
    REBOOTED,
    REMOVED,
    SHUT_DOWN,
    UNCORDONED,
    node_changed,
    node_not_ready,
    node_ready,
    pressure,
)
from sources.cluster.fields import get, moment, objects, text
from sources.cluster.observations import Change, Observation, changes
from sources.fact import Fact, Moment

CORDON = "node.kubernetes.io/unschedulable"
"""The taint of a cordoned node."""
READY, CORDON_STATE, BOOT, PRESENCE, SHUTDOWN = "Ready", "cordoned", "boot", "present", "shutting down"
"""The properties of a node; further conditions keep their Kubernetes names."""
_SHUTTING_DOWN = "node is shutting down"
_GOOD = re.compile(r"(?:Ready|Healthy|IsVoter)$")
"""How the conditions end that tools set on a node while all is well: `StorageReady`; those of others are troubles."""
_SETTLING = timedelta(minutes=10)
"""A new node has conditions that pass: its routes are made, its storage is found."""
YES, NO, UNKNOWN = "True", "False", "Unknown"
Evidence = TypeVar("Evidence")


class NodeState(NamedTuple):
    """One property of a node as one object shows it."""

    name: str
    value: str
    since: Moment | None
    """Since when it has the value, if there is a stamp for that."""
    detail: str = ""
    heard: Moment | None = None
    """When the kubelet last reported, if it is silent now."""
    by: str = ""
    """Who changed it, and with which program."""


class Occurrence(Struct, Generic[Evidence], frozen=True):
    """Something that happened to a node; `at` is the most likely instant within `when`."""

    fact: Fact
    when: Moment
    at: datetime
    evidence: Evidence


class NodeHistory(Struct, Generic[Evidence]):
    """Everything that one source shows of one node, in the order in which it was seen."""

    cluster: str
    node: str
    _properties: dict[str, list[Observation[tuple[NodeState, Evidence]]]] = field(default_factory=dict)

    def add(self, sight: NodeState, seen: Moment, evidence: Evidence, *, made: bool = False) -> None:
        """Add what `evidence` shows; `made` is as in Observation."""
        observed = Observation(sight.value, seen, (sight, evidence), sight.since, made)
        self._properties.setdefault(sight.name, []).append(observed)

    def last(self, name: str) -> str | None:
        """The last known value of a property."""
        known = self._properties.get(name)
        return known[-1].value if known else None

    def occurrences(self) -> Iterator[Occurrence[Evidence]]:
        """What happened to the node, property by property."""
        for name, observed in self._properties.items():
            for change in changes(observed):
                sight, evidence = change.evidence
                fact = self._fact(name, change, sight)
                if fact is not None:
                    yield Occurrence(fact, _interval(change.when, sight), change.at, evidence)

    def _fact(self, name: str, change: Change[Any], sight: NodeState) -> Fact | None:
        """The fact of a change; None if the value is normal and no other value is known before it."""
        about, present = (self.cluster, self.node), change.value == YES
        if name == READY:
            if present:
                return node_ready(*about)
            return node_not_ready(*about, sight.detail, silent=change.value == UNKNOWN)
        if name == BOOT:
            return node_changed(*about, REBOOTED, sight.detail)
        if name == SHUTDOWN:
            return node_changed(*about, SHUT_DOWN) if present else None
        if name == PRESENCE:
            return node_changed(*about, ADDED if present else REMOVED, by=sight.by)
        good = is_good(name)
        if present and good and change.before != NO:
            return None
        ended = change.value == NO and (change.before == YES or bool(sight.by) or good)
        if not present and not ended:
            return None
        if name == CORDON_STATE:
            return node_changed(*about, CORDONED if present else UNCORDONED, by=sight.by)
        # What a pressure is everybody knows; what else a node reports only its own words show.
        return node_changed(*about, pressure(name, present=present), "" if name in PRESSURES else sight.detail)


def is_good(condition: str) -> bool:
    """Whether a condition with this name is set while all is well."""
    return _GOOD.search(condition) is not None


def node_states(item: Mapping[str, Any]) -> Iterator[NodeState]:
    """The conditions of a Node object, or of a patch of its status."""
    made = moment(get(item, "metadata", "creationTimestamp"))
    for state in objects(item, "status", "conditions"):
        name = text(state, "type")
        value, since = text(state, "status"), moment(state.get("lastTransitionTime"))
        own = name == READY or name in PRESSURES
        if name and value and since and (own or made is None or since.earliest - made.earliest > _SETTLING):
            detail = ": ".join(part for part in (text(state, "reason"), text(state, "message")) if part)
            heard = moment(state.get("lastHeartbeatTime")) if value == UNKNOWN else None
            yield NodeState(name, value, since, detail, heard)
            if name == READY and value != UNKNOWN:
                # A kubelet that is asked to shut down its node reports the node as not ready, with these words.
                yield NodeState(SHUTDOWN, YES if _SHUTTING_DOWN in detail else NO, since)


def cordon(item: Mapping[str, Any]) -> NodeState:
    """Whether a Node object is cordoned, and since when."""
    for taint in objects(item, "spec", "taints"):
        if taint.get("key") == CORDON:
            return NodeState(CORDON_STATE, YES, moment(taint.get("timeAdded")))
    return NodeState(CORDON_STATE, YES if get(item, "spec", "unschedulable") is True else NO, None)


def _interval(when: Moment, sight: NodeState) -> Moment:
    """The interval of a change. A kubelet fell silent at some time after its last heartbeat: it is noticed later."""
    if sight.heard is None:
        return when
    return Moment(min(sight.heard.earliest, when.earliest), when.latest)
