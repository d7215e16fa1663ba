"""Objects as a cluster serves them, and a Deployment controller that rolls them over as the real one does."""

import json
import zlib
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec import Struct, field

from collector.event import Event, Kind
from collector.secrets import Scrubber
from collector.source import Document, Gap
from collector.window import Window
from sources.cluster.lists import NAMES
from sources.kubernetes import KubernetesSettings, KubernetesSource

Json = dict[str, Any]
NOON = datetime(2026, 5, 4, 12, 0, 0, tzinfo=UTC)
WINDOW = Window(NOON, NOON + timedelta(minutes=30))


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def stamp(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def documents(cluster: dict[str, list[Json]], page: int = 500) -> list[Document]:
    found = []
    for call in (*NAMES, *(call for call in cluster if call not in NAMES)):
        items = cluster.get(call, [])
        for start in range(0, max(len(items), 1), page):
            body = json.dumps({"items": items[start : start + page]})
            found.append(Document(call, f"GET /{call}", NOON, body))
    return found


def read(cluster: dict[str, list[Json]], page: int = 500, window: Window = WINDOW) -> tuple[list[Event], list[Gap]]:
    source = KubernetesSource("k8s", KubernetesSettings(cluster="prod"), Scrubber())
    given = list(source.read(documents(cluster, page), window))
    return [each for each in given if isinstance(each, Event)], [each for each in given if isinstance(each, Gap)]


def only(events: list[Event], *kinds: Kind) -> list[Event]:
    return [event for event in events if event.kind in kinds]


def meta(kind: str, name: str, created: datetime, **more: Any) -> Json:
    return {
        "name": name,
        "namespace": "shop",
        "uid": f"{kind}-{name}",
        "creationTimestamp": stamp(created),
        **more,
    }


def owned(kind: str, name: str) -> list[Json]:
    return [{"kind": kind, "name": name, "uid": f"{kind}-{name}", "controller": True}]


def event(
    reason: str,
    message: str,
    about: tuple[str, str],
    first: datetime,
    last: datetime | None = None,
    count: int = 1,
    **more: Any,
) -> Json:
    name = f"{about[1]}.{zlib.crc32(repr((reason, message, about, first)).encode()):x}"
    return {
        "metadata": meta("Event", name, first),
        "involvedObject": {"kind": about[0], "name": about[1], "namespace": "shop", "uid": f"{about[0]}-{about[1]}"},
        "reason": reason,
        "message": message,
        "firstTimestamp": stamp(first),
        "lastTimestamp": stamp(last or first),
        "eventTime": None,
        "count": count,
        **more,
    }


class Web(Struct):
    """Deployment `web` in namespace `shop`: what the controllers and the kubelet do when it is rolled over.

    A new pod starts a second after it was made and is ready at `ready` seconds; it is available after `min_ready`
    more, which is when the controller removes as many old ones.
    """

    replicas: int = 4
    surge: int = 2
    unavailable: int = 0
    min_ready: int = 10
    ready: int = 5
    message: str = "from {was} to {to}"
    sets: dict[str, Json] = field(default_factory=dict)
    events: list[Json] = field(default_factory=list)
    pods: dict[str, list[str]] = field(default_factory=dict)
    truth: dict[str, datetime] = field(default_factory=dict)
    """When each pod really became ready."""
    made: dict[str, datetime] = field(default_factory=dict)
    current: str = ""
    completed: datetime = NOON

    def replica_set(self, version: str, created: datetime, **annotations: str) -> str:
        """Make the ReplicaSet of a version, without pods."""
        name = f"web-{version.replace('.', '')}"
        notes = {"deployment.kubernetes.io/desired-replicas": str(self.replicas), **annotations}
        notes["deployment.kubernetes.io/revision"] = str(self._revision())
        container = {"name": "web", "image": f"registry.example.com:5000/shop/web:v{version}"}
        self.sets[name] = {
            "metadata": meta(
                "ReplicaSet",
                name,
                created,
                annotations=notes,
                labels={"app.kubernetes.io/name": "web-frontend"},
                ownerReferences=owned("Deployment", "web"),
            ),
            "spec": {
                "replicas": 0,
                "minReadySeconds": self.min_ready,
                "template": {
                    "metadata": {
                        "annotations": {"org.opencontainers.image.revision": version.replace(".", "") + "abcdef0"}
                    },
                    "spec": {"containers": [container], "terminationGracePeriodSeconds": 20},
                },
            },
        }
        return name

    def running(self, version: str, created: datetime) -> None:
        """The state that everything starts from: a rollout long ago, of which no Event tells any more."""
        self.current = self.replica_set(version, created)
        for number in range(self.replicas):
            self._pod(self.current, number, created)
        self.sets[self.current]["spec"]["replicas"] = self.replicas
        self.completed = created + timedelta(seconds=self.ready + self.min_ready)

    def adopt(self, name: str) -> None:
        """Give an old ReplicaSet the newest revision, as a rollback does."""
        notes = self.sets[name]["metadata"]["annotations"]
        had = [notes.get("deployment.kubernetes.io/revision-history", ""), notes["deployment.kubernetes.io/revision"]]
        notes["deployment.kubernetes.io/revision"] = str(self._revision())
        notes["deployment.kubernetes.io/revision-history"] = ",".join(filter(None, had))

    def roll(self, new: str, start: datetime) -> datetime:
        """Roll over to `new`; returns when it is complete."""
        old, now, generation = self.current, start, len(self.events)
        have, available, left = 0, 0, self.replicas
        while left or available < self.replicas:
            more = min(self.replicas - have, self.replicas + self.surge - have - left)
            if more > 0:
                self.scale(new, have, have + more, now)
                for number in range(have, have + more):
                    self._pod(new, f"{generation:03d}{number:02d}", now)
                have += more
            go = min(left, available + left - (self.replicas - self.unavailable))
            if go > 0:
                self.scale(old, left, left - go, now)
                for name in [self.pods[old].pop() for _ in range(go)]:
                    killed = now + timedelta(seconds=1)
                    self.events.append(event("SuccessfulDelete", f"Deleted pod: {name}", ("ReplicaSet", old), now))
                    self.events.append(event("Killing", "Stopping container web", ("Pod", name), killed))
                left -= go
            if more <= 0 and go <= 0:
                now += timedelta(seconds=self.ready + self.min_ready)
                available = have
        self.current, self.completed = new, now
        return now

    def autoscale(self, more: int, when: datetime) -> None:
        """What an autoscaler does between rollouts."""
        if more:
            self.scale(self.current, self.replicas, self.replicas + more, when)
            for number in range(more):
                self._pod(self.current, f"x{len(self.events):03d}{number}", when)
            self.replicas += more
            for each in self.sets.values():
                if each["spec"]["replicas"]:
                    notes = each["metadata"]["annotations"]
                    notes["deployment.kubernetes.io/desired-replicas"] = str(self.replicas)

    def scale(self, name: str, was: int, to: int, when: datetime) -> None:
        word = "up" if to > was else "down"
        message = f"Scaled {word} replica set {name} " + self.message.format(was=was, to=to)
        for told in self.events:
            if told["message"] == message:
                told["count"], told["lastTimestamp"] = told["count"] + 1, stamp(when)
                break
        else:
            self.events.append(event("ScalingReplicaSet", message, ("Deployment", "web"), when))
        self.sets[name]["spec"]["replicas"] = to

    def _revision(self) -> int:
        had = (each["metadata"]["annotations"]["deployment.kubernetes.io/revision"] for each in self.sets.values())
        return max(map(int, had), default=0) + 1

    def _pod(self, replica_set: str, number: object, when: datetime) -> None:
        name = f"{replica_set}-{number:0>5}"
        self.pods.setdefault(replica_set, []).append(name)
        self.made[name] = when
        self.truth[name] = when + timedelta(seconds=self.ready)
        if when >= NOON - timedelta(minutes=30):
            self.events.append(event("SuccessfulCreate", f"Created pod: {name}", ("ReplicaSet", replica_set), when))
            self.events.append(event("Started", "Started container web", ("Pod", name), when + timedelta(seconds=1)))

    def cluster(self) -> dict[str, list[Json]]:
        """All lists."""
        return {
            "deployments": [self._deployment()],
            "replicasets": list(self.sets.values()),
            "pods": [self._object(name, owner) for owner, names in self.pods.items() for name in names],
            "events": self.events,
        }

    def _deployment(self) -> Json:
        progress = {
            "type": "Progressing",
            "status": "True",
            "reason": "NewReplicaSetAvailable",
            "lastUpdateTime": stamp(self.completed),
            "lastTransitionTime": "2025-01-01T00:00:00Z",
        }
        rolling = {"maxSurge": self.surge, "maxUnavailable": self.unavailable}
        return {
            "metadata": meta("Deployment", "web", NOON, labels={"app.kubernetes.io/name": "web-frontend"}),
            "spec": {"replicas": self.replicas, "strategy": {"type": "RollingUpdate", "rollingUpdate": rolling}},
            "status": {"conditions": [progress]},
        }

    def _object(self, name: str, owner: str) -> Json:
        ready = {"type": "Ready", "status": "True", "lastTransitionTime": stamp(self.truth[name])}
        return {
            "metadata": meta("Pod", name, self.made[name], ownerReferences=owned("ReplicaSet", owner)),
            "status": {
                "conditions": [ready],
                "containerStatuses": [{"name": "web", "imageID": f"registry.example.com/web@sha256:{owner}"}],
            },
        }
