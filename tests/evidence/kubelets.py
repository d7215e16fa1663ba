"""The kubelets of the play: they do to pods and nodes what real ones do, to a script, but run nothing."""

import hashlib
import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import requests

from tests.evidence.workloads import NODES, Script, node, script
from tests.incident.agenda import Agenda
from tests.incident.clock import Clock
from tests.incident.cluster import Cluster, Json
from tests.incident.life import full_name, now
from tests.incident.recorder import Recorder
from tests.servers.kubernetes import Kubernetes

_BEAT = 1.5
_SOON = 0.2
_BACK_OFF = 2.0
"""Seconds; a real kubelet begins with 10."""
_LEAKS = 2.0
"""Seconds from when a container is ready to when it has no memory left."""


@dataclass(frozen=True, slots=True)
class Act:
    """Something that a kubelet did, or that befell a container: what, to which pod, when (Unix seconds)."""

    what: str
    pod: str
    at: float


@dataclass(slots=True)
class _Life:
    pod: Json
    script: Script
    status: Json = field(default_factory=dict)
    restarts: int = 0
    deaths: int = 0
    """How often its container will still die."""
    over: bool = False

    @property
    def node(self) -> str:
        name: str = self.pod["spec"]["nodeName"]
        return name

    @property
    def container(self) -> Json:
        first: Json = self.pod["spec"]["containers"][0]
        return first

    @property
    def stopping(self) -> bool:
        return "deletionTimestamp" in self.pod["metadata"]


