"""What happens in the story, when, and how fast it passes on the wall."""

from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime, timedelta
from functools import partial

from tests.cluster.client import Client, Json
from tests.cluster.clock import Clock
from tests.cluster.events import EventRecorder
from tests.cluster.kubelet import Kubelet
from tests.cluster.pods import Life, now
from tests.incident.cron import Cron
from tests.incident.workloads import (
    CHECKOUT,
    NAMESPACES,
    NODES,
    SEARCH,
    SERVICES,
    Service,
    deployment,
    job,
    moment,
    node,
    template,
)
from tests.servers.kubernetes import Kubernetes

BIRTH = moment("2026-01-12T08:00:00")
BEGIN = moment("13:38:00")
END = moment("14:40:00")
_PACE = (
    ("14:02:00", 15.0),
    ("14:06:00", 1.0),
    ("14:07:40", 15.0),
    ("14:09:10", 3.0),
    ("14:19:40", 15.0),
    ("14:22:50", 1.0),
    ("14:41:00", 15.0),
)
"""(until, seconds of the story in a second on the wall): the rollouts of checkout pass in real time."""
_TIMED_OUT = (
    'Get "http://{address}:8080/healthz": context deadline exceeded (Client.Timeout exceeded while awaiting headers)'
)
_UNAVAILABLE = "HTTP probe failed with statuscode: 503"


def releases() -> list[tuple[datetime, Service, str]]:
    """Everything that was deployed before the day of the incident, oldest first."""
    found = [(moment(at), service, version) for service in SERVICES for at, version in service.releases]
    return sorted(found, key=lambda release: release[0])


def clock() -> Clock:
    """The past in leaps from release to release, then the day."""
    legs = [(BIRTH + timedelta(minutes=10), 12.0)]
    for at, service, version in releases():
        last = version == service.releases[-1][1]
        # Real controllers wait minReadySeconds on the wall.
        stay = service.min_ready * 1.3 + 3.5 if last else 1.2
        legs += [(at, 0.3), (at + timedelta(seconds=stay * 12), stay)]
    legs.append((BEGIN, 1.0))
    for until, speed in _PACE:
        legs.append((moment(until), (moment(until) - legs[-1][0]).total_seconds() / speed))
    return Clock(BIRTH, legs)


