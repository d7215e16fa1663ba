"""Nodes that are cordoned and uncordoned."""

from msgspec import Struct, field

from sources.cluster.fields import get, text
from sources.kubernetes_audit.entries import Entry
from sources.kubernetes_audit.patches import patch


class Cordons(Struct):
    """Which nodes are known to be cordoned, or not, up to the entry that was read last."""

    _closed: dict[str, bool] = field(default_factory=dict)

    def done(self, entry: Entry) -> str:
        """`cordoned` or `uncordoned`, if a request did that, else empty. The state of the node is remembered.

        A patch names its change. If a whole Node was sent, a change is known only if the log has its state before.
        """
        if entry.resource != "nodes":
            return ""
        if entry.verb == "delete":
            self._closed.pop(entry.name, None)
            return ""
        before = self._closed.get(entry.name)
        sent, whole = get(patch(entry), "spec"), entry.whole
        named = entry.verb == "patch" and not entry.sub and isinstance(sent, dict) and "unschedulable" in sent
        if named:
            now = bool(sent["unschedulable"])
        elif text(whole, "metadata", "name"):
            now = get(whole, "spec", "unschedulable") is True
        else:
            return ""
        self._closed[entry.name] = now
        written = entry.verb == "update" and not entry.sub and before is not None and before is not now
        return ("cordoned" if now else "uncordoned") if named or written else ""
