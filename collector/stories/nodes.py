"""Nodes: one that is lost, drained, or otherwise not what it was."""

from collections.abc import Iterable

from collector.event import Kind
from collector.merge import Occurrence
from collector.services.resolve import Directory
from collector.stories.story import Step, Story, StoryType

KINDS = frozenset({Kind.NODE_NOT_READY, Kind.NODE_READY, Kind.NODE_DRAINED, Kind.NODE_CHANGED})


def nodes(occurrences: Iterable[Occurrence], directory: Directory) -> list[Story]:
    """Each time a node was lost (with when it was back), each drain and each other change; `manner` is the kind."""
    found: list[Story] = []
    lost: dict[tuple[str, str], int] = {}
    for one in occurrences:
        if one.kind not in KINDS:
            continue
        node = (one.best.subject.cluster, node_of(one))
        if one.kind == Kind.NODE_READY:
            at = lost.pop(node, None)
            if at is not None:
                begun = found[at]
                steps = {**begun.steps, Step.ENDED: (one,)}
                found[at] = Story(begun.type, begun.service, begun.about, steps, (), begun.manner)
                continue
        elif one.kind == Kind.NODE_NOT_READY:
            at = lost.get(node)
            if at is not None:
                # Its conditions change while it is away.
                begun = found[at]
                steps = {**begun.steps, Step.STARTED: (*begun.steps[Step.STARTED], one)}
                found[at] = Story(begun.type, begun.service, begun.about, steps, (), begun.manner)
                continue
            lost[node] = len(found)
        service = directory.resolve(one.best.subject).service
        found.append(Story(StoryType.NODE, service, node[1], {Step.STARTED: (one,)}, (), one.kind.value))
    return found


def node_of(one: Occurrence) -> str:
    """The name of the node that it is about or happened on; empty if nobody knows."""
    subject = one.best.subject
    return subject.node or (subject.workload.removeprefix("Node/") if subject.workload.startswith("Node/") else "")
