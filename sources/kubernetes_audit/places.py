"""On which node each pod runs, as the log tells it while it is read."""

from dataclasses import dataclass, field
from datetime import datetime

from sources.cluster.fields import controller, text
from sources.kubernetes_audit.entries import Entry

Pod = tuple[str, str]
"""Namespace and name."""
KUBELET = "system:node:"
"""What the account of a kubelet is called, before the name of its node."""


@dataclass(slots=True)
class Place:
    """Of one pod."""

    node: str = ""
    """Empty as long as nothing tells."""
    bound: datetime | None = None
    """When it was given the node; None if it was before the log begins."""
    rooted: bool = False
    """It is a DaemonSet's or the node's own: nobody drives it out."""
    over: bool = False
    """It has done its work, or was asked to stop."""


@dataclass(slots=True)
class Places:
    """What the entries told until now, in their order."""

    of: dict[Pod, Place] = field(default_factory=dict)

    def add(self, entry: Entry) -> Place:
        """Take note of one more entry about a pod; what is known of that pod.

        A kubelet has an account of its own, so that also its requests without content name the node.
        """
        pod, whole = (entry.namespace, entry.name), entry.whole
        by = entry.user.removeprefix(KUBELET) if entry.user.startswith(KUBELET) else ""
        known = self.of.setdefault(pod, Place())
        if entry.sub == "binding":
            # It is another than the one that had its name before, also where the log does not say which node it got.
            known = self.of[pod] = Place(text(entry.asked, "target", "name"), entry.at.earliest)
        known.node = text(whole, "spec", "nodeName") or known.node or by
        kind, _ = controller(whole)
        known.rooted |= kind in ("DaemonSet", "Node") or entry.name.endswith(f"-{known.node}")
        known.over |= text(entry.asked, "status", "phase") in ("Succeeded", "Failed") or removes(entry)
        if entry.verb == "delete" and by:
            del self.of[pod]
        return known


def removes(entry: Entry) -> bool:
    """Whether a pod was told to go."""
    return entry.resource == "pods" and ((entry.verb == "delete" and not entry.sub) or entry.sub == "eviction")