class Story:
    """Plays it on a cluster."""

    def __init__(self, server: Kubernetes, time: Clock, kubelet: Kubelet) -> None:
        """Nothing happens before `play`."""
        self._clock = time
        self._kubelet = kubelet
        self._server = server
        self._ci = Client(server, "kubectl-client-side-apply")
        self._control = Client(server, "kube-controller-manager")
        self._hpa = EventRecorder(self._control, time, "horizontal-pod-autoscaler")
        self._nodes: dict[str, Json] = {}
        self._full: set[str] = set()
        self._running = ExitStack()

    def prepare(self) -> None:
        """Nodes, namespaces and controllers; the clock starts with it."""
        self._clock.start()
        for name in NAMESPACES:
            self._ci.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
        kubelets = Client(self._server, "kubelet")
        for name in NODES:
            self._nodes[name] = kubelets.create(node(name)) | {"kind": "Node"}
            self.heartbeat(name)
        self._cron = Cron(self._control, EventRecorder(self._control, self._clock, "cronjob-controller"))
        self._scaler = self._ci.create(_SCALER) | {"kind": "HorizontalPodAutoscaler"}
        self._running.enter_context(self._server.scheduler())
        self._controllers = self._running.enter_context(ExitStack())
        self._controllers.enter_context(self._server.controller_manager())

    def play(self) -> None:
        """Play it from the first release to the time of the capture, then stop the controllers."""
        with self._running:
            self._clock.until(BIRTH + timedelta(minutes=10))
            for at, service, version in releases():
                self._clock.until(at)
                self._release(service, version)
            for at, action in sorted(self._steps(), key=lambda step: step[0]):
                self._clock.until(at)
                action()
            self._clock.until(END)

    def heartbeat(self, name: str) -> None:
        """The kubelet of a node reports that it lives, and whether its disk is full."""
        stamp, pressure = now(), name in self._full
        old = {one["type"]: one for one in self._nodes[name]["status"].get("conditions", [])}
        conditions = []
        for kind, status, reason, message in (
            ("MemoryPressure", False, "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
            ("DiskPressure", pressure, *_DISK[pressure]),
            ("PIDPressure", False, "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
            ("Ready", True, "KubeletReady", "kubelet is posting ready status"),
        ):
            new = {"type": kind, "status": str(status), "reason": reason, "message": message}
            same = kind in old and old[kind]["status"] == new["status"]
            new |= {
                "lastHeartbeatTime": stamp,
                "lastTransitionTime": old[kind]["lastTransitionTime"] if same else stamp,
            }
            conditions.append(new)
        change = {"status": {"conditions": conditions}}
        self._nodes[name] = Client(self._server, "kubelet").patch(self._nodes[name], change, "status") | {
            "kind": "Node"
        }

    def _release(self, service: Service, version: str) -> None:
        made = deployment(service, version)
        if version == service.releases[0][1]:
            self._ci.create(made)
        else:
            self._deploy(service, version)
        if version == service.releases[-1][1]:
            self._ci.patch(made, {"spec": {"replicas": service.replicas}})

    def _deploy(self, service: Service, version: str) -> None:
        self._ci.patch(deployment(service, version), {"spec": {"template": template(service, version)}})

    def _steps(self) -> list[tuple[datetime, Callable[[], None]]]:
        steps: list[tuple[str, Callable[[], None]]] = [
            ("13:44:10", lambda: self._probe("checkout", 2, _TIMED_OUT)),
            ("13:46:00", lambda: self._scale("storefront", 4, 6, "above target")),
            ("13:48:30", lambda: self._disk(NODES[3], full=True)),
            ("13:51:00", lambda: self._restart("ledger")),
            ("13:52:40", lambda: self._disk(NODES[3], full=False)),
            ("13:54:20", self._forget),
            ("13:55:30", lambda: self._resize("clickstream-ingest", 3)),
            ("13:57:10", lambda: self._flap("recommendations", 1)),
            ("13:58:40", lambda: self._recover("recommendations", 1)),
            ("14:02:50", lambda: self._deploy(CHECKOUT, "1.5.0")),
            ("14:08:02", lambda: self._deploy(SEARCH, "2.3.1")),
            ("14:11:00", lambda: self._restart("fraud-scoring")),
            ("14:13:30", self._forget),
            ("14:15:00", lambda: self._scale("storefront", 6, 7, "above target")),
            # The pod template is patched back to exactly what it was, so the old ReplicaSet is taken up again.
            ("14:20:00", lambda: self._deploy(CHECKOUT, "1.4.9")),
            ("14:26:00", lambda: self._cordon(NODES[2], yes=True)),
            ("14:27:20", lambda: self._flap("recommendations", 0)),
            ("14:28:00", lambda: self._scale("storefront", 7, 4, "below target")),
            ("14:29:10", lambda: self._cordon(NODES[2], yes=False)),
            ("14:29:40", lambda: self._recover("recommendations", 0)),
            ("14:30:20", self._start_backfill),
            ("14:31:15", lambda: self._probe("checkout", 1, _TIMED_OUT)),
            ("14:34:00", self._stop_backfill),
            ("14:36:10", lambda: self._resize("clickstream-ingest", 2)),
        ]
        for second in range(200, 3700, 310):
            at = f"{BEGIN + timedelta(seconds=second):%H:%M:%S}"
            steps.append((at, lambda: self._crash("metrics-forwarder")))
        for minute in range(2, 62, 2):
            app, number = (("recommendations", 2), ("mail-relay", 0), ("auth", 1))[minute // 2 % 3]
            at = f"{(BEGIN + timedelta(minutes=minute)):%H:%M}:2{minute % 7}"
            steps.append((at, partial(self._probe, app, number, _TIMED_OUT)))
        dated = [(moment(at), action) for at, action in steps]
        for second in range(0, int((END - BEGIN).total_seconds()), 30):
            tick = BEGIN + timedelta(seconds=second)
            dated.append((tick, partial(self._cron.tick, tick)))
        return dated

    def _forget(self) -> None:
        """The controllers restart, and with that forget which similar events they wrote lately.

        Fifteen minutes of the story would do the same, but they are one on the wall.
        """
        self._controllers.close()
        self._controllers.enter_context(self._server.controller_manager())

    def _service(self, name: str) -> Json:
        service = next(one for one in SERVICES if one.name == name)
        return deployment(service, service.releases[-1][1])

    def _restart(self, name: str) -> None:
        stamp = self._clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
        annotations = {"kubectl.kubernetes.io/restartedAt": stamp}
        change = {"spec": {"template": {"metadata": {"annotations": annotations}}}}
        Client(self._server, "kubectl-rollout").patch(self._service(name), change)

    def _resize(self, name: str, replicas: int) -> None:
        Client(self._server, "kubectl").patch(self._service(name), {"spec": {"replicas": replicas}}, "scale")

    def _scale(self, name: str, before: int, after: int, why: str) -> None:
        self._control.patch(self._service(name), {"spec": {"replicas": after}}, "scale")
        text = f"New size: {after}; reason: cpu resource utilization (percentage of request) {why}"
        self._hpa.write(self._scaler, "SuccessfulRescale", text)
        status = {"currentReplicas": before, "desiredReplicas": after, "lastScaleTime": now()}
        self._control.patch(self._scaler, {"status": status}, "status")

    def _pod(self, name: str, number: int, action: Callable[[Life], None]) -> None:
        self._kubelet.at(0, lambda: action(self._kubelet.find(name, number)))

    def _crash(self, name: str) -> None:
        self._pod(name, 0, self._kubelet.restart)

    def _probe(self, name: str, number: int, why: str) -> None:
        self._pod(name, number, lambda life: self._kubelet.unhealthy(life, why))

    def _flap(self, name: str, number: int) -> None:
        self._probe(name, number, _UNAVAILABLE)
        self._pod(name, number, self._kubelet.unready)

    def _recover(self, name: str, number: int) -> None:
        self._probe(name, number, _UNAVAILABLE)
        self._pod(name, number, self._kubelet.become_ready)

    def _disk(self, name: str, *, full: bool) -> None:
        (self._full.add if full else self._full.discard)(name)
        self.heartbeat(name)
        recorder = self._kubelet.recorder(name)
        about = _named(self._nodes[name])
        if full:
            text = "Attempting to reclaim ephemeral-storage"
            recorder.write(about, "EvictionThresholdMet", text, warning=True)
        reason, _ = _DISK[full]
        event = reason.removeprefix("Kubelet").replace("Has", "NodeHas", 1)
        recorder.write(about, event, f"Node {name} status is now: {event}")

    def _cordon(self, name: str, *, yes: bool) -> None:
        Client(self._server, "kubectl").patch(self._nodes[name], {"spec": {"unschedulable": yes or None}})
        event = "NodeNotSchedulable" if yes else "NodeSchedulable"
        self._kubelet.recorder(name).write(_named(self._nodes[name]), event, f"Node {name} status is now: {event}")

    def _start_backfill(self) -> None:
        """A job asks for more memory than any node has."""
        asked = job("analytics", "backfill", "backfill-2026q1", memory="96Gi")
        self._backfill = Client(self._server, "kubectl-create").create(asked) | {"kind": "Job"}

    def _stop_backfill(self) -> None:
        Client(self._server, "kubectl").delete(self._backfill, {"propagationPolicy": "Background"})


def _named(item: Json) -> Json:
    """A Node as its kubelet names it in events: the uid is the name."""
    name = item["metadata"]["name"]
    return {"kind": "Node", "apiVersion": "", "metadata": {"name": name, "uid": name}}


_DISK = {
    False: ("KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
    True: ("KubeletHasDiskPressure", "kubelet has disk pressure"),
}
_SCALER: Json = {
    "apiVersion": "autoscaling/v1",
    "kind": "HorizontalPodAutoscaler",
    "metadata": {"name": "storefront", "namespace": "shop"},
    "spec": {
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "storefront"},
        "minReplicas": 4,
        "maxReplicas": 12,
        "targetCPUUtilizationPercentage": 70,
    },
}
