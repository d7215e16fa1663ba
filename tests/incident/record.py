"""Records the incident again: `python -m tests.incident.record OUTDIR`, about a quarter of an hour.

It needs etcd, kube-apiserver, kube-controller-manager and kube-scheduler. The rollouts, their Events,
revisions and conditions are made by the real controllers; only kubelets, cron and autoscaler are played.
"""

import gzip
import json
import socket
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

from tests.cluster.client import Client, Json
from tests.cluster.clock import Clock
from tests.cluster.kubelet import Kubelet
from tests.cluster.pods import Life, Script, app
from tests.incident import github_payloads, story
from tests.incident.stamps import Stamps
from tests.incident.workloads import JOB_RUNS, NODES, SERVICES, moment
from tests.servers.kubernetes import kubernetes

_KINDS = ("Namespace", "Node", "Deployment", "ReplicaSet", "HorizontalPodAutoscaler", "Job", "Pod", "Event")
_NOTE = "- 14:12 Maria Ortiz (on-call) identifies the new deploy, checkout 1.5.0, as the cause\n"
_FORGOTTEN = moment("13:40:00")
"""The API server forgets an Event one hour after it happened last, and the capture is at 14:40."""


def record(out: Path) -> None:
    """Play the story and write its evidence into `out`."""
    clock = story.clock()
    with tempfile.TemporaryDirectory() as folder, kubernetes(Path(folder)) as server:
        cluster = Client(server, "kubelet")
        stamps, kubelet = Stamps(clock), Kubelet(cluster, clock, _script, pulling=(2.5, 6.0))
        for kind in _KINDS:
            cluster.watch(kind, stamps.seen)
        cluster.watch("Pod", kubelet.seen)
        play = story.Story(server, clock, kubelet)
        play.prepare()
        over = threading.Event()
        heart = threading.Thread(target=_beat, args=(play, over))
        heart.start()
        try:
            play.play()
        finally:
            over.set()
            heart.join()
        kubelet.stop()
        objects = [one for kind in _KINDS for one in _captured(cluster, kind, stamps)]
        lives = [_life(life, clock) for life in kubelet.lives.values()]
    out.mkdir(parents=True, exist_ok=True)
    _write(out / "kubernetes.json.gz", objects)
    pods = sorted((one for one in lives if one["service"]), key=lambda one: (one["started"], one["pod"]))
    (out / "pods.json").write_text(_lines(pods))
    (out / "notes.md").write_text(_NOTE)
    github_payloads.write(out / "github")


def _beat(play: story.Story, over: threading.Event) -> None:
    while not over.wait(5):
        for name in NODES:
            play.heartbeat(name)


def _script(pod: Json) -> Script:
    return next((service.script for service in SERVICES if service.name == app(pod)), JOB_RUNS)


def _captured(cluster: Client, kind: str, stamps: Stamps) -> Iterator[Json]:
    listed = cluster.list(kind)
    for item in listed["items"]:
        meta = item["metadata"]
        meta.pop("resourceVersion")
        for entry in meta.get("managedFields", []):
            entry.pop("fieldsV1", None)  # which fields a manager wrote is half of all bytes
        if kind == "Event":  # the scheduler signs with the name of the machine
            item["reportingInstance"] = item["reportingInstance"].replace(socket.gethostname(), "control-plane-1")
        told = stamps.retold({"apiVersion": listed["apiVersion"], "kind": kind, **item})
        if kind != "Event" or _last(told) >= _FORGOTTEN.strftime("%Y-%m-%dT%H:%M:%S"):
            yield told


def _last(event: Json) -> str:
    times = (event.get("series") or {}).get("lastObservedTime"), event["lastTimestamp"], event["eventTime"]
    return max(str(one) for one in times if one)


def _life(life: Life, clock: Clock) -> Json:
    """How long a pod ran, which the metrics tell and the API server forgets."""
    meta = life.pod["metadata"]
    owned_by_job = any(owner["kind"] == "Job" for owner in meta.get("ownerReferences", []))
    times = {"started": life.started, "ready": life.ready, "ended": life.ended}
    return {
        "service": "" if owned_by_job else meta["labels"]["app.kubernetes.io/name"],
        "version": meta["labels"].get("app.kubernetes.io/version", ""),
        "namespace": meta["namespace"],
        "pod": meta["name"],
        "ip": life.address,
        **{key: wall and clock.story(wall).isoformat(timespec="milliseconds") for key, wall in times.items()},
    }


def _lines(items: list[Json]) -> str:
    return "[\n" + ",\n".join(json.dumps(item, separators=(",", ":")) for item in items) + "\n]\n"


def _write(path: Path, objects: list[Json]) -> None:
    # No time in the archive: the same objects are the same bytes.
    path.write_bytes(gzip.compress(_lines(objects).encode(), mtime=0))


if __name__ == "__main__":
    record(Path(sys.argv[1]))
