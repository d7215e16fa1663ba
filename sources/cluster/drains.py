"""When a node was drained: it was cordoned, and all its pods left before it was uncordoned."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Generic, NamedTuple, TypeVar

from msgspec import Struct

from sources.fact import Moment

STAY = frozenset({"DaemonSet", "Node"})
"""Controllers of pods that no drain removes: DaemonSets, and the node itself for static pods."""
Evidence = TypeVar("Evidence")


class CordonChange(NamedTuple):
    """A change of a node: cordoned or uncordoned."""

    node: str
    on: bool
    at: datetime
    """The most likely instant within `when`."""
    when: Moment
    id: str


class Cordon(Struct, frozen=True):
    """A period during which a node was cordoned."""

    node: str
    when: Moment
    """When it was cordoned."""
    id: str = ""
    lifted: datetime | None = None
    """None if it was not seen to be lifted."""

    def covers(self, time: datetime) -> bool:
        """Whether the node was cordoned at that time."""
        return self.when.earliest <= time and (self.lifted is None or time < self.lifted)


class Departure(Struct, Generic[Evidence], frozen=True):
    """A pod on a node at the time of the cordon, unless its controller is in STAY, and when it left."""

    when: Moment | None
    """When it left, or was asked to; None if that was not seen."""
    evidence: Evidence


class Drain(Struct, Generic[Evidence], frozen=True):
    """The drain of a node; its time is when the last pod left."""

    when: Moment
    pods: int
    last: Evidence
    """The evidence of the last pod."""


def cordons(changes: Iterable[CordonChange]) -> Iterator[Cordon]:
    """Every period during which a node was cordoned, by node; repeated evidence of one beginning is ignored."""
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
    """The drain that these pods show; None if one of them stayed until the cordon was lifted, or there are none."""
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
