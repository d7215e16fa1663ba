"""Links between nodes and the pods that failed on them or were lost with them."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from collector.event import Kind
from collector.link import Link, LinkKind
from collector.stories.nodes import DRAIN, goes_away, node_of, reports_problem
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
"""What may happen to pods that stay on a node with a problem."""
_FAILS_AFTER = timedelta(minutes=15)
"""Maximum time from the problem of a node to the first failure of a pod on it."""
_DETECTION_DELAY = timedelta(seconds=60)
"""Maximum time that a problem detector needs to find a problem. The first pod may fail before that."""
_DRAINED_WITHIN = timedelta(minutes=15)
"""Maximum time from the last failure of a pod to the drain of its node for that reason."""


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
        """When this happened to the pods of each node. The empty name is for pods of unknown nodes."""
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
                    # A node that only reports a problem need not be why a pod is not ready: see `fails_on`.
                    continue
                reason = f"they ran on {node.about}" if sure else f"it happens while {node.about} is away"
                yield Link(story.id, node.id, LinkKind.ON_NODE, 40 if sure else 15, (reason,))


def fails_on(pods: Iterable[Story], nodes: Sequence[Story]) -> Iterator[Link]:
    """Link failing pods to the nodes that reported a problem at that time, and to the drains of these nodes after that.

    More than half of the pods must be on such nodes; otherwise they fail for another reason.
    """
    by_name: dict[str, list[Story]] = {}
    for node in nodes:
        if reports_problem(node) or node.manner == Kind.NODE_DRAINED:
            by_name.setdefault(node.about, []).append(node)
    for story in pods if by_name else ():
        if Kind(story.manner) not in _FAILING:
            continue
        at: dict[str, datetime] = {}
        """When the first of its pods on each node failed."""
        places: dict[str, str] = {}
        for one in story.at(Step.STARTED):
            if node_of(one):
                at.setdefault(node_of(one), one.best.at)
                places[one.best.subject.pod] = node_of(one)
        reports = {
            name: [one for one in by_name.get(name, ()) if reports_problem(one) and _explains(one, first)]
            for name, first in at.items()
        }
        if 2 * sum(bool(reports[name]) for name in places.values()) <= len(places):
            continue
        for name, reported in reports.items():
            last = max(story.until, at[name])
            drains = [
                one
                for one in by_name.get(name, ())
                if reported and one.manner == Kind.NODE_DRAINED and at[name] <= one.since <= last + _DRAINED_WITHIN
            ]
            for node in (*reported, *drains):
                yield Link(story.id, node.id, LinkKind.FAILS_ON, 40, (f"they ran on {name}",))


def _explains(node: Story, failed: datetime) -> bool:
    """Whether a node reported its problem at such a time that a pod may have failed because of it."""
    return node.since - _DETECTION_DELAY <= failed <= node.since + _FAILS_AFTER
