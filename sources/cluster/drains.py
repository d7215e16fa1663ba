"""When a node is drained: it was cordoned, and every pod that it had then went before the cordon was lifted."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Generic, NamedTuple, TypeVar

from msgspec import Struct

from sources.fact import Moment

STAY = frozenset({"DaemonSet", "Node"})
"""The controllers whose pods no drain removes: those of every node, and the kubelet itself of static pods."""
Evidence = TypeVar("Evidence")


class CordonChange(NamedTuple):
    """A node was cordoned, or uncordoned."""

    node: str
    on: bool
    at: datetime
    """The most likely instant within `when`."""
    when: Moment
    id: str


class Cordon(Struct, frozen=True):
    """A time for which a node was cordoned."""

    node: str
    when: Moment
    """When it was cordoned."""
    id: str = ""
    lifted: datetime | None = None
    """None if it was not seen to be."""

    def covers(self, time: datetime) -> bool:
        """Whether the node was cordoned then."""
        return self.when.earliest <= time and (self.lifted is None or time < self.lifted)


class Departure(Struct, Generic[Evidence], frozen=True):
    """A pod that a node had when it was cordoned, but for those that STAY, and when it went."""

    when: Moment | None
    """When it went, or was asked to; None if it was not seen to."""
    evidence: Evidence


class Drain(Struct, Generic[Evidence], frozen=True):
    """A node is drained at the time at which the last of its pods went."""

    when: Moment
    pods: int
    last: Evidence
    """What shows the last of them."""


def cordons(changes: Iterable[CordonChange]) -> Iterator[Cordon]:
    """Every time for which a node was cordoned, by node; further evidence of one beginning is passed over."""
    by_node: dict[str, set[tuple[datetime, Moment, bool, str]]] = {}
    for change in changes:
        by_node.setdefault(change.node, set()).add((change.at, change.when, change.on, change.id))
    for node, known in sorted(by_node.items()):
        begun: tuple[Moment, str] | None = None
        for time, when, on, identifier in sorted(known):
            if on:
                begun = begun or (when, identifier)
            elif begun:
                yield Cordon(node, *begun, time)
                begun = None
        if begun:
            yield Cordon(node, *begun)


def drained(cordon: Cordon, pods: Iterable[Departure[Evidence]]) -> Drain[Evidence] | None:
    """When the node was rid of these pods; None if one of them was left until the cordon was lifted, or none went."""
    went: list[tuple[datetime, datetime, int]] = []
    pods = list(pods)
    for index, pod in enumerate(pods):
        if pod.when is None or (cordon.lifted is not None and pod.when.earliest >= cordon.lifted):
            return None
        went.append((pod.when.latest, pod.when.earliest, index))
    if not went:
        return None
    latest, _, index = max(went)
    earliest = max(earliest for _, earliest, _ in went)
    return Drain(Moment(min(earliest, latest), latest), len(went), pods[index].evidence)
