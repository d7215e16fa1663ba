"""A short incident on the real controllers, told from the recording alone when the cluster has forgotten it."""

import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from collector.event import Event, Kind
from collector.gather import Gathered
from collector.merge import merge
from collector.secrets import Scrubber
from collector.stories.rollouts import rollouts
from collector.timeline import Scope, draft
from collector.window import Window
from sources.kubernetes import KubernetesSettings, KubernetesSource
from tests.servers.process import require
from tests.sources.kubernetes.hands import APPS, PODS, Hands, Json, running_hands
from tests.sources.recorder.reading import fetched, recorder
from tests.sources.recorder.recording import recording, store_of, told, until

PLACE = f"{APPS}/deployments/web"
EVENTS = "/api/v1/namespaces/default/events"


@dataclass
class Incident:
    """What happened, and what the live source told before it was forgotten."""

    window: Window
    live: list[Event]
    store: Path
    deaths: list[datetime]
    unready: tuple[datetime, datetime]


def deployment() -> Json:
    labels = {"app": "web"}
    secret = {"name": "PASSWORD", "value": "canary-env"}
    container = {"name": "web", "image": "web:1.0.0", "env": [secret], "command": ["sh", "-c", "canary-command"]}
    notes = {"kubectl.kubernetes.io/last-applied-configuration": "canary-applied"}
    spec = {
        "replicas": 2,
        "selector": {"matchLabels": labels},
        "template": {"metadata": {"labels": labels}, "spec": {"containers": [container]}},
    }
    metadata = {"name": "web", "labels": labels, "annotations": notes}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": spec}


def progress(hands: Hands) -> str:
    found = hands.ask("GET", PLACE)
    if found["status"].get("observedGeneration") != found["metadata"]["generation"]:
        return ""
    conditions = found["status"].get("conditions", [])
    return next((one["reason"] for one in conditions if one["type"] == "Progressing"), "")


def roll(hands: Hands, tag: str) -> None:
    """Roll out that version, and see that no pod of another is left."""
    time.sleep(3)
    container = {"name": "web", "image": f"web:{tag}"}
    hands.ask("PATCH", PLACE, {"spec": {"template": {"spec": {"containers": [container]}}}})
    hands.until(lambda: progress(hands) == "NewReplicaSetAvailable" and set(images(hands)) == {f"web:{tag}"})


def images(hands: Hands) -> list[str]:
    return [pod["spec"]["containers"][0]["image"] for pod in hands.ask("GET", PODS)["items"]]


def die(hands: Hands, pod: str, restarts: int) -> datetime:
    """The container of a pod is killed for lack of memory; only the last death is kept."""
    time.sleep(1.1)
    now = datetime.now(UTC)
    stamp = f"{now:%Y-%m-%dT%H:%M:%SZ}"
    ended = {"exitCode": 137, "reason": "OOMKilled", "startedAt": stamp, "finishedAt": stamp}
    again = {"running": {"startedAt": stamp}}
    hands.set_status(pod, restartCount=restarts, lastState={"terminated": ended}, state=again)
    return now


