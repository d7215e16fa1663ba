"""The nodes of the play, and their kubelets."""

import time
from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from tests.cluster.client import Client, Json
from tests.cluster.clock import Clock
from tests.cluster.kubelet import Kubelet
from tests.cluster.pods import now
from tests.evidence.workloads import NODES, node, script
from tests.servers.kubernetes import Kubernetes

_BEAT = 1.5
_SETUP = 0.2


class Kubelets(Kubelet):
    """Those of all nodes; they go by the clock on the wall."""

    def __init__(self, server: Kubernetes) -> None:
        """They register their nodes, and begin to report."""
        began = datetime.now(UTC)
        self.clock = Clock(began, [(began + timedelta(days=1), 86400.0)])
        self.clock.start()
        client = Client(replace(server, token=server.node_token), "kubelet")
        super().__init__(client, self.clock, script, setup=_SETUP)
        self._nodes = {name: client.create(node(name)) | {"kind": "Node"} for name in NODES}
        self._cordoned: set[str] = set()
        self._since = now()
        self._beat()

    def lose(self, name: str) -> None:
        """A node is cut off: nothing is heard of it any more, and nothing reaches it."""
        self.at(0, lambda: self.down.add(name))

    def evict_pod(self, pod: Json) -> None:
        """A node is short of memory, and its kubelet evicts a pod."""
        self.at(0, lambda: self.evict(self.lives[pod["metadata"]["uid"]]))

    def exhaust_pod(self, pod: Json, times: int) -> None:
        """Its container is killed for lack of memory now, and again some time after each restart."""
        self.at(0, lambda: self.exhaust(self.lives[pod["metadata"]["uid"]], times))

    def _beat(self) -> None:
        """What each node reports of itself; the heartbeat alone changes."""
        stamp = now()
        for name in NODES:
            if name in self.down:
                continue
            ready = {"type": "Ready", "status": "True", "reason": "KubeletReady", "lastTransitionTime": self._since}
            ready |= {"lastHeartbeatTime": stamp, "message": "kubelet is posting ready status"}
            found = self._client.patch(self._nodes[name], {"status": {"conditions": [ready]}}, "status")
            if found["spec"].get("unschedulable") and name not in self._cordoned:
                self._cordoned.add(name)
                # The kubelet knows its node by the name alone.
                about = self._nodes[name] | {"metadata": {"name": name, "uid": name}}
                reason = "NodeNotSchedulable"
                self.recorder(name).write(about, reason, f"Node {name} status is now: {reason}")
        self.at(time.time() + _BEAT, self._beat)
