"""Links between nodes and the pods that failed on them or went with them."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from collector.event import Kind
from collector.link import Link, LinkKind
from collector.stories.nodes import DRAIN, goes_away, node_of, trouble
from collector.stories.story import Step, Story

_EVICTION_DELAY = timedelta(minutes=6)
"""Kubernetes evicts the pods of a lost node after 5 minutes."""
_OFF_NODE = frozenset({Kind.POD_EVICTED, Kind.POD_UNREADY})
_FAILING = frozenset(
    {
        Kind.POD_CRASHED,
        Kind.POD_CRASH_LOOP,
        Kind.POD_KILLED,
        Kind.POD_NOT_READY,
        Kind.POD_OOM_KILLED,
        Kind.POD_START_FAILED,
        Kind.POD_UNREADY,
    }
)
"""What befalls pods on a node that has a trouble, without being taken off it."""
_FAILS_AFTER = timedelta(minutes=15)
"""Longest time from the trouble of a node to the first failure of a pod on it."""
_CLOCKS = timedelta(seconds=60)
"""A problem detector finds the trouble at its next look, which may be after the first pod failed."""
_REACTION = timedelta(minutes=15)
"""Longest time from the last failure of a pod to the drain of its node because of it."""


def on_node(pods: Iterable[Story], nodes: Sequence[Story]) -> Iterator[Link]:
    """Link pods that were evicted or became unready to the nodes that went away at that time."""
    gone: dict[str, list[Story]] = {}
    for node in nodes:
        if goes_away(node):
            gone.setdefault(node.about, []).append(node)
    every = [node for ours in gone.values() for node in ours]
    for story in pods if gone else ():
        if Kind(story.manner) not in _OFF_NODE:
            continue
        on: dict[str, list[datetime]] = {}
        """When it befell the pods of each node; empty name: of those of which no node is known."""
        for one in story.at(Step.STARTED):
            on.setdefault(node_of(one), []).append(one.best.at)
        for moments in on.values():
            moments.sort()
        unknown = on.get("", [])
        for node in every if unknown else [node for name in on for node in gone.get(name, ())]:
            sure = node.about in on
            moments = on[node.about] if sure else unknown
            since = node.first.best.earliest
            since -= DRAIN if node.manner == Kind.NODE_DRAINED else timedelta()
            until = (node.over or node.until) + _EVICTION_DELAY
            if until < story.since:
                continue
            at = bisect_left(moments, since)
            if at < len(moments) and moments[at] <= until:
                evicted = story.manner == Kind.POD_EVICTED
                if node.manner == Kind.NODE_CHANGED and not (sure and evicted):
                    # A pod that is not ready on a node that reports something may have another reason: see `fails_on`.
                    continue
                reason = f"they ran on {node.about}" if sure else f"it happens while {node.about} is away"
                yield Link(story.id, node.id, LinkKind.ON_NODE, 40 if sure else 15, (reason,))


def fails_on(pods: Iterable[Story], nodes: Sequence[Story]) -> Iterator[Link]:
    """Link pods that do not run to the node that reported a trouble before, and to the drain of a node after that.

    Most of the pods have to be on nodes with that trouble; on others they fail for another reason.
    """
    troubled: dict[str, list[Story]] = {}
    for node in nodes:
        if trouble(node) or node.manner == Kind.NODE_DRAINED:
            troubled.setdefault(node.about, []).append(node)
    for story in pods if troubled else ():
        if Kind(story.manner) not in _FAILING:
            continue
        at: dict[str, datetime] = {}
        """When the first of its pods on each node failed."""
        places: dict[str, str] = {}
        for one in story.at(Step.STARTED):
            if node_of(one):
                at.setdefault(node_of(one), one.best.at)
                places[one.best.subject.pod] = node_of(one)
        sick = {
            name: [one for one in troubled.get(name, ()) if trouble(one) and _just_before(one, first)]
            for name, first in at.items()
        }
        if 2 * sum(bool(sick[name]) for name in places.values()) <= len(places):
            continue
        for name, reported in sick.items():
            last = max(story.until, at[name])
            drains = [
                one
                for one in troubled.get(name, ())
                if reported and one.manner == Kind.NODE_DRAINED and at[name] <= one.since <= last + _REACTION
            ]
            for node in (*reported, *drains):
                yield Link(story.id, node.id, LinkKind.FAILS_ON, 40, (f"they ran on {name}",))


def _just_before(node: Story, failed: datetime) -> bool:
    return node.since - _CLOCKS <= failed <= node.since + _FAILS_AFTER
