"""The objects of a busy cluster as its API server would list them: what an hour of rollouts, jobs and probes leaves.

It comes in parts of 5,000 Events, 500 pods and the 50 Deployments that they belong to, each part in namespaces and on
nodes of its own, so that ten parts are a cluster ten times as large and not one ten times as busy.
"""

import random
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec import Struct, field

from tests.bench.shapes import Object, deployment, event, node, pod, replica_set

EVENTS = 5_000
PODS = 500
"""Of one part."""
START = datetime(2026, 4, 1, 14, 0, tzinfo=UTC)
END = datetime(2026, 4, 1, 14, 30, tzinfo=UTC)
"""The window to ask for; the Events are from the hour around it."""
_FIRST = START - timedelta(minutes=25)
_DEPLOYMENTS, _REPLICAS, _NODES, _NAMESPACES = 50, 10, 10, 3
_ROLLED_OUT, _CRASHING, _SCALED, _CRON_JOBS = 15, 2, 8, 4
_SECOND = timedelta(seconds=1)


class Cluster(Struct):
    """The objects, and what is to be found in them."""

    objects: list[Object] = field(default_factory=list)
    rolled_back: list[str] = field(default_factory=list)
    """Deployments whose new version was taken back within the window."""
    crashing: list[str] = field(default_factory=list)
    """Those with a pod that crashed in the window again and again."""

    @property
    def events(self) -> list[str]:
        """The path of every Event."""
        return [
            f"/api/v1/namespaces/{item['metadata']['namespace']}/events/{item['metadata']['name']}"
            for item in self.objects
            if item["kind"] == "Event"
        ]

    @property
    def pods(self) -> int:
        """How many there are."""
        return sum(item["kind"] == "Pod" for item in self.objects)


def busy(parts: int) -> Cluster:
    """A cluster of so many parts; the same one every time."""
    cluster = Cluster()
    for number in range(parts):
        _Part(number, cluster).play()
    return cluster


