"""Pods, and what scheduler and kubelet do to them."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from tests.incidents.containers import Behaviour, Container, Containers
from tests.incidents.ids import Object, stamp, uid, word
from tests.incidents.pod_shape import pod_object
from tests.incidents.recorder import About

if TYPE_CHECKING:
    from tests.incidents.nodes import Node
    from tests.incidents.world import World


class Pod(Containers):
    """One pod, from its creation on."""

    def __init__(
        self,
        world: "World",
        owner: About,
        name: str,
        template: Object,
        behaviour: Behaviour,
        *,
        changed: Callable[[], None] = lambda: None,
        labels: dict[str, str] | None = None,
    ) -> None:
        """It is created now by its owner. `changed` is called when it becomes ready or not, or is gone."""
        self.world, self.owner, self.name, self.template = world, owner, name, template
        self.namespace = owner.namespace
        self.behaviour = behaviour
        self.changed = changed
        self.labels = {**template["metadata"]["labels"], **(labels or {})}
        self.created = world.now
        self.uid = uid("pod", self.namespace, name, self.created)
        self.node: Node | None = None
        self.scheduled: datetime | None = None
        self.ready_times: list[tuple[datetime, datetime | None]] = []
        """When it was ready: from, to."""
        self.deleted: datetime | None = None
        self.ended: datetime | None = None
        """When it was removed from the API."""
        self.address = ""
        self.container = Container()
        self.initialized: datetime | None = None
        self.disruption: Object | None = None
        self.phase = "Pending"
        self.status_reason = ""
        self.ready_since = world.now
        self.changed_at = world.now
        self.silent = False
        self._chance = world.chance("pod", self.namespace, name)
        world.log(
            f"system:serviceaccount:kube-system:{owner.kind.lower()}-controller", "create", "pods", self.namespace, name
        )

    # What it is

    @property
    def main(self) -> Object:
        """The container that matters."""
        container: Object = self.template["spec"]["containers"][0]
        return container

    @property
    def ready(self) -> bool:
        """Whether it is."""
        return bool(self.ready_times) and self.ready_times[-1][1] is None

    @property
    def alive(self) -> bool:
        """Whether its controller counts it."""
        return self.deleted is None and self.ended is None and self.phase not in ("Succeeded", "Failed")

    @property
    def is_of_daemon_set(self) -> bool:
        """Which a drain leaves alone."""
        return self.owner.kind == "DaemonSet"

    def about(self, *, container: bool = False) -> About:
        """It as the object of an Event."""
        path = f"spec.containers{{{self.main['name']}}}" if container else ""
        return About("Pod", self.namespace, self.name, self.uid, path=path)

    # What happens to it

    def reserve(self, node: "Node") -> None:
        """The scheduler has found a node, and will bind it in a moment."""
        node.pods.append(self)
        self.world.after(0.1, lambda: self.bind(node))

    def bind(self, node: "Node | None", why: str = "") -> None:
        """The scheduler finds a node, or reports why there is none."""
        if not self.alive or self.scheduled:
            return
        if node is None:
            self.world.recorder.schedule(self.world.now, self.about(), "FailedScheduling", why, warning=True)
            self.status_reason = why
            return
        self.node, self.scheduled = node, self.world.now
        self.status_reason = ""
        if self not in node.pods:
            node.pods.append(self)
        text = f"Successfully assigned {self.namespace}/{self.name} to {node.name}"
        self.world.recorder.schedule(self.world.now, self.about(), "Scheduled", text)
        self.world.after(0.6, self._begin)

    def settle(self, node: "Node", since: datetime) -> None:
        """It has run since long ago; nothing that happened then is known any more but its status."""
        self.node, self.scheduled, self.created = node, since, since
        self.uid = uid("pod", self.namespace, self.name, since)
        node.pods.append(self)
        start = since + timedelta(seconds=4)
        ready = start + timedelta(seconds=self.behaviour.ready + self._chance.uniform(0, self.behaviour.spread))
        self.initialized, self.address, self.phase = since + timedelta(seconds=1), self.world.address(), "Running"
        self.container.started, self.container.waiting, self.container.ready = start, None, True
        self.ready_times.append((ready, None))
        self.ready_since = self.changed_at = ready

    def delete(self, by: str = "", user: str = "") -> None:
        """Somebody asks for its deletion (its controller, unless it was `user`); the kubelet stops it within the
        grace period.
        """
        if self.deleted or self.ended:
            return
        self.deleted = self.world.now
        who = user or f"system:serviceaccount:kube-system:{self.owner.kind.lower()}-controller"
        self.world.log(
            who, "delete", "pods", self.namespace, self.name, "kubectl/v1.20.2 (linux/amd64)" if user else ""
        )
        reasons = {
            "taint": ("DeletionByTaintManager", "Taint manager: deleting due to NoExecute taint"),
            "eviction": ("EvictionByEvictionAPI", "Eviction API: evicting"),
        }
        if by in reasons and self.world.release.sizes:
            self.disruption = {
                "reason": reasons[by][0],
                "message": reasons[by][1],
                "lastTransitionTime": stamp(self.world.now),
            }
        if not self.scheduled:
            self.world.after(0.1, self._gone)
        elif not self.silent:
            if self.container.started and not self.container.done:
                self.write("Killing", f"Stopping container {self.main['name']}", container=True)
            # Its endpoint is withdrawn at once, long before it ends.
            self._set_ready(ready=False)
            self.world.after(self.behaviour.stop + self._chance.uniform(0, 0.8), self._gone)
        self.changed()

    def cut_off(self) -> None:
        """Its kubelet is not heard of any more, and it serves nobody."""
        self.silent = True
        if self.ready:
            self.ready_times[-1] = (self.ready_times[-1][0], self.world.now)

    def be_missed(self) -> None:
        """The node controller takes it for not ready."""
        self.write("NodeNotReady", "Node is not ready", component="node-controller", warning=True)
        self.ready_since = self.changed_at = self.world.now
        self.container.ready = False
        self.changed()

    def machine_gone(self) -> None:
        """The garbage collector removes it with its node."""
        if self.ended is None:
            self.deleted = self.deleted or self.world.now
            self._gone()

    def die(self, *, code: int = 1, reason: str = "Error", again: Behaviour | None = None) -> None:
        """The container ends and is started again; `again` is how it behaves from then on."""
        if not self.alive or not self.container.started or self.silent:
            return
        self.behaviour = again or replace(self.behaviour, fails="", pull=0)
        self._crash(code, reason)

    def fail_probe(self, message: str, *, kind: str = "Readiness", times: int = 1, unready: bool = False) -> None:
        """Probes fail, each ten seconds; in the end it is not ready if so wanted."""
        for count in range(times):
            self.world.after(10.0 * count, lambda: self._unhealthy(f"{kind} probe failed: {message}"))
        if unready:
            self.world.after(10.0 * (times - 1) + 0.1, lambda: self._set_ready(ready=False))

    def recover(self) -> None:
        """The readiness probe passes again."""
        if self.alive and self.container.started and not self.silent:
            self._set_ready(ready=True)

    def write(
        self, reason: str, message: str, *, component: str = "kubelet", container: bool = False, warning: bool = False
    ) -> None:
        """An Event about it."""
        host = self.node.name if component == "kubelet" and self.node else ""
        about = self.about(container=container)
        self.world.recorder.write(self.world.now, about, reason, message, component, host, warning=warning)

    def _set_ready(self, *, ready: bool) -> None:
        if ready and (not self.alive or self.silent or self.container.started is None):
            return
        if ready == self.ready:
            return
        now = self.world.now
        self.ready_since = self.changed_at = now
        self.container.ready = ready
        if ready:
            self.ready_times.append((now, None))
        else:
            self.ready_times[-1] = (self.ready_times[-1][0], now)
        self.changed()

    def _gone(self) -> None:
        if self.ended is None:
            self.cut_off()
            self.ended = self.world.now
            self.changed()

    def objects(self) -> Iterator[Object]:
        """The Pod, unless it is gone."""
        if self.ended is None:
            yield pod_object(self)


def suffix(world: "World", *of: Any) -> str:
    """The end of a generated name."""
    return word(5, world.day, *of)