class Kubelets:
    """Those of all nodes, in one thread. What they did is in `acts`."""

    def __init__(self, server: Kubernetes) -> None:
        """They register their nodes, and begin to report."""
        self._cluster = Cluster(replace(server, token=server.node_token), "kubelet")
        began = datetime.now(UTC)
        self.clock = Clock(began, [(began + timedelta(days=1), 86400.0)])
        self.clock.start()
        self._agenda = Agenda()
        self._recorders: dict[str, Recorder] = {}
        self._ids = itertools.count(1)
        self._lives: dict[str, _Life] = {}
        self._nodes = {name: self._cluster.create(node(name)) | {"kind": "Node"} for name in NODES}
        self._down: set[str] = set()
        self._cordoned: set[str] = set()
        self._since = now()
        self.acts: list[Act] = []
        self._beat()

    def stop(self) -> None:
        """Do nothing any more. Raises ExceptionGroup if they could not follow their script."""
        self._agenda.stop()

    def lose(self, name: str) -> None:
        """A node is cut off: nothing is heard of it any more, and nothing reaches it."""
        self._agenda.at(0, lambda: self._down.add(name))

    def evict(self, pod: Json) -> None:
        """A node is short of memory, and its kubelet evicts a pod."""
        self._agenda.at(0, lambda: self._evict(self._lives[pod["metadata"]["uid"]]))

    def exhaust(self, pod: Json, times: int) -> None:
        """Its container is killed for lack of memory now, and again some time after each restart."""

        def act() -> None:
            life = self._lives[pod["metadata"]["uid"]]
            life.deaths = times
            self._run_out_of_memory(life)

        self._agenda.at(0, act)

    def seen(self, change: str, pod: Json, _arrived: float) -> None:
        """Take note of a new version of a pod."""
        uid = pod["metadata"]["uid"]
        if change == "DELETED" or "nodeName" not in pod["spec"]:
            return
        known = self._lives.get(uid)
        if known is None:
            known = self._lives[uid] = _Life(pod, script(pod))
            self._after(0, known, self._admit)
        stopping = "deletionTimestamp" in pod["metadata"] and not known.stopping
        known.pod = pod
        if stopping:
            self._after(0, known, self._stop)

    def _beat(self) -> None:
        """What each node reports of itself; the heartbeat alone changes."""
        stamp = now()
        for name in NODES:
            if name in self._down:
                continue
            ready = {"type": "Ready", "status": "True", "reason": "KubeletReady", "lastTransitionTime": self._since}
            ready |= {"lastHeartbeatTime": stamp, "message": "kubelet is posting ready status"}
            found = self._cluster.patch(self._nodes[name], {"status": {"conditions": [ready]}}, "status")
            if found["spec"].get("unschedulable") and name not in self._cordoned:
                self._cordoned.add(name)
                # The kubelet knows its node by the name alone.
                about = self._nodes[name] | {"metadata": {"name": name, "uid": name}}
                reason = "NodeNotSchedulable"
                self._recorder(name).write(about, reason, f"Node {name} status is now: {reason}")
        self._agenda.at(time.time() + _BEAT, self._beat)

    def _admit(self, life: _Life) -> None:
        container = life.container
        state = {"name": container["name"], "image": container["image"], "imageID": "", "lastState": {}}
        state |= {"ready": False, "started": False, "restartCount": 0}
        state["state"] = {"waiting": {"reason": "ContainerCreating"}}
        life.status = {"phase": "Pending", "startTime": now(), "containerStatuses": [state]}
        self._report(life, ready=False)
        self._after(_SOON, life, self._start if life.script.image else self._fail_pull)

    def _fail_pull(self, life: _Life) -> None:
        image = life.container["image"]
        why = f'rpc error: code = NotFound desc = failed to resolve reference "{image}": not found'
        self.acts.append(Act("image failed", life.pod["metadata"]["name"], time.time()))
        self._event(life, "Pulling", f'Pulling image "{image}"')
        self._event(life, "Failed", f'Failed to pull image "{image}": {why}', warning=True)
        self._event(life, "Failed", "Error: ErrImagePull", warning=True)
        self._wait(life, "ErrImagePull", why)
        self._after(_BACK_OFF, life, self._back_off_pull)

    def _back_off_pull(self, life: _Life) -> None:
        self.acts.append(Act("image failed", life.pod["metadata"]["name"], time.time()))
        text = f'Back-off pulling image "{life.container["image"]}"'
        self._event(life, "BackOff", text)
        self._event(life, "Failed", "Error: ImagePullBackOff", warning=True)
        self._wait(life, "ImagePullBackOff", text)

    def _start(self, life: _Life) -> None:
        container, image = life.container["name"], life.container["image"]
        self._event(life, "Pulled", f'Container image "{image}" already present on machine')
        self._event(life, "Created", f"Created container {container}")
        self._event(life, "Started", f"Started container {container}")
        digest = hashlib.sha256(image.encode()).hexdigest()
        state = life.status["containerStatuses"][0]
        state |= {"imageID": f"{image.rpartition(':')[0]}@sha256:{digest}", "restartCount": life.restarts}
        state |= {"started": True, "state": {"running": {"startedAt": now()}}}
        state["containerID"] = f"containerd://{next(self._ids):064x}"
        life.status["phase"] = "Running"
        self._report(life, ready=False)
        self._after(life.script.ready, life, self._fail if life.script.fails else self._become_ready)

    def _become_ready(self, life: _Life) -> None:
        self.acts.append(Act("ready again" if life.restarts else "ready", life.pod["metadata"]["name"], time.time()))
        life.status["containerStatuses"][0]["ready"] = True
        self._report(life, ready=True)
        if life.deaths:
            self._after(_LEAKS, life, self._run_out_of_memory)

    def _fail(self, life: _Life) -> None:
        """It ends with an error, for good."""
        state = life.status["containerStatuses"][0]
        self.acts.append(Act("failed", life.pod["metadata"]["name"], time.time()))
        state |= {"started": False, "state": {"terminated": self._ended(state, 1, "Error")}}
        life.status["phase"] = "Failed"
        life.over = True
        self._report(life, ready=False)

    def _run_out_of_memory(self, life: _Life) -> None:
        state = life.status["containerStatuses"][0]
        life.deaths -= 1
        self.acts.append(Act("out of memory", life.pod["metadata"]["name"], time.time()))
        died = self._ended(state, 137, "OOMKilled")
        state |= {"ready": False, "started": False, "state": {"terminated": died}}
        self._report(life, ready=False)
        self._after(_SOON, life, self._restart if life.restarts == 0 else self._back_off)

    def _back_off(self, life: _Life) -> None:
        """It says so at every look at the pod until the next start."""
        container = life.container["name"]
        text = f"back-off 10s restarting failed container={container} pod={full_name(life.pod)}"
        state = life.status["containerStatuses"][0]
        state["lastState"] = {"terminated": state["state"]["terminated"]}
        self.acts.append(Act("backing off", life.pod["metadata"]["name"], time.time()))
        self._event(life, "BackOff", "Back-off restarting failed container", warning=True)
        self._wait(life, "CrashLoopBackOff", text)
        self._after(_BACK_OFF, life, self._restart)

    def _restart(self, life: _Life) -> None:
        state = life.status["containerStatuses"][0]
        if "terminated" in state["state"]:
            state["lastState"] = {"terminated": state["state"]["terminated"]}
        life.restarts += 1
        self._start(life)

    def _stop(self, life: _Life) -> None:
        state = life.status["containerStatuses"][0] if life.status else {}
        if "running" in state.get("state", {}):
            self._event(life, "Killing", f"Stopping container {life.container['name']}")
        self._after(life.script.stop, life, self._gone)

    def _gone(self, life: _Life) -> None:
        state = life.status["containerStatuses"][0]
        if "running" in state["state"]:
            state |= {"ready": False, "started": False, "state": {"terminated": self._ended(state, 143, "Error")}}
            self._report(life, ready=False)
        life.over = True
        uid = {"uid": life.pod["metadata"]["uid"]}
        self._cluster.delete(life.pod | {"kind": "Pod"}, {"gracePeriodSeconds": 0, "preconditions": uid})

    def _evict(self, life: _Life) -> None:
        text = "The node was low on resource: memory. "
        self.acts.append(Act("evicted", life.pod["metadata"]["name"], time.time()))
        self._event(life, "Evicted", text, warning=True)
        self._event(life, "Killing", f"Stopping container {life.container['name']}")
        life.status = {"phase": "Failed", "reason": "Evicted", "message": text, "startTime": life.status["startTime"]}
        life.status |= {"containerStatuses": None, "conditions": None}
        life.over = True
        self._cluster.patch(life.pod | {"kind": "Pod"}, {"status": life.status}, "status")

    def _ended(self, state: Json, code: int, reason: str) -> Json:
        ran = {"startedAt": state["state"]["running"]["startedAt"], "finishedAt": now()}
        return {"exitCode": code, "reason": reason, "containerID": state["containerID"], **ran}

    def _wait(self, life: _Life, reason: str, message: str) -> None:
        life.status["containerStatuses"][0]["state"] = {"waiting": {"reason": reason, "message": message}}
        self._report(life, ready=False)

    def _report(self, life: _Life, *, ready: bool) -> None:
        """The status of a pod, as it is now."""
        old = {one["type"]: one for one in life.status.get("conditions", life.pod["status"].get("conditions", []))}
        conditions = []
        for kind, status in (("Initialized", True), ("Ready", ready), ("ContainersReady", ready)):
            same = kind in old and old[kind]["status"] == str(status)
            since = old[kind]["lastTransitionTime"] if same else now()
            new = {"type": kind, "status": str(status), "lastProbeTime": None, "lastTransitionTime": since}
            conditions.append(new | ({} if status else {"reason": "ContainersNotReady"}))
        life.status["conditions"] = [*conditions, *(one for kind, one in old.items() if kind == "PodScheduled")]
        try:
            self._cluster.patch(life.pod | {"kind": "Pod"}, {"status": life.status}, "status")
        except requests.HTTPError as error:
            if error.response.status_code != 404:  # deleted meanwhile
                raise

    def _event(self, life: _Life, reason: str, message: str, *, warning: bool = False) -> None:
        pod = life.pod | {"kind": "Pod", "apiVersion": "v1"}
        container = "" if reason == "Evicted" else life.container["name"]
        self._recorder(life.node).write(pod, reason, message, warning=warning, container=container)

    def _recorder(self, node: str) -> Recorder:
        if node not in self._recorders:
            self._recorders[node] = Recorder(self._cluster, self.clock, "kubelet", node)
        return self._recorders[node]

    def _after(self, seconds: float, life: _Life, action: Callable[[_Life], None]) -> None:
        """Unless the pod is to stop or its node is lost by then."""
        last = action.__name__ in ("_stop", "_gone")

        def act() -> None:
            if not life.over and life.node not in self._down and (last or not life.stopping):
                action(life)

        self._agenda.at(time.time() + seconds, act)
