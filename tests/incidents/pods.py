"""Pods, and what scheduler and kubelet do to them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from tests.incidents.ids import Object, sha256, stamp, uid, word
from tests.incidents.pod_shape import pod_object
from tests.incidents.recorder import About

if TYPE_CHECKING:
    from tests.incidents.nodes import Node
    from tests.incidents.world import World

_BACK_OFF, _LONGEST_BACK_OFF = 10.0, 300.0
_LOOK = 13.0
"""How often a kubelet looks at a pod that it waits for."""
NOT_FOUND = (
    'rpc error: code = NotFound desc = failed to pull and unpack image "{image}": '
    'failed to resolve reference "{image}": {image}: not found'
)


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How the containers of a pod behave. Times in seconds."""

    pull: float = 3.0
    """0: the image is there already."""
    ready: float = 12.0
    """From the container's start to the first passed readiness probe."""
    spread: float = 4.0
    """So much longer at most."""
    stop: float = 4.0
    """From SIGTERM to the end."""
    fails: str = ""
    """`image`: cannot be pulled. `crash`: ends with an error again and again. `unready`: never becomes ready.
    `secret`: a Secret that it mounts is missing. `env`: a ConfigMap or Secret of its environment is missing."""
    dies_after: float = 3.0
    """How long a container that crashes runs."""
    exit: int = 1
    oom: bool = False
    """What it crashes of is its memory limit."""
    message: str = ""
    """The registry's answer, the name of the missing Secret, or how the probe fails."""
    runs: float = 0.0
    """It is done after so long, if it is not 0."""


@dataclass(slots=True)
class Container:
    """The state of the main container."""

    started: datetime | None = None
    ready: bool = False
    restarts: int = 0
    last: Object = field(default_factory=dict)
    waiting: Object | None = field(default_factory=lambda: {"reason": "ContainerCreating"})
    done: Object | None = None
    number: int = 0


