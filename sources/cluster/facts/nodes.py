"""Facts about nodes."""

from typing import NamedTuple

from collector.event import Kind, Subject
from collector.people import spoken
from sources.fact import Fact


class NodeChange(NamedTuple):
    """What happened to a node, apart from becoming ready or not ready."""

    key: str
    """Its part of the merge key: the same in all sources."""
    words: str


ADDED = NodeChange("added", "was added")
REMOVED = NodeChange("removed", "was removed")
CORDONED = NodeChange("cordoned", "is cordoned")
UNCORDONED = NodeChange("uncordoned", "is uncordoned")
REBOOTED = NodeChange("rebooted", "was rebooted")
SHUT_DOWN = NodeChange("shut down", "is shut down")
OUT_OF_MEMORY = NodeChange("SystemOOM", "has run out of memory")
RECLAIMED = NodeChange("reclaimed", "is to be taken back by its provider")
EVICTING = NodeChange("EvictionThresholdMet", "begins to evict pods")
PRESSURES = {
    "MemoryPressure": "short of memory",
    "DiskPressure": "short of disk space",
    "PIDPressure": "short of process ids",
}
"""The conditions of pressure, in words."""


def pressure(condition: str, *, present: bool) -> NodeChange:
    """The start or end of a condition such as `MemoryPressure`, or of one that the cluster's own tools set."""
    words = PRESSURES.get(condition)
    if present:
        return NodeChange(condition, f"is {words}" if words else f"reports {condition}")
    return NodeChange(f"no {condition}", f"is no longer {words}" if words else f"no longer reports {condition}")


_NO_MORE = "status is now: NodeNotReady"
"""The end of the node controller's Event, which only repeats that the node is not ready."""


def node_subject(cluster: str, node: str) -> Subject:
    """The subject of all facts about a node."""
    return Subject(cluster=cluster, workload=f"Node/{node}")


def node_ready(cluster: str, node: str, detail: str = "") -> Fact:
    """The node became ready."""
    return _fact(Kind.NODE_READY, cluster, node, NodeChange("ready", "is ready"), detail)


def node_not_ready(cluster: str, node: str, detail: str = "", *, silent: bool = False) -> Fact:
    """The node reports that it is not ready, or it is `silent`: its kubelet has not reported for too long."""
    words = "is not ready: its kubelet is not heard of any more" if silent else "is not ready"
    if detail.endswith(_NO_MORE):
        detail = ""
    return _fact(Kind.NODE_NOT_READY, cluster, node, NodeChange("not ready", words), detail)


def node_changed(cluster: str, node: str, change: NodeChange, detail: str = "", *, by: str = "") -> Fact:
    """Something else happened to the node; `by` is who did it, and with which program."""
    words = f"{change.words} by {spoken(by)}" if by else change.words
    return _fact(Kind.NODE_CHANGED, cluster, node, NodeChange(change.key, words), detail)


def node_drained(cluster: str, node: str, how: str, *, by: str = "") -> Fact:
    """The node was cordoned and then lost all its pods; `how` counts them: `3 pods stopped`."""
    words = f"is drained{f' by {spoken(by)}, as far as the log shows' if by else ''}: {how} since it was cordoned"
    return _fact(Kind.NODE_DRAINED, cluster, node, NodeChange("drained", words), "")


def _fact(kind: Kind, cluster: str, node: str, change: NodeChange, detail: str) -> Fact:
    words = f"Node {node} {change.words}" + (f" ({detail})" if detail else "")
    return Fact(kind, node_subject(cluster, node), words, f"{cluster}/Node/{node}/{change.key}")
