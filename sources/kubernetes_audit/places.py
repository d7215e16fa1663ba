"""The node of each pod, after the entries so far."""

from datetime import datetime

from msgspec import Struct, field

from sources.cluster.fields import controller, text
from sources.kubernetes_audit.entries import Entry

Pod = tuple[str, str]
"""Namespace and name."""
KUBELET = "system:node:"
"""The account name of a kubelet, before the name of its node."""


class Place(Struct):
    """Where one pod is."""

    node: str = ""
    """Empty while it is not known."""
    bound: datetime | None = None
    """When the pod was assigned to the node; None if that was before the log begins."""
    rooted: bool = False
    """Whether no drain removes it: it belongs to a DaemonSet, or is a static pod of the node."""
    over: bool = False
    """Whether it has finished, or was asked to stop."""


class Places(Struct):
    """The places of all pods, from the entries so far, in their order."""

    of: dict[Pod, Place] = field(default_factory=dict)

    def add(self, entry: Entry) -> Place:
        """Add one more entry about a pod; returns where that pod is.

        Each kubelet has its own account, so even its requests without content name the node.
        """
        pod, whole = (entry.namespace, entry.name), entry.whole
        by = entry.user.removeprefix(KUBELET) if entry.user.startswith(KUBELET) else ""
        known = self.of.setdefault(pod, Place())
        if entry.sub == "binding":
            # This is a new pod of the same name, even if the log does not have its node.
            known = self.of[pod] = Place(text(entry.asked, "target", "name"), entry.at.earliest)
        known.node = text(whole, "spec", "nodeName") or known.node or by
        kind, _ = controller(whole)
        known.rooted |= kind in ("DaemonSet", "Node") or entry.name.endswith(f"-{known.node}")
        known.over |= text(entry.asked, "status", "phase") in ("Succeeded", "Failed") or removes(entry)
        if entry.verb == "delete" and by:
            del self.of[pod]
        return known


def removes(entry: Entry) -> bool:
    """Whether a request removes a pod."""
    return entry.resource == "pods" and ((entry.verb == "delete" and not entry.sub) or entry.sub == "eviction")
