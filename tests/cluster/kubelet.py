"""Kubelets that follow a script: they do to pods what real ones do, but run nothing."""

import hashlib
import itertools
import random
import time
from collections.abc import Callable
from datetime import datetime, timedelta

import requests

from tests.cluster.agenda import Agenda
from tests.cluster.client import Client, Json
from tests.cluster.clock import Clock
from tests.cluster.events import EventRecorder
from tests.cluster.mishaps import Mishaps
from tests.cluster.pods import Act, Life, Script, app, conditions, now

_REFUSED = 'Get "http://{address}:8080/healthz": dial tcp {address}:8080: connect: connection refused'


class Kubelet(Mishaps):
    """The kubelets of all nodes, in one thread that does what is due."""

    def __init__(
        self,
        client: Client,
        clock: Clock,
        scripts: Callable[[Json], Script],
        *,
        setup: float = 0.8,
        pulling: tuple[float, float] | None = None,
        unbound: bool = False,
    ) -> None:
        """How the containers of a pod behave is up to `scripts`.

        Seconds of the clock: a pod is set up after `setup`, and an image that a node does not have is there after some
        time `pulling`; without it each node has each image. With `unbound` pods without a node run, too.
        """
        self._client, self._clock, self._scripts = client, clock, scripts
        self._setup, self._pulling, self._unbound = setup, pulling, unbound
        self._agenda = Agenda()
        self._images: dict[tuple[str, str], datetime] = {}
        self._recorders: dict[str, EventRecorder] = {}
        self._addresses = itertools.count(10)
        self._random = random.Random(20260401)
        self.lives: dict[str, Life] = {}
        """All pods that ever ran, by uid."""
        self.acts: list[Act] = []
        """What was done, in order."""
        self.down: set[str] = set()
        """Nodes that are cut off: nothing is heard of them, and nothing reaches them."""

    def stop(self) -> None:
        """Do nothing any more. Raises ExceptionGroup if it could not follow its script."""
        self._agenda.stop()

    def recorder(self, node: str) -> EventRecorder:
        """Writes the events of the kubelet on a node."""
        return self._recorders.setdefault(node, EventRecorder(self._client, self._clock, "kubelet", node))

    def seen(self, change: str, pod: Json, _arrived: float) -> None:
        """Take note of a new version of a pod."""
        uid = pod["metadata"]["uid"]
        if change == "DELETED" or not (self._unbound or pod["spec"].get("nodeName")):
            return
        if uid not in self.lives:
            number = next(self._addresses)
            address = f"10.244.{number // 200}.{number % 200 + 10}"
            self.lives[uid] = Life(pod, self._scripts(pod), address, bound=time.time())
            self.after(0, self.lives[uid], self._admit)
        life = self.lives[uid]
        stopping = "deletionTimestamp" in pod["metadata"] and not life.stopping
        life.pod = pod
        if stopping:
            self.after(0, life, self._stop)

    def at(self, wall: float, action: Callable[[], None]) -> None:
        """Do something in the kubelets' thread when the wall clock shows `wall`."""
        self._agenda.at(wall, action)

    def after(self, seconds: float, life: Life, action: Callable[[Life], None]) -> None:
        """Do something to a pod, unless it is to stop, has ended, or is cut off by then."""
        last = action in (self._stop, self._gone)

        def act() -> None:
            if life.ended is None and life.node not in self.down and (last or not life.stopping):
                action(life)

        self.at(self._clock.after(max(0.0, seconds)), act)

    def find(self, service: str, number: int = 0) -> Life:
        """The pod of a service that has run the longest, or one after it."""
        running = [one for one in self.lives.values() if one.ended is None and service == app(one.pod)]
        return sorted(running, key=lambda one: one.started or 0)[number]

    def note(self, what: str, life: Life, at: float | None = None) -> None:
        """That something was done just now, or then."""
        self.acts.append(Act(what, life.name, at or time.time(), life.container["image"]))

    def become_ready(self, life: Life, at: float | None = None) -> None:
        """The readiness probe passes."""
        if life.ended is not None or life.stopping:
            return
        # The stamp is of the moment that is noted, however long a busy machine takes between the two.
        at = at or time.time()
        again = life.restarts or life.ready
        life.ready = life.ready or at
        self.note("ready again" if again else "ready", life, at)
        life.state["ready"] = True
        self.report(life, ready=True, at=at)
        if life.deaths:
            self.leak(life)

    def start(self, life: Life) -> None:
        """The container runs, and does what its script says."""
        script, image = life.script, life.container["image"]
        life.started = time.time()
        self.event(life, "Started", f"Started container {life.container['name']}")
        digest = hashlib.sha256(image.encode()).hexdigest()
        life.state.update(imageID=f"{image.rpartition(':')[0]}@sha256:{digest}", containerID=self.container_id())
        life.state.update(started=True, restartCount=life.restarts, state={"running": {"startedAt": now()}})
        life.status |= {"phase": "Running", "podIP": life.address, "podIPs": [{"ip": life.address}]}
        self.report(life, ready=False)
        since = life.bound if not life.restarts else life.started
        passed = (self._clock.story(life.started) - self._clock.story(since)).total_seconds()
        wait = script.ready + self._random.uniform(0, script.spread) - passed
        if script.fails:
            once = life.pod["spec"].get("restartPolicy") == "Never"
            self.after(wait if once else 1.0, life, self.fail if once else self.restart)
        elif script.runs:
            self.report(life, ready=True)
            self.after(script.runs, life, self._complete)
        else:
            for probe in range(script.refused):
                self.after(wait - 10 * (probe + 1), life, lambda life: self.unhealthy(life, _REFUSED))
            self.after(wait, life, self.become_ready)

    def report(self, life: Life, *, ready: bool, reason: str = "ContainersNotReady", at: float | None = None) -> None:
        """The status of a pod, as it is now, or has been since then."""
        life.status["conditions"] = conditions(life, ready=ready, reason=reason, at=at)
        self.write(life)

    def write(self, life: Life) -> None:
        """Tell the API server the status of a pod; that it is deleted already is fine."""
        try:
            self._client.patch(life.pod | {"kind": "Pod"}, {"status": life.status}, "status")
        except requests.HTTPError as error:
            if error.response.status_code != 404:
                raise

    def event(self, life: Life, reason: str, message: str, *, warning: bool = False, whole: bool = False) -> None:
        """Write an event about the container of a pod, or about the whole of it."""
        pod = life.pod | {"kind": "Pod", "apiVersion": "v1"}
        container = "" if whole else life.container["name"]
        self.recorder(life.node).write(pod, reason, message, warning=warning, container=container)

    def container_id(self) -> str:
        """A new one."""
        return f"containerd://{self._random.getrandbits(256):064x}"

    def _admit(self, life: Life) -> None:
        container, script = life.container, life.script
        state = {"name": container["name"], "image": container["image"], "imageID": "", "lastState": {}}
        state |= {"ready": False, "started": False, "restartCount": 0}
        state["state"] = {"waiting": {"reason": "ContainerCreating"}}
        life.status = {"phase": "Pending", "startTime": now(), "containerStatuses": [state]}
        if life.node.startswith("ip-"):
            life.status["hostIP"] = life.node.partition(".")[0].removeprefix("ip-").replace("-", ".")
        self.report(life, ready=False)
        begin = self._setup
        for attempt in range(script.mounts):
            self.after(begin, life, self.fail_mount)
            begin += 2.0 * 2**attempt
        if not script.image:
            self.after(begin, life, self.fail_pull)
            return
        begin = self._pulled(life, begin)
        created = f"Created container {container['name']}"
        self.after(begin + self._setup * 0.375, life, lambda life: self.event(life, "Created", created))
        self.after(begin + self._setup * 0.75, life, self.start)

    def _pulled(self, life: Life, begin: float) -> float:
        """When the node has the image; it may be there, or on its way for another pod."""
        place, image = (life.node, life.container["image"])
        present = self._images.get((place, image)) if self._pulling else self._clock.now()
        if present:
            begin = max(begin, (present - self._clock.now()).total_seconds() + (0.1 if self._pulling else 0))
            text = f'Container image "{image}" already present on machine'
        else:
            self.after(begin, life, lambda life: self.event(life, "Pulling", f'Pulling image "{image}"'))
            took = self._random.uniform(*self._pulling)
            begin += took
            self._images[place, image] = self._clock.now() + timedelta(seconds=begin)
            text = f'Successfully pulled image "{image}" in {took:.9f}s'
        self.after(begin, life, lambda life: self.event(life, "Pulled", text))
        return begin

    def _complete(self, life: Life) -> None:
        self.terminate(life, 0, "Completed")
        life.status["phase"] = "Succeeded"
        life.ended = time.time()
        self.report(life, ready=False, reason="PodCompleted")

    def _stop(self, life: Life) -> None:
        if life.status and "running" in life.state["state"]:
            self.event(life, "Killing", f"Stopping container {life.container['name']}")
            self.note("stopping", life)
        self.after(life.script.stop + self._random.uniform(0, min(0.5, life.script.spread)), life, self._gone)

    def _gone(self, life: Life) -> None:
        if life.status and "running" in life.state["state"]:
            self.terminate(life, 143, "Error")
            self.report(life, ready=False)
        life.ended = time.time()
        uid = {"uid": life.pod["metadata"]["uid"]}
        self._client.delete(life.pod | {"kind": "Pod"}, {"gracePeriodSeconds": 0, "preconditions": uid})
