"""Recorded nodes: the contents of all their versions, and their removal."""

from collections.abc import Iterator, Sequence
from typing import Any

from sources.cluster.fields import text
from sources.cluster.inference.nodes import add_object
from sources.cluster.node_history import NO, PRESENCE, YES, NodeHistory, NodeState
from sources.fact import Moment
from sources.recorder.versions import Recorded, Version


def node_histories(recorded: Recorded) -> Iterator[NodeHistory[dict[str, Any]]]:
    """The history of each node; another machine of the same name has its own history."""
    for versions in recorded.objects.get("nodes", {}).values():
        yield from _history(versions, recorded)


def _history(versions: Sequence[Version], recorded: Recorded) -> Iterator[NodeHistory[dict[str, Any]]]:
    history: NodeHistory[dict[str, Any]] | None = None
    last: dict[str, Any] = {}
    for version in versions:
        seen = Moment(version.seen, version.seen)
        if version.item is not None:
            last = version.item
            history = history or NodeHistory(recorded.name, text(last, "metadata", "name"))
            add_object(history, last, seen)
        if version.gone and history:
            since = recorded.gone_since("nodes", "", versions, version)
            history.add(NodeState(PRESENCE, YES, None), Moment(since, since), last)
            history.add(NodeState(PRESENCE, NO, None), seen, last)
    if history:
        yield history
