"""Nodes that are lost, drained, or changed in another way."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from msgspec import Struct, field

from collector.event import Kind
from collector.merge import Occurrence
from collector.services.resolve import Directory
from collector.stories.story import Step, Story, StoryType

_MANY = 3
_ONE_AFTER_THE_OTHER = timedelta(minutes=10)
DRAIN = timedelta(minutes=15)
"""Longest time from the first to the last pod that leaves a drained node."""
_JOINS = ("added", "uncordoned", "NodeSchedulable", "schedulable")
_REBOOT_REPORTED_WITHIN = timedelta(minutes=1)
"""Maximum time from when a node is ready again until its kubelet reports the reboot."""
_ROUTINE = frozenset({"cordoned", "removed"})
"""Changes that people and tools make to a node. It reports all others itself, except that it joined."""
KINDS = frozenset({Kind.NODE_NOT_READY, Kind.NODE_READY, Kind.NODE_DRAINED, Kind.NODE_CHANGED})


class _Course(Struct):
    """The story of one node, while it is being built."""

    about: str
    seen: list[Occurrence]
    back: Occurrence | None = None
    rebooted: list[Occurrence] = field(default_factory=list)
    """Reboots that brought it back."""


def nodes(occurrences: Iterable[Occurrence], stopped: Iterable[Occurrence], directory: Directory) -> list[Story]:
    """A story for each loss of a node (until it is back), each drain and each other change; `manner`: see `_manner`.

    `stopped` are terminations of pods outside of rollouts; those on a drained node belong to its drain.
    """
    found: list[_Course] = []
    not_ready: dict[tuple[str, str], _Course] = {}
    away: dict[tuple[str, str], _Course] = {}
    """The latest course of each node in which it was not ready."""
    for one in occurrences:
        if one.kind not in KINDS:
            continue
        node = (one.best.subject.cluster, node_of(one))
        if one.kind == Kind.NODE_READY:
            begun = not_ready.pop(node, None)
            if begun is not None:
                begun.back = one
                continue
        elif one.kind == Kind.NODE_NOT_READY:
            begun = not_ready.get(node)
            if begun is not None:
                # Its conditions change while it is away.
                begun.seen.append(one)
                continue
            not_ready[node] = away[node] = _Course(node[1], [one])
            found.append(not_ready[node])
            continue
        elif _is_reboot(one) and node in away and _brings_back(one, away[node]):
            away[node].rebooted.append(one)
            continue
        found.append(_Course(node[1], [one]))
    on_node: dict[tuple[str, str], list[Occurrence]] = {}
    for one in stopped:
        on_node.setdefault((one.best.subject.cluster, node_of(one)), []).append(one)
    return [_node(course, on_node, directory) for course in found]


def _node(course: _Course, on_node: Mapping[tuple[str, str], Sequence[Occurrence]], directory: Directory) -> Story:
    first = course.seen[0]
    steps = {Step.STARTED: tuple(course.seen)}
    if course.rebooted:
        steps[Step.MARKED] = tuple(course.rebooted)
    if course.back is not None:
        steps[Step.ENDED] = (course.back,)
    if first.kind == Kind.NODE_DRAINED and course.about:
        ours = on_node.get((first.best.subject.cluster, course.about), ())
        low = bisect_left(ours, first.best.earliest - DRAIN, key=_at)
        high = bisect_right(ours, first.best.latest, key=_at)
        if low < high:
            steps[Step.PODS_TERMINATED] = tuple(ours[low:high])
    return Story(StoryType.NODE, directory.resolve(first.best.subject).service, course.about, steps, (), _manner(first))


def _manner(one: Occurrence) -> str:
    """Its kind; `joins` for a node that is added or uncordoned."""
    joins = one.kind == Kind.NODE_CHANGED and (one.best.merge_key.endswith(_JOINS) or "was added" in one.best.summary)
    return "joins" if joins else one.kind.value


def _is_reboot(one: Occurrence) -> bool:
    return one.kind == Kind.NODE_CHANGED and one.best.merge_key.endswith("/rebooted")


def _brings_back(one: Occurrence, away: _Course) -> bool:
    """Whether the node is still away when its reboot is reported, or was ready again just before that."""
    return away.back is None or one.best.earliest <= away.back.best.latest + _REBOOT_REPORTED_WITHIN


def _at(one: Occurrence) -> datetime:
    return one.best.at


def waves(nodes: Iterable[Story]) -> list[list[Story]]:
    """Groups of three or more nodes that come, or that go, one after the other."""
    found = []
    ordered = sorted(nodes, key=lambda story: (story.since, story.id))
    for away in (True, False):
        group: list[Story] = []
        for story in (one for one in ordered if goes_away(one) == away):
            if group and story.since - group[-1].since > _ONE_AFTER_THE_OTHER:
                found.append(group)
                group = []
            group.append(story)
        found.append(group)
    return [group for group in found if len({story.about for story in group}) >= _MANY]


def goes_away(node: Story) -> bool:
    """Whether the node is lost to its pods: not ready, drained, cordoned, removed, rebooted, under pressure."""
    return node.manner not in (Kind.NODE_READY, "joins")


def reports_problem(node: Story) -> bool:
    """Whether the node reports that something is wrong with it: memory pressure, a read-only disk."""
    word = node.first.best.merge_key.rpartition("/")[2]
    return node.manner == Kind.NODE_CHANGED and word not in _ROUTINE and not word.startswith("no ")


def node_of(one: Occurrence) -> str:
    """The name of the node that it is about or happened on; empty if unknown."""
    subject = one.best.subject
    return subject.node or (subject.workload.removeprefix("Node/") if subject.workload.startswith("Node/") else "")
