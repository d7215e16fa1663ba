"""The containers of a pod, as its kubelet starts them, and what becomes of them."""

import random
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct, field

from tests.incidents.ids import Object, sha256, stamp

if TYPE_CHECKING:
    from tests.incidents.world import World

_BACK_OFF, _LONGEST_BACK_OFF = 10.0, 300.0
_LOOK = 13.0
"""How often a kubelet looks at a pod that it waits for."""
NOT_FOUND = (
    'rpc error: code = NotFound desc = failed to pull and unpack image "{image}": '
    'failed to resolve reference "{image}": {image}: not found'
)


class Behaviour(Struct, frozen=True):
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


class Container(Struct):
    """The state of the main container."""

    started: datetime | None = None
    ready: bool = False
    restarts: int = 0
    last: Object = field(default_factory=dict)
    waiting: Object | None = field(default_factory=lambda: {"reason": "ContainerCreating"})
    done: Object | None = None
    number: int = 0


class Containers:
    """What a kubelet does to the main container of a pod; the base of `Pod`, which has the rest."""

    world: "World"
    behaviour: Behaviour
    container: Container
    template: Object
    name: str
    namespace: str
    uid: str
    phase: str
    address: str
    silent: bool
    alive: bool
    main: Object
    initialized: datetime | None
    ended: datetime | None
    ready_since: datetime
    changed_at: datetime
    changed: Callable[[], None]
    write: Callable[..., None]
    _set_ready: Callable[..., None]
    _chance: random.Random

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


def _spelled(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}m{rest}s" if minutes else f"{rest}s"
