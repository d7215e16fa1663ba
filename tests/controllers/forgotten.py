"""A short incident of which the cluster forgets everything: two rollouts, deaths, and a pod that is not ready."""

import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from msgspec import Struct

from collector.event import Event
from collector.window import Window
from tests.sources.kubernetes.hands import Hands, Json, apps, pods, read
from tests.sources.recorder.recording import told, until

NAMESPACE = "shop"
NAME = "cart"
PLACE = f"{apps(NAMESPACE)}/deployments/{NAME}"
EVENTS = f"/api/v1/namespaces/{NAMESPACE}/events"


class Seen(Struct, frozen=True):
    """What happened, and what the live API reported before it was forgotten."""

    window: Window
    live: Sequence[Event]
    deaths: Sequence[datetime]
    unready: tuple[datetime, datetime]


def play(hands: Hands, store: Path) -> Seen:
    """Roll it over, let it die and be unready, roll it back, and remove every trace."""
    begun = datetime.now(UTC).replace(microsecond=0)
    hands.ask("POST", f"{apps(NAMESPACE)}/deployments", _deployment())
    hands.until(lambda: _progress(hands) == "NewReplicaSetAvailable")
    _roll(hands, "1.1.0")
    pod = hands.ask("GET", pods(NAMESPACE))["items"][0]["metadata"]["name"]
    deaths = [_die(hands, pod, restarts) for restarts in (1, 2, 3)]
    hands.until(lambda: datetime.now(UTC) - hands.since(pod) > timedelta(seconds=4))
    unready = hands.report(pod, ready=False)
    time.sleep(2)
    back = hands.report(pod, ready=True)
    _roll(hands, "1.0.0")
    time.sleep(1)
    window = Window(begun, datetime.now(UTC) + timedelta(seconds=1))
    live = read(hands, NAMESPACE)[0]
    time.sleep(2)
    hands.ask("DELETE", PLACE, {"propagationPolicy": "Foreground"})
    hands.until(lambda: not _images(hands))
    hands.until(lambda: _no_events(hands))
    until(lambda: [change for change, _ in told(store, "deployments", NAME)][-1] == "DELETED")
    return Seen(window, live, deaths, (unready, back))


def _deployment() -> Json:
    labels = {"app": NAME}
    secret = {"name": "PASSWORD", "value": "canary-env"}
    container = {"name": NAME, "image": f"{NAME}:1.0.0", "env": [secret], "command": ["sh", "-c", "canary-command"]}
    notes = {"kubectl.kubernetes.io/last-applied-configuration": "canary-applied"}
    spec = {
        "replicas": 2,
        "selector": {"matchLabels": labels},
        "template": {"metadata": {"labels": labels}, "spec": {"containers": [container]}},
    }
    metadata = {"name": NAME, "labels": labels, "annotations": notes}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": spec}


def _progress(hands: Hands) -> str:
    found = hands.ask("GET", PLACE)
    if found["status"].get("observedGeneration") != found["metadata"]["generation"]:
        return ""
    conditions = found["status"].get("conditions", [])
    return next((one["reason"] for one in conditions if one["type"] == "Progressing"), "")


def _roll(hands: Hands, tag: str) -> None:
    """Roll out that version, and see that no pod of another is left."""
    time.sleep(3)
    container = {"name": NAME, "image": f"{NAME}:{tag}"}
    hands.ask("PATCH", PLACE, {"spec": {"template": {"spec": {"containers": [container]}}}})
    hands.until(lambda: _progress(hands) == "NewReplicaSetAvailable" and set(_images(hands)) == {f"{NAME}:{tag}"})


def _images(hands: Hands) -> list[str]:
    return [pod["spec"]["containers"][0]["image"] for pod in hands.ask("GET", pods(NAMESPACE))["items"]]


def _no_events(hands: Hands) -> bool:
    """Delete the Events, of which controllers and kubelets may just have written another; whether there is none."""
    hands.ask("DELETE", EVENTS)
    return not hands.ask("GET", EVENTS)["items"]


def _die(hands: Hands, pod: str, restarts: int) -> datetime:
    """The container of a pod is killed for lack of memory; only the last death is kept."""
    time.sleep(1.1)
    now = datetime.now(UTC)
    stamp = f"{now:%Y-%m-%dT%H:%M:%SZ}"
    ended = {"exitCode": 137, "reason": "OOMKilled", "startedAt": stamp, "finishedAt": stamp}
    again = {"running": {"startedAt": stamp}}
    hands.set_status(pod, restartCount=restarts, lastState={"terminated": ended}, state=again)
    return now
