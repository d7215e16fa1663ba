"""A kubelet that follows a script: it does to pods what a real one does, but runs nothing."""

import hashlib
import itertools
import random
import time
from collections.abc import Callable
from datetime import datetime, timedelta

import requests

from tests.incident.agenda import Agenda
from tests.incident.clock import Clock
from tests.incident.cluster import Cluster, Json
from tests.incident.life import Life, Script, app, full_name, now
from tests.incident.recorder import Recorder


class Kubelet:
    """The kubelets of all nodes, in one thread that does what is due."""

    def __init__(self, cluster: Cluster, clock: Clock, scripts: Callable[[Json], Script]) -> None:
        """`scripts` tells how the containers of a pod behave."""
        self._cluster = cluster
        self._clock = clock
        self._scripts = scripts
        self._agenda = Agenda()
        self._images: dict[tuple[str, str], datetime] = {}
        self._recorders: dict[str, Recorder] = {}
        self._addresses = itertools.count(10)
        self._random = random.Random(20260401)
        self.lives: dict[str, Life] = {}
        """All pods that ever ran, by uid."""

    def stop(self) -> None:
        """Do nothing any more. Raises ExceptionGroup if it could not follow its script."""
        self._agenda.stop()

    def recorder(self, node: str) -> Recorder:
        """Writes the events of the kubelet on a node."""
        return self._recorders.setdefault(node, Recorder(self._cluster, self._clock, "kubelet", node))

    def seen(self, change: str, pod: Json, _arrived: float) -> None:
        """Take note of a new version of a pod."""
        uid, node = pod["metadata"]["uid"], pod["spec"].get("nodeName")
        if change == "DELETED" or not node:
            return
        if uid not in self.lives:
            number = next(self._addresses)
            address = f"10.244.{number // 200}.{number % 200 + 10}"
            self.lives[uid] = Life(pod, self._scripts(pod), address, bound=time.time())
            self.at(time.time(), lambda: self._admit(self.lives[uid]))
        life = self.lives[uid]
        stopping = "deletionTimestamp" in pod["metadata"] and "deletionTimestamp" not in life.pod["metadata"]
        life.pod = pod
        if stopping:
            self.at(time.time(), lambda: self._stop(life))

    def at(self, wall: float, action: Callable[[], None]) -> None:
        """Do something in the kubelet's thread when the wall clock shows `wall`."""
        self._agenda.at(wall, action)

    def find(self, service: str, number: int = 0) -> Life:
        """The pod of a service that has run the longest, or one after it."""
        running = [one for one in self.lives.values() if one.ended is None and service == app(one.pod)]
        return sorted(running, key=lambda one: one.started or 0)[number]

    def unhealthy(self, life: Life, why: str) -> None:
        """One failed readiness probe; the pod stays ready until `unready`."""
        message = f"Readiness probe failed: {why.format(address=life.address)}"
        self._event(life, "Unhealthy", message, warning=True)

    def unready(self, life: Life) -> None:
        """The readiness probe failed too often."""
        life.status["containerStatuses"][0]["ready"] = False
        self._conditions(life, ready=False, reason="ContainersNotReady")

    def become_ready(self, life: Life) -> None:
        """The readiness probe passes."""
        if life.ended is not None or "deletionTimestamp" in life.pod["metadata"]:
            return
        life.ready = life.ready or time.time()
        life.status["containerStatuses"][0]["ready"] = True
        self._conditions(life, ready=True)

    def restart(self, life: Life) -> None:
        """The container ends with an error, is started again, ends again, and the kubelet backs off."""
        container = life.container["name"]
        image = life.container["image"]
        self._event(life, "Pulled", f'Container image "{image}" already present on machine')
        self._event(life, "Created", f"Created container {container}")
        self._event(life, "Started", f"Started container {container}")
        stamp = now()
        died = {"exitCode": 1, "reason": "Error", "startedAt": stamp, "finishedAt": stamp}
        died["containerID"] = self._container_id()
        life.restarts += 1
        state = life.status["containerStatuses"][0]
        message = f"back-off 5m0s restarting failed container={container} pod={full_name(life.pod)}"
        state |= {"ready": False, "started": False, "restartCount": life.restarts, "lastState": {"terminated": died}}
        state["state"] = {"waiting": {"reason": "CrashLoopBackOff", "message": message}}
        self._conditions(life, ready=False, reason="ContainersNotReady")
        # It says so at every look at the pod until the next start, and most of that falls to the recorder's limit.
        text = "Back-off restarting failed container"
        for look in range(19):
            self._after(17.0 * look, lambda: self._event(life, "BackOff", text, warning=True))

    def _admit(self, life: Life) -> None:
        stamp = now()
        container, script = life.container, life.script
        life.status = {
            "phase": "Pending",
            "startTime": stamp,
            "hostIP": life.pod["spec"]["nodeName"].partition(".")[0].removeprefix("ip-").replace("-", "."),
            "containerStatuses": [
                {
                    "name": container["name"],
                    "image": container["image"],
                    "imageID": "",
                    "ready": False,
                    "started": False,
                    "restartCount": 0,
                    "lastState": {},
                    "state": {"waiting": {"reason": "ContainerCreating"}},
                }
            ],
        }
        self._conditions(life, ready=False, reason="ContainersNotReady")
        begin = 0.8
        for attempt in range(script.mounts):
            self._after(begin, lambda: self._fail_mount(life))
            begin += 2.0 * 2**attempt
        place, image = (life.pod["spec"]["nodeName"], container["image"])
        present = self._images.get((place, image))
        if present:  # or on its way for another pod
            begin = max(begin, (present - self._clock.now()).total_seconds() + 0.1)
            text = f'Container image "{image}" already present on machine'
        else:
            self._after(begin, lambda: self._event(life, "Pulling", f'Pulling image "{image}"'))
            took = self._random.uniform(2.5, 6.0)
            begin += took
            self._images[place, image] = self._clock.now() + timedelta(seconds=begin)
            text = f'Successfully pulled image "{image}" in {took:.9f}s'
        self._after(begin, lambda: self._event(life, "Pulled", text))
        self._after(begin + 0.3, lambda: self._event(life, "Created", f"Created container {container['name']}"))
        self._after(begin + 0.6, lambda: self._start(life))

    def _fail_mount(self, life: Life) -> None:
        name = f"{app(life.pod)}-tls"
        text = f'MountVolume.SetUp failed for volume "tls" : secret "{name}" not found'
        self.recorder(life.pod["spec"]["nodeName"]).write(life.pod, "FailedMount", text, warning=True)

    def _start(self, life: Life) -> None:
        script, image = life.script, life.container["image"]
        life.started = time.time()
        self._event(life, "Started", f"Started container {life.container['name']}")
        state = life.status["containerStatuses"][0]
        digest = hashlib.sha256(image.encode()).hexdigest()
        state |= {"imageID": f"{image.rpartition(':')[0]}@sha256:{digest}", "containerID": self._container_id()}
        state |= {"started": True, "state": {"running": {"startedAt": now()}}}
        life.status |= {"phase": "Running", "podIP": life.address, "podIPs": [{"ip": life.address}]}
        self._conditions(life, ready=False, reason="ContainersNotReady")
        if script.fails:
            self._after(1.0, lambda: self.restart(life))
        elif script.runs:
            self._conditions(life, ready=True)
            self._after(script.runs, lambda: self._complete(life))
        else:
            passed = self._clock.story(life.started) - self._clock.story(life.bound)
            wait = script.ready + self._random.uniform(0, script.spread) - passed.total_seconds()
            why = 'Get "http://{address}:8080/healthz": dial tcp {address}:8080: connect: connection refused'
            for probe in range(script.refused):
                self._after(wait - 10 * (probe + 1), lambda: self.unhealthy(life, why))
            self._after(wait, lambda: self.become_ready(life))

    def _complete(self, life: Life) -> None:
        state = life.status["containerStatuses"][0]
        ran = state["state"]["running"]["startedAt"]
        done = {"exitCode": 0, "reason": "Completed", "startedAt": ran, "finishedAt": now()}
        state |= {
            "ready": False,
            "started": False,
            "state": {"terminated": done | {"containerID": state["containerID"]}},
        }
        life.status["phase"] = "Succeeded"
        life.ended = time.time()
        self._conditions(life, ready=False, reason="PodCompleted")

    def _stop(self, life: Life) -> None:
        if life.ended is not None:
            return
        self._event(life, "Killing", f"Stopping container {life.container['name']}")
        self._after(life.script.stop + self._random.uniform(0, 0.5), lambda: self._gone(life))

    def _gone(self, life: Life) -> None:
        life.ended = time.time()
        uid = {"uid": life.pod["metadata"]["uid"]}
        self._cluster.delete(life.pod | {"kind": "Pod"}, {"gracePeriodSeconds": 0, "preconditions": uid})

    def _conditions(self, life: Life, *, ready: bool, reason: str = "") -> None:
        stamp = now()
        old = {one["type"]: one for one in life.status.get("conditions", life.pod["status"].get("conditions", []))}
        name = life.container["name"]
        completed = reason == "PodCompleted"
        message = "" if ready or completed else f"containers with unready status: [{name}]"
        wanted = {"Initialized": (True, "PodCompleted" if completed else "", "")}
        wanted |= dict.fromkeys(("Ready", "ContainersReady"), (ready, reason, message))
        conditions = []
        for kind, (status, why, text) in wanted.items():
            new = {"type": kind, "status": str(status), "lastProbeTime": None, "lastTransitionTime": stamp}
            new |= {key: value for key, value in (("reason", why), ("message", text)) if value}
            if kind in old and old[kind]["status"] == new["status"]:
                new["lastTransitionTime"] = old[kind]["lastTransitionTime"]
            conditions.append(new)
        life.status["conditions"] = [*conditions, *(one for kind, one in old.items() if kind == "PodScheduled")]
        try:
            self._cluster.patch(life.pod | {"kind": "Pod"}, {"status": life.status}, "status")
        except requests.HTTPError as error:
            if error.response.status_code != 404:  # deleted meanwhile
                raise

    def _event(self, life: Life, reason: str, message: str, *, warning: bool = False) -> None:
        pod = life.pod | {"kind": "Pod", "apiVersion": "v1"}
        container = life.container["name"]
        recorder = self.recorder(life.pod["spec"]["nodeName"])
        recorder.write(pod, reason, message, warning=warning, container=container)

    def _container_id(self) -> str:
        return f"containerd://{self._random.getrandbits(256):064x}"

    def _after(self, seconds: float, action: Callable[[], None]) -> None:
        self.at(self._clock.after(max(0.0, seconds)), action)
