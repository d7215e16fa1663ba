"""What a pod is told to do, and what it has done."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from tests.incident.cluster import Json


@dataclass(frozen=True, slots=True)
class Script:
    """How the containers of a service behave; all times in seconds of the story."""

    ready: float = 9
    """From being bound to a node to passing the readiness probe."""
    spread: float = 1.5
    """By how much that differs among pods."""
    stop: float = 1.5
    """From being told to stop to being gone."""
    runs: float = 0
    """How long it runs before it ends by itself; 0 for a service that does not."""
    fails: bool = False
    """It ends with an error whenever it ends, and is started again and again."""
    refused: int = 0
    """How many probes find the port still closed before it is ready."""
    mounts: int = 0
    """How many times mounting its secret fails first."""


@dataclass(slots=True)
class Life:
    """What the kubelet knows of one pod. Times are Unix seconds on the wall."""

    pod: Json
    script: Script
    address: str
    bound: float
    restarts: int = 0
    started: float | None = None
    ready: float | None = None
    ended: float | None = None
    status: Json = field(default_factory=dict)

    @property
    def container(self) -> Json:
        first: Json = self.pod["spec"]["containers"][0]
        return first


def app(pod: Json) -> str:
    """Name of the service that a pod belongs to; empty if it belongs to none."""
    name: str = pod["metadata"].get("labels", {}).get("app.kubernetes.io/name", "")
    return name


def full_name(pod: Json) -> str:
    """A pod as the kubelet names it in messages."""
    meta = pod["metadata"]
    return f"{meta['name']}_{meta['namespace']}({meta['uid']})"


def now() -> str:
    """Now on the wall, as Kubernetes writes times."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
