"""A Deployment that is paused in the middle of a rollout, and a pod that is not ready for a while."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from msgspec import Struct

from collector.event import Event
from tests.sources.kubernetes.hands import APPS, PODS, Hands, read
from tests.sources.kubernetes.workloads import PLACE, deployment, progress

NAMESPACE = "default"


class Seen(Struct, frozen=True):
    """What the live API reported, after each step, and when the step was done."""

    paused: datetime
    while_paused: Sequence[Event]
    pod: str
    unready: datetime
    while_unready: Sequence[Event]
    back: datetime
    when_back: Sequence[Event]


def play(hands: Hands) -> Seen:
    """Pause it, resume it, and have a probe fail."""
    hands.ask("POST", f"{APPS}/deployments", deployment())
    hands.until(lambda: progress(hands) == "NewReplicaSetAvailable")
    hands.broken.add("web:1.1.0")
    change = {"template": {"spec": {"containers": [{"name": "web", "image": "web:1.1.0"}]}}}
    hands.ask("PATCH", PLACE, {"spec": change})
    # Not by the reason of Progressing: it stays NewReplicaSetCreated when the controller is late to see the first pod.
    hands.until(lambda: hands.ask("GET", PLACE)["status"].get("updatedReplicas") == 1)
    paused = datetime.now(UTC)
    hands.ask("PATCH", PLACE, {"spec": {"paused": True}})
    hands.until(lambda: progress(hands) == "DeploymentPaused")
    while_paused = read(hands, NAMESPACE)[0]

    hands.mend()
    hands.ask("PATCH", PLACE, {"spec": {"paused": None}})
    hands.until(lambda: progress(hands) == "NewReplicaSetAvailable")
    pod = next(
        each["metadata"]["name"] for each in hands.ask("GET", PODS)["items"] if each["status"]["phase"] == "Running"
    )
    hands.until(lambda: datetime.now(UTC) - hands.since(pod) > timedelta(seconds=4))
    unready = hands.report(pod, ready=False)
    while_unready = read(hands, NAMESPACE)[0]
    hands.until(lambda: datetime.now(UTC) - unready > timedelta(seconds=2))
    back = hands.report(pod, ready=True)
    return Seen(paused, while_paused, pod, unready, while_unready, back, read(hands, NAMESPACE)[0])