class Pod:
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

    def _begin(self) -> None:
        if not self.alive or self.silent:
            return
        self.initialized, self.address = self.world.now, self.world.address()
        image, how = self.main["image"], self.behaviour
        if how.fails == "secret":
            self._fail_mount(0)
        elif how.fails == "image":
            self._fail_pull(0)
        elif how.fails == "env":
            self.write("Pulled", f'Container image "{image}" already present on machine', container=True)
            self._fail_create(0)
        elif how.pull:
            self.write("Pulling", f'Pulling image "{image}"', container=True)
            took = how.pull * self._chance.uniform(0.8, 1.2)
            self.world.after(took, lambda: self._pulled(f'Successfully pulled image "{image}" in {took:.9f}s'))
        else:
            self._pulled(f'Container image "{image}" already present on machine')

    def _pulled(self, text: str) -> None:
        if not self.alive or self.silent:
            return
        self.write("Pulled", text, container=True)
        self.write("Created", f"Created container {self.main['name']}", container=True)
        self.world.after(0.5, self._start)

    def _start(self) -> None:
        if not self.alive or self.silent:
            return
        how, now = self.behaviour, self.world.now
        self.write("Started", f"Started container {self.main['name']}", container=True)
        self.container.started, self.container.waiting = now, None
        self.container.number += 1
        self.phase, self.changed_at = "Running", now
        number = self.container.number
        if how.fails == "crash":
            code, reason = (137, "OOMKilled") if how.oom else (how.exit, "Error")
            self.world.after(
                how.dies_after, lambda: self._crash(code, reason) if number == self.container.number else None
            )
        elif how.fails == "unready":
            self._keep_unready(number)
        elif how.runs:
            self._set_ready(ready=True)
            self.world.after(how.runs, self._complete)
        else:
            wait = how.ready + self._chance.uniform(0, how.spread)
            self.world.after(wait, lambda: self._set_ready(ready=True) if number == self.container.number else None)

    def _crash(self, code: int, reason: str) -> None:
        if not self.alive or self.silent:
            return
        box, now = self.container, self.world.now
        box.last = {
            "exitCode": code,
            "reason": reason,
            "startedAt": stamp(box.started or now),
            "finishedAt": stamp(now),
            "containerID": f"containerd://{sha256(self.uid, box.number)[7:]}",
        }
        box.number += 1
        ran = (now - (box.started or now)).total_seconds()
        box.restarts += 1
        self._set_ready(ready=False)
        # A container that ran for ten minutes is started again at once.
        wait = 0.0 if box.restarts == 1 or ran > 600 else min(_LONGEST_BACK_OFF, _BACK_OFF * 2 ** (box.restarts - 2))
        again = lambda: self._pulled(f'Container image "{self.main["image"]}" already present on machine')  # noqa: E731 - it is used twice below
        if not wait:
            box.started = None
            box.waiting = None
            self.world.after(1.0, again)
            return
        box.started = None
        pod = f"{self.main['name']} pod={self.name}_{self.namespace}({self.uid})"
        text = f"back-off {_spelled(wait)} restarting failed container={pod}"
        box.waiting = {"reason": "CrashLoopBackOff", "message": text}
        report = (
            f"Back-off restarting failed container {self.main['name']} in pod {self.name}_{self.namespace}({self.uid})"
            if self.world.release.sizes
            else "Back-off restarting failed container"
        )
        number = box.number
        for look in range(1 + int(wait // _LOOK)):
            self.world.after(_LOOK * look + 0.5, lambda: self._wait("BackOff", report, number))
        self.world.after(wait, lambda: again() if number == self.container.number else None)

    def _wait(self, reason: str, text: str, number: int) -> None:
        if self.alive and not self.silent and number == self.container.number:
            self.write(reason, text, container=True, warning=True)

    def _keep_unready(self, number: int) -> None:
        if self.alive and number == self.container.number:
            self._unhealthy(
                f"Readiness probe failed: {self.behaviour.message or 'HTTP probe failed with statuscode: 503'}"
            )
            self.world.after(10.0, lambda: self._keep_unready(number))

    def _unhealthy(self, text: str) -> None:
        if self.alive and not self.silent and self.container.started:
            self.write("Unhealthy", text.replace("{address}", self.address), container=True, warning=True)

    def _fail_pull(self, attempt: int) -> None:
        if not self.alive:
            return
        image = self.main["image"]
        report = (self.behaviour.message or NOT_FOUND).replace("{image}", image)
        self.write("Pulling", f'Pulling image "{image}"', container=True)
        self.write("Failed", f'Failed to pull image "{image}": {report}', container=True, warning=True)
        self.write("Failed", "Error: ErrImagePull", container=True, warning=True)
        self.container.waiting = {"reason": "ImagePullBackOff", "message": f'Back-off pulling image "{image}"'}
        wait = min(_LONGEST_BACK_OFF, _BACK_OFF * 2**attempt)
        for look in range(1 + int(wait // _LOOK)):
            self.world.after(2.0 + _LOOK * look, self._back_off_pulling)
        self.world.after(wait + 3, lambda: self._fail_pull(attempt + 1))

    def _back_off_pulling(self) -> None:
        if self.alive:
            self.write("BackOff", f'Back-off pulling image "{self.main["image"]}"', container=True)
            self.write("Failed", "Error: ImagePullBackOff", container=True, warning=True)

    def _fail_mount(self, attempt: int) -> None:
        if self.alive:
            name = self.behaviour.message
            self.write(
                "FailedMount", f'MountVolume.SetUp failed for volume "{name}" : secret "{name}" not found', warning=True
            )
            self.world.after(min(122.0, 0.5 * 2**attempt), lambda: self._fail_mount(attempt + 1))

    def _fail_create(self, attempt: int) -> None:
        if self.alive:
            self.container.waiting = {"reason": "CreateContainerConfigError", "message": self.behaviour.message}
            self.write("Failed", f"Error: {self.behaviour.message}", container=True, warning=True)
            self.world.after(_LOOK, lambda: self._fail_create(attempt + 1))

    def _complete(self) -> None:
        if self.ended is None and self.container.started:
            self.container.done = {
                "exitCode": 0,
                "reason": "Completed",
                "startedAt": stamp(self.container.started),
                "finishedAt": stamp(self.world.now),
            }
            self.phase, self.container.ready = "Succeeded", False
            self.ready_since = self.changed_at = self.world.now
            self.changed()

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


def _spelled(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}m{rest}s" if minutes else f"{rest}s"
