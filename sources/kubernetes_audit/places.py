"""On which node each pod runs, as far as the log has been read."""

from datetime import datetime

from msgspec import Struct, field

from sources.cluster.fields import controller, text
from sources.kubernetes_audit.entries import Entry

Pod = tuple[str, str]
"""Namespace and name."""
KUBELET = "system:node:"
"""What the account of a kubelet is called, before the name of its node."""


class Place(Struct):
    """Of one pod."""

    node: str = ""
    """Empty as long as it is not known."""
    bound: datetime | None = None
    """When it was given the node; None if it was before the log begins."""
    rooted: bool = False
    """It is a DaemonSet's or the node's own: no drain removes it."""
    over: bool = False
    """It has done its work, or was asked to stop."""


class Places(Struct):
    """What is known from the entries until now, in their order."""

    of: dict[Pod, Place] = field(default_factory=dict)

    def add(self, entry: Entry) -> Place:
        """Note one more entry about a pod; what is known of that pod.

        A kubelet has an account of its own, so that also its requests without content name the node.
        """
        pod, whole = (entry.namespace, entry.name), entry.whole
        by = entry.user.removeprefix(KUBELET) if entry.user.startswith(KUBELET) else ""
        known = self.of.setdefault(pod, Place())
        if entry.sub == "binding":
            # It is another than the one that had its name before, even if the log does not have its node.
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
