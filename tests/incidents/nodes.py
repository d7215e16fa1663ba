"""Nodes: ready, unreachable, cordoned, drained and removed."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from tests.incidents.ids import Object, stamp, uid
from tests.incidents.recorder import About

if TYPE_CHECKING:
    from tests.incidents.pods import Pod
    from tests.incidents.world import World

_GRACE = 40.0
_TOLERATED = 300.0
_PRESSURES = (
    ("MemoryPressure", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
    ("DiskPressure", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
    ("PIDPressure", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
)
_UNKNOWN = ("NodeStatusUnknown", "Kubelet stopped posting node status.")


class Node:
    """One node with the pods on it."""

    def __init__(self, world: "World", name: str, since: datetime | None = None) -> None:
        """It joined `since`, by default weeks ago."""
        self.world = world
        self.name = name
        self.uid = uid("node", name)
        self.since = since or world.end - timedelta(days=31, seconds=len(name))
        self.pods: list[Pod] = []
        self.release = "v1.20.2"
        self._heartbeat: datetime | None = None
        self._since = self.since + timedelta(seconds=21)
        self.missed = False
        self.cordoned: datetime | None = None
        self.removed = False
        self.problem: tuple[str, str, str, datetime] | None = None
        """A condition that its problem detector reports, with reason, message and since when."""
        self.capacity = 110
        """How many pods it takes."""

    @property
    def usable(self) -> bool:
        """Whether the scheduler would take it."""
        there = self.since <= self.world.now and not self.removed
        return (
            there
            and not (self.missed or self.cordoned)
            and sum(pod.phase != "Succeeded" for pod in self.running) < self.capacity
        )

    @property
    def address(self) -> str:
        """Its own."""
        return self.name.partition(".")[0].removeprefix("ip-").replace("-", ".")

    def fail(self, when: str) -> None:
        """It is not heard of any more; its controller notices, and after five minutes its pods are evicted."""
        self.world.at(when, self._go_silent)

    def report(self, when: str, condition: str, reason: str, message: str) -> None:
        """Its problem detector sets a condition, and records it as an Event."""

        def set_condition() -> None:
            self.problem = (condition, reason, message, self.world.now)
            text = f'Node condition {condition} is now: True, reason: {reason}, message: "{message}"'
            about = About("Node", "", self.name, self.name)
            self.world.recorder.write(self.world.now, about, reason, text, "kernel-monitor", self.name, warning=True)

        self.world.at(when, set_condition)

    def cordon(self, when: str | datetime) -> None:
        """Take no more pods; the kubelet reports it at its next status update."""
        self.world.at(when, self._cordon)

    def drain(self, when: str | datetime, each: float = 2.0) -> None:
        """`kubectl drain`: cordon it and evict its pods, one after the other."""
        start = self.world.moment(when)
        self.world.at(start, self._cordon)
        self.world.at(start + timedelta(seconds=1), lambda: self._evict(each))

    def uncordon(self, when: str | datetime) -> None:
        """Take pods again."""
        self.world.at(when, self._uncordon)

    def remove(self, when: str | datetime) -> None:
        """The machine is gone and so is its Node."""
        self.world.at(when, self._remove)

    def join(self, when: str | datetime) -> None:
        """It registers then."""
        self.since = self.world.moment(when)
        self.world.at(when, self._join)

    def _join(self) -> None:
        self.since, self._since = self.world.now, self.world.now + timedelta(seconds=12)
        self._write(self.world.now, "Starting", "Starting kubelet.", "kubelet")
        text = f"Node {self.name} event: Registered Node {self.name} in Controller"
        self.world.after(2, lambda: self._write(self.world.now, "RegisteredNode", text, "node-controller"))
        self.world.after(12, self._become_ready)

    def _become_ready(self) -> None:
        self._write(self.world.now, "NodeReady", f"Node {self.name} status is now: NodeReady", "kubelet")

    def about(self, component: str) -> About:
        """The node as the object of an Event: kubelets give its name as its uid."""
        return About("Node", "", self.name, self.name if component == "kubelet" else self.uid)

    def objects(self) -> Iterator[Object]:
        """The Node, unless it is gone."""
        if self.removed or self.since > self.world.now:
            return
        taints = (
            [{"key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule", "timeAdded": stamp(self.cordoned)}]
            if self.cordoned
            else []
        )
        if self.missed:
            taints += [
                {"key": "node.kubernetes.io/unreachable", "effect": effect, "timeAdded": stamp(self._since)}
                for effect in ("NoSchedule", "NoExecute")
            ]
        spec: Object = {"podCIDR": "10.244.0.0/24", "providerID": f"aws:///eu-central-1a/i-{uid(self.name)[:8]}"}
        spec |= {"taints": taints} if taints else {}
        spec |= {"unschedulable": True} if self.cordoned else {}
        writers = [("kubelet", self._heartbeat or self.world.now), ("kube-controller-manager", self._since)]
        if self.cordoned:
            writers.append(("kubectl-cordon", self.cordoned))
        yield {
            "apiVersion": "v1",
            "kind": "Node",
            "metadata": {
                "name": self.name,
                "uid": self.uid,
                "creationTimestamp": stamp(self.since),
                "labels": {
                    "kubernetes.io/hostname": self.name,
                    "kubernetes.io/os": "linux",
                    "topology.kubernetes.io/zone": "eu-central-1a",
                },
                "managedFields": [
                    {"manager": manager, "operation": "Update", "apiVersion": "v1", "time": stamp(at)}
                    for manager, at in writers
                ],
            },
            "spec": spec,
            "status": {
                "capacity": {"cpu": "16", "memory": "65123456Ki", "pods": "110"},
                "allocatable": {"cpu": "15890m", "memory": "61123456Ki", "pods": "110"},
                "addresses": [
                    {"type": "InternalIP", "address": self.address},
                    {"type": "Hostname", "address": self.name},
                ],
                "nodeInfo": {
                    "kubeletVersion": self.release,
                    "osImage": "Ubuntu 20.04.6 LTS",
                    "containerRuntimeVersion": "containerd://1.6.12",
                    "architecture": "amd64",
                    "operatingSystem": "linux",
                    "kernelVersion": "5.4.0-167-generic",
                    "machineID": "",
                    "systemUUID": "",
                    "bootID": "",
                    "kubeProxyVersion": self.release,
                },
                "conditions": list(self._conditions()),
            },
        }

    def _conditions(self) -> Iterator[Object]:
        heard = self._heartbeat or self.world.now - timedelta(seconds=self.world.end.second % 40 + 3)
        for kind, reason, message in (*_PRESSURES, ("Ready", "KubeletReady", "kubelet is posting ready status")):
            status = "Unknown" if self.missed else str(kind == "Ready")
            reason, message = _UNKNOWN if self.missed else (reason, message)
            since = self._since if self.missed or kind == "Ready" else self.since
            yield {
                "type": kind,
                "status": status,
                "lastHeartbeatTime": stamp(heard),
                "lastTransitionTime": stamp(since),
                "reason": reason,
                "message": message,
            }

        if self.problem:
            kind, reason, message, set_at = self.problem
            yield {
                "type": kind,
                "status": "True",
                "lastHeartbeatTime": stamp(self.world.now),
                "lastTransitionTime": stamp(set_at),
                "reason": reason,
                "message": message,
            }

    def _go_silent(self) -> None:
        # The last heartbeat was a little before, and the kubelet posts one each ten seconds at least.
        self._heartbeat = self.world.now - timedelta(seconds=4)
        for pod in self.pods:
            pod.cut_off()
        self.world.after(_GRACE, self._be_missed)

    def _be_missed(self) -> None:
        self.missed, self._since = True, self.world.now
        self._write(self.world.now, "NodeNotReady", f"Node {self.name} status is now: NodeNotReady", "node-controller")
        for pod in self.running:
            pod.be_missed()
        self.world.after(_TOLERATED, self._evict_all)

    def _evict_all(self) -> None:
        for pod in self.running:
            pod.write(
                "TaintManagerEviction",
                f"Marking for deletion Pod {pod.namespace}/{pod.name}",
                component="taint-eviction-controller" if self.world.release.sizes else "taint-controller",
            )
            pod.delete(by="taint")

    @property
    def running(self) -> "list[Pod]":
        """The pods that are on it now."""
        return [pod for pod in self.pods if pod.ended is None and pod.deleted is None]

    def _cordon(self) -> None:
        self.cordoned = self.world.now
        self.world.after(
            3,
            lambda: self._write(
                self.world.now, "NodeNotSchedulable", f"Node {self.name} status is now: NodeNotSchedulable", "kubelet"
            ),
        )

    def _uncordon(self) -> None:
        self.cordoned = None
        self.world.after(
            3,
            lambda: self._write(
                self.world.now, "NodeSchedulable", f"Node {self.name} status is now: NodeSchedulable", "kubelet"
            ),
        )

    def _evict(self, each: float) -> None:
        for place, pod in enumerate(self.running):
            if not pod.is_of_daemon_set:
                self.world.after(each * place, lambda pod=pod: pod.delete(by="eviction"))  # type: ignore[misc]  # mypy cannot infer a lambda with a default

    def _remove(self) -> None:
        self.removed = True
        self._write(
            self.world.now,
            "RemovingNode",
            f"Node {self.name} event: Removing Node {self.name} from Controller",
            "node-controller",
        )
        for pod in self.pods:
            pod.machine_gone()

    def _write(self, at: datetime, reason: str, message: str, component: str) -> None:
        host = self.name if component == "kubelet" else ""
        self.world.recorder.write(at, self.about(component), reason, message, component, host)
