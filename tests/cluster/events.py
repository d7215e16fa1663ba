"""Events as the legacy recorder of Kubernetes components writes them.

The same event again raises the count of the first one, and one object may cause 25 events at once and then
one in five minutes; what is beyond that is dropped (client-go tools/record/events_cache.go).
"""

import time
from datetime import UTC, datetime

from tests.cluster.client import Client, Json
from tests.cluster.clock import Clock

_BURST = 25.0
_REFILL = 1 / 300


class EventRecorder:
    """Writes the events of one component."""

    def __init__(self, cluster: Client, clock: Clock, component: str, host: str = "") -> None:
        """`host` is the node, for the kubelet."""
        self._cluster = cluster
        self._clock = clock
        self._source = {"component": component} | ({"host": host} if host else {})
        self._written: dict[tuple[str, ...], Json] = {}
        self._allowance: dict[str, tuple[float, datetime]] = {}

    def write(self, item: Json, reason: str, message: str, *, warning: bool = False, container: str = "") -> None:
        """Write an event about an object, or raise the count of the one that says the same."""
        meta = item["metadata"]
        if not self._allowed(meta["uid"]):
            return
        key = (meta["uid"], reason, message, container)
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        if key in self._written:
            old = self._written[key]
            change = {"count": old["count"] + 1, "lastTimestamp": now}
            self._written[key] = self._cluster.patch(old, change) | {"kind": "Event"}
            return
        about = {
            "kind": item["kind"],
            "apiVersion": item.get("apiVersion", "v1"),
            "name": meta["name"],
            "uid": meta["uid"],
            "resourceVersion": meta.get("resourceVersion", ""),
        }
        if "namespace" in meta:
            about["namespace"] = meta["namespace"]
        if container:
            about["fieldPath"] = f"spec.containers{{{container}}}"
        event = {
            "apiVersion": "v1",
            "kind": "Event",
            # Events about cluster-wide objects live in the namespace default.
            "metadata": {
                "name": f"{meta['name']}.{time.time_ns():x}",
                "namespace": meta.get("namespace", "default"),
            },
            "involvedObject": about,
            "reason": reason,
            "message": message,
            "source": self._source,
            "firstTimestamp": now,
            "lastTimestamp": now,
            "count": 1,
            "type": "Warning" if warning else "Normal",
        }
        self._written[key] = self._cluster.create(event)

    def _allowed(self, uid: str) -> bool:
        now = self._clock.now()
        left, since = self._allowance.get(uid, (_BURST, now))
        left = min(_BURST, left + (now - since).total_seconds() * _REFILL)
        self._allowance[uid] = (left - 1 if left >= 1 else left, now)
        return left >= 1