@pytest.fixture(scope="module")
def incident(tmp_path_factory: pytest.TempPathFactory) -> Incident:
    require("etcd", "kube-apiserver", "kube-controller-manager", "openssl")
    folder = tmp_path_factory.mktemp("recorded")
    with running_hands(tmp_path_factory.mktemp("hands")) as hands, recording(folder, hands.server.kubeconfig):
        store = store_of(folder)
        until(lambda: told(store, "nodes"))
        begun = datetime.now(UTC).replace(microsecond=0)
        hands.ask("POST", f"{APPS}/deployments", deployment())
        hands.until(lambda: progress(hands) == "NewReplicaSetAvailable")
        roll(hands, "1.1.0")
        pod = hands.ask("GET", PODS)["items"][0]["metadata"]["name"]
        deaths = [die(hands, pod, restarts) for restarts in (1, 2, 3)]
        hands.until(lambda: datetime.now(UTC) - hands.since(pod) > timedelta(seconds=4))
        unready = (hands.report(pod, ready=False), (time.sleep(2), hands.report(pod, ready=True))[1])
        roll(hands, "1.0.0")
        time.sleep(1)
        window = Window(begun, datetime.now(UTC) + timedelta(seconds=1))
        live = fetched(
            KubernetesSource("k8s", KubernetesSettings(kubeconfig=hands.server.kubeconfig), Scrubber()), window
        )
        time.sleep(2)
        # The cluster forgets it: nothing is left but the nodes.
        hands.ask("DELETE", PLACE, {"propagationPolicy": "Foreground"})
        hands.until(lambda: not images(hands))
        hands.ask("DELETE", EVENTS)
        assert not hands.ask("GET", EVENTS)["items"]
        until(lambda: [change for change, _ in told(store, "deployments")][-1] == "DELETED")
    return Incident(window, live[0], store, deaths, unready)


def rows(events: list[Event], window: Window) -> list[str]:
    return [row.text for row in draft(Gathered(tuple(events), ()), window, Scope(services=("web",))).rows]


def test_the_recording_alone_tells_the_rows_that_the_cluster_told(incident: Incident) -> None:
    events, gaps, _ = fetched(recorder(incident.store), incident.window)
    (before,) = [gap for gap in gaps if "not recorded" in gap.reason]
    assert before.span
    assert before.span[1] <= incident.window.start + timedelta(seconds=1)
    found = rollouts(merge(events))
    assert [(each.started.kind, each.keys.version, each.keys.replaces) for each in found] == [
        (Kind.ROLLOUT_STARTED, "1.0.0", ""),
        (Kind.ROLLOUT_STARTED, "1.1.0", "1.0.0"),
        (Kind.ROLLBACK_STARTED, "1.0.0", "1.1.0"),
    ]
    assert all(each.completed and len(each.ready) == 2 for each in found)
    mine, live = rows(events, incident.window), rows(incident.live, incident.window)
    print(*live, "from the recording:", *mine, sep="\n")
    assert "Rollback of web to 1.0.0 complete: 2/2 pods ready" in live
    # It may know more of the same, such as that a rollout was complete.
    assert [text for text in live if not any(row.startswith(text) for row in mine)] == []


def test_it_tells_what_the_cluster_overwrites(incident: Incident) -> None:
    events = fetched(recorder(incident.store), incident.window)[0]
    deaths = [event for event in events if event.kind == Kind.POD_OOM_KILLED]
    assert len(deaths) == len(incident.deaths) == 3
    for event, at in zip(deaths, incident.deaths, strict=True):
        assert event.earliest <= at <= event.latest
    unready, back = incident.unready
    (event,) = [event for event in events if event.kind == Kind.POD_UNREADY]
    assert event.earliest <= unready <= event.latest
    (event,) = [event for event in events if event.kind == Kind.POD_RECOVERED]
    assert event.earliest <= back <= event.latest


def test_both_together_tell_everything_once(incident: Incident) -> None:
    recorded = fetched(recorder(incident.store), incident.window)[0]
    alone, both = merge(recorded), merge([*incident.live, *recorded])
    # ConfigMaps are not recorded.
    others = (Kind.OTHER, Kind.CONFIG_CHANGED)
    counted = [Counter(fact.kind for fact in facts if fact.kind not in others) for facts in (alone, both)]
    assert counted[0] == counted[1]
    assert rows([*incident.live, *recorded], incident.window) == rows(recorded, incident.window)


def test_nothing_secret_is_in_the_store(incident: Incident) -> None:
    assert told(incident.store, "deployments")
    for path in incident.store.parent.iterdir():
        assert b"canary" not in path.read_bytes()
    assert "canary" not in "".join(each.text for each in fetched(recorder(incident.store), incident.window)[2])
