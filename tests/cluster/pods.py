"""What a pod is to do by its script, and what it has done."""

from datetime import UTC, datetime

from msgspec import Struct, field

from tests.cluster.client import Json


class Script(Struct, frozen=True):
    """How the containers of a pod behave; all times in seconds of the clock that the kubelet goes by."""

    ready: float = 9
    """From being bound to a node to passing the readiness probe."""
    spread: float = 1.5
    """By how much that differs among pods."""
    stop: float = 1.5
    """From being asked to stop to being gone."""
    runs: float = 0
    """How long it runs before it ends by itself; 0 for a service that does not."""
    fails: bool = False
    """It ends with an error, and again each time that it is started anew."""
    refused: int = 0
    """How many probes find the port still closed before it is ready."""
    mounts: int = 0
    """How many times mounting its secret fails first."""
    image: bool = True
    """Its image can be pulled."""


class Act(Struct, frozen=True):
    """Something that a kubelet did, or that befell a container: what, to which pod, when (Unix seconds)."""

    what: str
    pod: str
    at: float
    image: str = ""
    """Of the container; pods of a StatefulSet have the same name one after another."""


class Life(Struct):
    """What the kubelet knows of one pod. Times are Unix seconds on the wall."""

    pod: Json
    script: Script
    address: str
    bound: float
    restarts: int = 0
    deaths: int = 0
    """How often its container will still run out of memory."""
    started: float | None = None
    ready: float | None = None
    ended: float | None = None
    status: Json = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Of the pod."""
        name: str = self.pod["metadata"]["name"]
        return name

    @property
    def node(self) -> str:
        """Where it runs; empty where no scheduler does."""
        name: str = self.pod["spec"].get("nodeName", "")
        return name

    @property
    def container(self) -> Json:
        """Its first container."""
        first: Json = self.pod["spec"]["containers"][0]
        return first

    @property
    def state(self) -> Json:
        """The status of that container."""
        first: Json = self.status["containerStatuses"][0]
        return first

    @property
    def stopping(self) -> bool:
        """Whether it was asked to stop."""
        return "deletionTimestamp" in self.pod["metadata"]


def app(pod: Json) -> str:
    """Name of the service that a pod belongs to; empty if it belongs to none."""
    name: str = pod["metadata"].get("labels", {}).get("app.kubernetes.io/name", "")
    return name


def full_name(pod: Json) -> str:
    """A pod as the kubelet names it in messages."""
    meta = pod["metadata"]
    return f"{meta['name']}_{meta['namespace']}({meta['uid']})"


def now(at: float | None = None) -> str:
    """Now on the wall, or another time of its clock, as Kubernetes writes times."""
    return (datetime.now(UTC) if at is None else datetime.fromtimestamp(at, UTC)).strftime("%Y-%m-%dT%H:%M:%SZ")


def conditions(life: Life, *, ready: bool, reason: str = "", at: float | None = None) -> list[Json]:
    """Those of the pod, that changed now or then; each keeps its time while it keeps its status."""
    stamp, completed = now(at), reason == "PodCompleted"
    old = {one["type"]: one for one in life.status.get("conditions") or life.pod["status"].get("conditions", [])}
    message = "" if ready or completed else f"containers with unready status: [{life.container['name']}]"
    wanted = {"Initialized": (True, "PodCompleted" if completed else "", "")}
    wanted |= dict.fromkeys(("Ready", "ContainersReady"), (ready, "" if ready else reason, message))
    found = []
    for kind, (status, why, text) in wanted.items():
        new = {"type": kind, "status": str(status), "lastProbeTime": None, "lastTransitionTime": stamp}
        new |= {key: value for key, value in (("reason", why), ("message", text)) if value}
        if kind in old and old[kind]["status"] == new["status"]:
            new["lastTransitionTime"] = old[kind]["lastTransitionTime"]
        found.append(new)
    return [*found, *(one for kind, one in old.items() if kind == "PodScheduled")]
