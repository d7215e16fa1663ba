"""The series of kube-state-metrics that the recorded incident would have left in Prometheus.

Made from the objects and Events that were recorded and from the lives of the pods; nothing in it is chance.
"""

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import cache
from typing import Any

from msgspec import Struct

from tests.incident.live import FIXTURE, objects
from tests.incident.metrics import END, START
from tests.sources.prometheus.samples import Sampled

SCRAPE = 15.0
TARGET = {"job": "kube-state-metrics", "instance": "10.244.0.9:8080"}
Series = list[Sampled]


class Life(Struct, frozen=True):
    """One pod of a Deployment; times are Unix seconds."""

    namespace: str
    name: str
    uid: str
    replica_set: str
    deployment: str
    image: str
    digest: str
    created: float
    started: float
    ready: float
    deleted: float
    """When its deletion was requested."""
    gone: float

    @property
    def labels(self) -> dict[str, str]:
        return {"namespace": self.namespace, "pod": self.name, "uid": self.uid}


def stamp(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


@cache
def lives() -> tuple[Life, ...]:
    """The pods of all Deployments."""
    kinds: dict[str, dict[tuple[str, str], dict[str, Any]]] = {}
    for each in objects():
        kinds.setdefault(each["kind"], {})[each["metadata"].get("namespace", ""), each["metadata"]["name"]] = each
    deleted = {
        (event["involvedObject"]["namespace"], event["message"].split()[-1]): stamp(event["firstTimestamp"])
        for event in kinds["Event"].values()
        if event["reason"] == "SuccessfulDelete" and event["involvedObject"]["kind"] == "ReplicaSet"
    }
    made = {
        (event["involvedObject"]["namespace"], event["message"].split()[-1]): stamp(event["firstTimestamp"])
        for event in kinds["Event"].values()
        if event["reason"] == "SuccessfulCreate" and event["involvedObject"]["kind"] == "ReplicaSet"
    }
    uids = {
        (event["involvedObject"]["namespace"], event["involvedObject"]["name"]): event["involvedObject"]["uid"]
        for event in kinds["Event"].values()
        if event["involvedObject"]["kind"] == "Pod"
    }
    found = []
    for life in json.loads((FIXTURE / "pods.json").read_text()):
        key = life["namespace"], life["pod"]
        own = kinds["ReplicaSet"].get((key[0], key[1].rpartition("-")[0]))
        if own is None or not life["ready"]:
            continue
        live = kinds["Pod"].get(key)
        started, ready = stamp(life["started"]), stamp(life["ready"])
        created = stamp(live["metadata"]["creationTimestamp"]) if live else made.get(key, float(int(started)))
        container = own["spec"]["template"]["spec"]["containers"][0]
        gone = stamp(life["ended"]) if life["ended"] else END + 60
        status = live["status"]["containerStatuses"][0] if live else {}
        found.append(
            Life(
                *key,
                live["metadata"]["uid"] if live else uids.get(key, f"uid-of-{key[1]}"),
                own["metadata"]["name"],
                own["metadata"]["ownerReferences"][0]["name"],
                container["image"],
                status.get("imageID", ""),
                created,
                started,
                ready,
                deleted.get(key, gone),
                gone,
            )
        )
    return tuple(found)


def scrapes(phase: float) -> list[float]:
    return [START + phase + SCRAPE * number for number in range(int((END - START - phase) // SCRAPE) + 1)]


def series(phase: float = 4.2, target: dict[str, str] = TARGET) -> Series:
    """All of them, scraped `phase` seconds after each quarter of a minute."""
    times = scrapes(phase)
    found = [Sampled(name, {**target, **labels}, samples) for name, labels, samples in _every(times)]
    return [one for one in found if one.samples]


def _every(times: list[float]) -> Iterator[tuple[str, dict[str, str], list[tuple[float, float]]]]:
    for pod in lives():
        there = [time for time in times if pod.created < time < pod.gone]
        labels = pod.labels

        def samples(
            value: float | Callable[[float], float], since: float = 0, until: float = END + 1, seen: list[float] = there
        ) -> list[tuple[float, float]]:
            return [(time, value(time) if callable(value) else value) for time in seen if since < time < until]

        yield "kube_pod_created", labels, samples(pod.created)
        owner = {"owner_kind": "ReplicaSet", "owner_name": pod.replica_set, "owner_is_controller": "true"}
        yield "kube_pod_owner", labels | owner, samples(1)
        yield "kube_pod_status_scheduled_time", labels, samples(pod.created)
        info = {"container": pod.deployment, "image": pod.image, "image_spec": pod.image}
        yield "kube_pod_container_info", labels | info | {"image_id": ""}, samples(1, until=pod.started)
        yield "kube_pod_container_info", labels | info | {"image_id": pod.digest}, samples(1, since=pod.started)
        container = labels | {"container": pod.deployment}
        yield "kube_pod_container_state_started", container, samples(int(pod.started), since=pod.started)
        yield "kube_pod_status_ready_time", labels, samples(int(pod.ready), since=pod.ready)
        condition = labels | {"condition": "true"}
        yield "kube_pod_status_ready", condition, samples(lambda time, ready=pod.ready: float(time > ready))  # type: ignore[misc]  # mypy infers no default
        yield "kube_pod_deletion_timestamp", labels, samples(pod.deleted + 30, since=pod.deleted)
    for each in objects():
        namespace, name = each["metadata"].get("namespace", ""), each["metadata"]["name"]
        if each["kind"] == "ReplicaSet":
            yield from _replica_set(each, {"namespace": namespace, "replicaset": name}, times)
        elif each["kind"] == "Deployment":
            yield from _deployment(each, {"namespace": namespace, "deployment": name}, times)


def _replica_set(
    own: dict[str, Any], labels: dict[str, str], times: list[float]
) -> Iterator[tuple[str, dict[str, str], list[tuple[float, float]]]]:
    created = stamp(own["metadata"]["creationTimestamp"])
    pods = [pod for pod in lives() if (pod.namespace, pod.replica_set) == tuple(labels.values())]
    there = [time for time in times if time > created]
    owner = {"owner_kind": "Deployment", "owner_name": own["metadata"]["ownerReferences"][0]["name"]}
    yield "kube_replicaset_created", labels, [(time, created) for time in there]
    yield "kube_replicaset_owner", labels | owner, [(time, 1) for time in there]
    wanted = [(time, float(sum(pod.created < time < pod.deleted for pod in pods))) for time in there]
    yield "kube_replicaset_spec_replicas", labels, wanted


def _deployment(
    own: dict[str, Any], labels: dict[str, str], times: list[float]
) -> Iterator[tuple[str, dict[str, str], list[tuple[float, float]]]]:
    """Its status is that of the ReplicaSet that had its last rollout by then."""
    pods = [pod for pod in lives() if (pod.namespace, pod.deployment) == tuple(labels.values())]
    settle = own["spec"].get("minReadySeconds", 0)
    sets = {pod.replica_set for pod in pods}

    def wanted(time: float) -> float:
        return own["spec"]["replicas"] if len(sets) > 1 else sum(pod.created < time < pod.deleted for pod in pods)

    def newest(time: float) -> str:
        return max(((pod.created, pod.replica_set) for pod in pods if pod.created < time), default=(0, ""))[1]

    def status(time: float) -> dict[str, float]:
        here = [pod for pod in pods if pod.created < time < pod.deleted]
        return {
            "": len(here),
            "_updated": sum(pod.replica_set == newest(time) for pod in here),
            "_available": sum(pod.ready + settle <= time for pod in here),
        }

    yield "kube_deployment_spec_replicas", labels, [(time, wanted(time)) for time in times]
    yield "kube_deployment_spec_paused", labels, [(time, 0.0) for time in times]
    every = [(time, status(time)) for time in times]
    for suffix in ("", "_updated", "_available"):
        told = [(time, float(now[suffix])) for time, now in every]
        yield f"kube_deployment_status_replicas{suffix}", labels, told