class _Part:
    def __init__(self, number: int, cluster: Cluster) -> None:
        self._number = number
        self._cluster = cluster
        self._chance = random.Random(number)
        self._nodes = [f"ip-10-{number}-{index}-17.eu-central-1.compute.internal" for index in range(_NODES)]
        self._left = EVENTS

    def play(self) -> None:
        """Make everything of this part."""
        self._cluster.objects += [node(name, self._uid(), _FIRST - timedelta(days=40)) for name in self._nodes]
        live: list[Object] = []
        for index in range(_DEPLOYMENTS):
            live += self._workload(index)
        assert len(live) == PODS
        self._cluster.objects += live
        for minute in range(60):
            for index in range(_CRON_JOBS):
                self._job_run(index, _FIRST + timedelta(minutes=minute))
        while self._left:
            self._probe_failure(self._chance.choice(live))

    def _workload(self, index: int) -> Iterator[Object]:
        """One Deployment with its ReplicaSets and all that happened to it; its pods that still exist."""
        chance = self._chance
        name, namespace = f"service-{self._number}-{index}", f"team-{self._number}-{index % _NAMESPACES}"
        owner, old_days = self._uid(), [40, 21, 9]
        sets = [(f"{name}-{self._hash()}", self._uid(), f"1.{minor}.0", days) for minor, days in enumerate(old_days)]
        begun = START + timedelta(seconds=chance.randrange(60, 900))
        rolls, returns = index < _ROLLED_OUT, index == 0
        made = [_FIRST - timedelta(days=days) for *_, days in sets]
        if rolls:
            sets.append((f"{name}-{self._hash()}", self._uid(), "1.3.0", 0))
            made.append(begun)
        place = (namespace, name, owner)
        before, after = sets[2], sets[-1]
        pods = [self._pod(place, before, made[2] + _SECOND * (2 + number)) for number in range(_REPLICAS)]
        updated = made[2] + timedelta(seconds=60)
        if rolls:
            pods, updated = self._rollout(place, before, after, pods, begun)
        if returns:
            pods, updated = self._rollout(place, after, before, pods, updated + timedelta(minutes=4))
            self._cluster.rolled_back.append(name)
        wanted = before if returns else after
        for number, (own, at) in enumerate(zip(sets, made, strict=True), start=1):
            numbers = (5, 3) if returns and own is before else (number,)
            replicas = _REPLICAS if own is wanted else 0
            self._cluster.objects.append(replica_set(place, own[:3], at, replicas, numbers))
        revision = 5 if returns else len(sets)
        self._cluster.objects.append(deployment(place, wanted[2], _REPLICAS, made[0], updated, revision))
        if _ROLLED_OUT <= index < _ROLLED_OUT + _CRASHING:
            self._cluster.crashing.append(name)
            self._crash(pods[0])
        if index >= _DEPLOYMENTS - _SCALED:
            self._autoscaled(place, wanted)
        yield from pods

    def _rollout(
        self, place: tuple[str, ...], old: tuple[Any, ...], new: tuple[Any, ...], pods: list[Object], at: datetime
    ) -> tuple[list[Object], datetime]:
        """A rolling update in steps of three pods; the new pods, and when it was complete."""
        made: list[Object] = []
        namespace, name, owner = place
        about = {"kind": "Deployment", "namespace": namespace, "name": name, "uid": owner, "apiVersion": "apps/v1"}
        while len(made) < _REPLICAS:
            many = min(3, _REPLICAS - len(made))
            self._say(about, "ScalingReplicaSet", f"Scaled up replica set {new[0]} to {len(made) + many}", at)
            for _ in range(many):
                fresh = self._pod(place, new, at)
                made.append(fresh)
                self._born(fresh, new, at)
            at += timedelta(seconds=self._chance.randrange(15, 25))
            self._say(about, "ScalingReplicaSet", f"Scaled down replica set {old[0]} to {_REPLICAS - len(made)}", at)
            for gone in pods[len(made) - many : len(made)]:
                container = gone["spec"]["containers"][0]["name"]
                self._say(_about(gone), "Killing", f"Stopping container {container}", at)
                self._say(_set(gone, old), "SuccessfulDelete", f"Deleted pod: {gone['metadata']['name']}", at)
            at += _SECOND
        return made, at

    def _born(self, fresh: Object, own: tuple[Any, ...], at: datetime) -> None:
        """What a ReplicaSet, the scheduler and a kubelet say of a new pod."""
        about, name = _about(fresh), fresh["metadata"]["name"]
        container, host = fresh["spec"]["containers"][0], fresh["spec"]["nodeName"]
        where = f"{fresh['metadata']['namespace']}/{name}"
        self._say(_set(fresh, own), "SuccessfulCreate", f"Created pod: {name}", at)
        if self._chance.random() < 0.1:
            text = "0/40 nodes are available: 12 Insufficient cpu, 28 Insufficient memory."
            self._say(about, "FailedScheduling", text, at, new=True)
        at += _SECOND
        self._say(about, "Scheduled", f"Successfully assigned {where} to {host}", at, new=True)
        for reason, text in (
            ("Pulling", f'Pulling image "{container["image"]}"'),
            ("Pulled", f'Successfully pulled image "{container["image"]}" in {self._chance.random() * 3:.9f}s'),
            ("Created", f"Created container {container['name']}"),
            ("Started", f"Started container {container['name']}"),
        ):
            at += _SECOND
            self._say(about, reason, text, at)
        if self._chance.random() < 0.3:
            self._probe_failure(fresh, at + timedelta(seconds=3))

    def _crash(self, of: Object) -> None:
        """Many deaths, of which the kubelet's Events tell by their counts and the pod's status by the last."""
        about, container = _about(of), of["spec"]["containers"][0]
        first, last = START + timedelta(minutes=2), START + timedelta(minutes=27)
        for reason, text, count in (
            ("Pulled", f'Container image "{container["image"]}" already present on machine', 9),
            ("Created", f"Created container {container['name']}", 9),
            ("Started", f"Started container {container['name']}", 9),
            ("BackOff", "Back-off restarting failed container", 104),
        ):
            self._say(about, reason, text, first, last=last, count=count)
        status = of["status"]["containerStatuses"][0]
        ended = {"exitCode": 1, "reason": "Error", "finishedAt": f"{last - _SECOND:%Y-%m-%dT%H:%M:%SZ}"}
        status |= {"ready": False, "restartCount": 9, "lastState": {"terminated": ended}}
        status["state"] = {"waiting": {"reason": "CrashLoopBackOff"}}

    def _autoscaled(self, place: tuple[str, ...], own: tuple[Any, ...]) -> None:
        """Two pods more, and some minutes later two less."""
        namespace, name, owner = place
        at = START + timedelta(seconds=self._chance.randrange(1200))
        scaler = {"kind": "HorizontalPodAutoscaler", "namespace": namespace, "name": name, "uid": self._uid()}
        about = {"kind": "Deployment", "namespace": namespace, "name": name, "uid": owner, "apiVersion": "apps/v1"}
        more = "reason: cpu resource utilization (percentage of request) above target"
        self._say(scaler, "SuccessfulRescale", f"New size: {_REPLICAS + 2}; {more}", at)
        self._say(about, "ScalingReplicaSet", f"Scaled up replica set {own[0]} to {_REPLICAS + 2}", at + _SECOND)
        extra = [self._pod(place, own, at + _SECOND) for _ in range(2)]
        for fresh in extra:
            self._born(fresh, own, at + _SECOND)
        at += timedelta(minutes=5)
        self._say(scaler, "SuccessfulRescale", f"New size: {_REPLICAS}; reason: All metrics below target", at)
        self._say(about, "ScalingReplicaSet", f"Scaled down replica set {own[0]} to {_REPLICAS}", at + _SECOND)
        for gone in extra:
            self._say(_about(gone), "Killing", "Stopping container app", at + _SECOND)
            self._say(_set(gone, own), "SuccessfulDelete", f"Deleted pod: {gone['metadata']['name']}", at + _SECOND)

    def _job_run(self, index: int, at: datetime) -> None:
        """One run of a CronJob, of which nothing but Events is left."""
        namespace, name = f"team-{self._number}-{index % _NAMESPACES}", f"cron-{self._number}-{index}"
        run = f"{name}-{int(at.timestamp())}"
        job = {"kind": "Job", "namespace": namespace, "name": run, "uid": self._uid(), "apiVersion": "batch/v1"}
        cron = {**job, "kind": "CronJob", "name": name}
        of = {"kind": "Pod", "namespace": namespace, "name": f"{run}-{self._suffix()}", "uid": self._uid()}
        host = self._chance.choice(self._nodes)
        self._say(cron, "SuccessfulCreate", f"Created job {run}", at)
        self._say(job, "SuccessfulCreate", f"Created pod: {of['name']}", at)
        self._say(of, "Scheduled", f"Successfully assigned {namespace}/{of['name']} to {host}", at, new=True)
        image = f"registry.example.com/{namespace}/{name}:3.1.4"
        self._say(of, "Pulled", f'Container image "{image}" already present on machine', at + _SECOND)
        self._say(of, "Created", f"Created container {name}", at + _SECOND)
        self._say(of, "Started", f"Started container {name}", at + _SECOND)
        self._say(job, "Completed", "Job completed", at + timedelta(seconds=20))
        self._say(cron, "SawCompletedJob", f"Saw completed job: {run}, status: Complete", at + timedelta(seconds=20))

    def _probe_failure(self, of: Object, at: datetime | None = None) -> None:
        first = at or _FIRST + timedelta(seconds=self._chance.randrange(3600))
        count = self._chance.choice((1, 1, 1, 2, 5))
        text = f'Readiness probe failed: Get "http://{of["status"]["podIP"]}:8080/healthz": context deadline exceeded'
        self._say(_about(of), "Unhealthy", text, first, last=first + timedelta(seconds=10 * (count - 1)), count=count)

    def _say(
        self,
        about: Object,
        reason: str,
        message: str,
        first: datetime,
        *,
        last: datetime | None = None,
        count: int = 1,
        new: bool = False,
    ) -> None:
        if self._left:
            self._left -= 1
            host = self._chance.choice(self._nodes)
            said = event(about, reason, message, (first, last or first), count, self._uid(), host, new=new)
            self._cluster.objects.append(said)

    def _pod(self, place: tuple[str, ...], own: tuple[Any, ...], at: datetime) -> Object:
        namespace, name, _ = place
        ip = f"10.{self._number}.{self._chance.randrange(256)}.{self._chance.randrange(1, 255)}"
        host = self._chance.choice(self._nodes)
        return pod(namespace, name, own[:3], self._suffix(), self._uid(), host, ip, at)

    def _uid(self) -> str:
        return str(uuid.UUID(int=self._chance.getrandbits(128), version=4))

    def _hash(self) -> str:
        return "".join(self._chance.choices("bcdfghjklmnpqrstvwxz2456789", k=10))

    def _suffix(self) -> str:
        return "".join(self._chance.choices("bcdfghjklmnpqrstvwxz2456789", k=5))


def _about(of: Object) -> Object:
    known = of["metadata"]
    path = f"spec.containers{{{of['spec']['containers'][0]['name']}}}"
    return {
        "kind": "Pod",
        "namespace": known["namespace"],
        "name": known["name"],
        "uid": known["uid"],
        "apiVersion": "v1",
        "fieldPath": path,
    }


def _set(of: Object, own: tuple[Any, ...]) -> Object:
    namespace = of["metadata"]["namespace"]
    return {"kind": "ReplicaSet", "namespace": namespace, "name": own[0], "uid": own[1], "apiVersion": "apps/v1"}
