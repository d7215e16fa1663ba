"""The play, in real time: what people do, and what comes of it."""

import contextlib
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct

from collector.window import Window
from tests.cluster.client import Client, Json
from tests.cluster.events import EventRecorder
from tests.cluster.pods import Act, app
from tests.evidence.happened import Noted, truth
from tests.evidence.kubelets import Kubelets
from tests.evidence.sampler import Sampler
from tests.evidence.seen import Seen
from tests.evidence.truth import Truth, by_kubelets, failed, made, stuck, unschedulable, updated, utc
from tests.evidence.workloads import (
    DRAINED,
    LOST,
    NAMESPACE,
    autoscaler,
    config_map,
    deployment,
    failing_job,
    node,
    pods,
    stateful_set,
)
from tests.servers.kubernetes import Kubernetes, kubernetes
from tests.sources.kubernetes_audit.log import POLICY
from tests.sources.prometheus.samples import Sampled
from tests.sources.recorder.recording import recording, rows, store_of, until

CLUSTER = "prod"
SERVICES = (
    "auth",
    "cart",
    "catalog",
    "checkout",
    "database",
    "ledger",
    "mailer",
    "nightly",
    "reports",
    "search",
    "sessions",
    "storefront",
    "worker",
)
_SCALER = "kube-controller-manager/v1.20.2 (linux/amd64) kubernetes/faecb19/horizontal-pod-autoscaler"
_APART = 2.5
"""Stamps are whole seconds, so that what is to be told apart lies further apart."""


class Played(Struct, frozen=True):
    """What there is when it is over; the API server still runs."""

    server: Kubernetes
    window: Window
    truth: Sequence[Truth]
    samples: Sequence[Sampled]
    events: Sequence[Json]
    """Every version of every Event object."""
    store: Path
    """What `pm-timeline record` kept."""


@contextlib.contextmanager
def played(folder: Path) -> Iterator[Played]:
    """Play it. Raises Missing."""
    with kubernetes(folder, POLICY) as server:
        seen, people = Seen(), Client(server, "kubectl")
        people.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}})
        kubelets = Kubelets(server)
        watching = Client(server, "watcher")
        seen.watch(watching)
        watching.watch("Pod", kubelets.seen)
        patience = ("--use-service-account-credentials", "--node-monitor-grace-period=10s", "--node-monitor-period=1s")
        sampler = Sampler(server)
        with server.controller_manager(*patience), server.scheduler(), sampler, _recorded(server, folder) as store:
            play = _Play(people, Client(server, "kube-controller-manager", _SCALER), seen, kubelets)
            window = play.play()
        kubelets.stop()
        yield Played(server, window, truth(play.noted()), sampler.series(), list(seen.events), store)


@contextlib.contextmanager
def _recorded(server: Kubernetes, folder: Path) -> Iterator[Path]:
    """The store of a recorder that runs meanwhile."""
    place = folder / "recorder"
    place.mkdir()
    source = f'[sources.cluster]\ntype = "kubernetes"\nkubeconfig = "{server.kubeconfig}"\ncluster = "{CLUSTER}"\n'
    (place / "pm-timeline.toml").write_text(source)
    store = store_of(place)
    with recording(place, server.kubeconfig):
        until(lambda: store.exists() and len(rows(store, "SELECT DISTINCT resource FROM pm_timeline_spans")) >= 9)
        yield store


class _Play:
    """Whoever acts, and what they noted."""

    def __init__(self, people: Client, scaler: Client, seen: Seen, kubelets: Kubelets) -> None:
        self._people, self._seen, self._kubelets = people, seen, kubelets
        self._scaler, self._says = scaler, EventRecorder(scaler, kubelets.clock, "horizontal-pod-autoscaler")
        self._did: dict[str, tuple[float, float]] = {}
        """From just before to just after."""
        self._pods: dict[str, str] = {}

    @property
    def _acts(self) -> Sequence[Act]:
        return self._kubelets.acts

    def play(self) -> Window:
        """All of it; the window begins when everything runs, and ends when everything is over."""
        self._set_up()
        start = time.time()
        time.sleep(1.2)
        self._kubelets.lose(LOST)
        self._did["lost"] = (time.time(), time.time())
        self._change("checkout", deployment("checkout", "1.1.0", 3), "1.1.0")
        self._change("search", deployment("search", "2.4.0", 2), "2.4.0")
        self._change("database", stateful_set("database", "15.4", 3), "15.4")
        self._do("created", self._people.create, deployment("reports", "0.9.0", 1))
        self._do("scaled", self._people.patch, deployment("cart", "3.8.1", 2), {"spec": {"replicas": 4}}, "scale")
        self._do("autoscaled", self._autoscale, "storefront", 3)
        self._kubelets.evict_pod(self._pod("sessions"))
        self._do("evicted", self._evict, self._pod("auth"))
        self._exhaust("worker", 3)
        self._do("configured", self._people.patch, config_map("cart"), {"data": {"rounding": "half-up"}})
        self._do("ran", self._people.create, failing_job("nightly"))
        self._hold("catalog", "2.1.0")
        self._drain(DRAINED)
        self._rolled("checkout", "1.1.0", "checkout")
        time.sleep(_APART)
        self._exhaust("checkout", 2)
        self._until("out of memory", "checkout", 6)
        time.sleep(_APART)
        self._change("checkout", deployment("checkout", "1.0.0", 3), "1.0.0", "back")
        self._rolled("checkout", "1.0.0", "back")
        self._until("out of memory", "worker", 3)
        since = self._did["lost"][0]
        for ready_ in ("ledger", "auth", "sessions", "mailer"):
            self._available(ready_, since)
        self._rolled("catalog", "2.1.0", "resumed")
        self._seen.first("Job", "nightly", since, failed)
        self._seen.first("Deployment", "search", since, stuck)
        self._seen.first("StatefulSet", "database", self._did["database"][1], updated)
        self._seen.first("Pod", "", since, unschedulable)
        time.sleep(_APART)
        return Window(utc(start), utc(time.time()))

    def noted(self) -> Noted:
        """What is known of it."""
        return Noted(self._seen, self._acts, self._did, self._pods)

    def _set_up(self) -> None:
        begin = time.time()
        for name, version, replicas in (
            ("checkout", "1.0.0", 3),
            ("search", "2.3.0", 2),
            ("cart", "3.8.1", 2),
            ("auth", "6.1.0", 2),
            ("sessions", "1.9.4", 2),
            ("ledger", "7.4.0", 2),
            ("worker", "7.0.1", 1),
            ("storefront", "5.12.0", 2),
            ("catalog", "2.0.0", 2),
            ("mailer", "0.9.12", 2),
        ):
            deadline = {"progressDeadlineSeconds": 8} if name == "search" else {}
            self._people.create(deployment(name, version, replicas, **deadline))
        self._people.create(stateful_set("database", "15.3", 3))
        self._hpa = self._people.create(autoscaler("storefront")) | {"kind": "HorizontalPodAutoscaler"}
        self._people.create(config_map("cart"))
        for name in set(SERVICES) - {"database", "nightly", "reports"}:
            self._available(name, begin)
        self._seen.first("StatefulSet", "database", begin, updated)
        time.sleep(_APART)

    def _hold(self, name: str, version: str) -> None:
        """A rollout that is paused when its first pod is made, and goes on a while later."""
        self._change(name, deployment(name, version, 2), version)
        made(self._seen, "ReplicaSet", name, self._did[name][0])
        self._do("paused", self._people.patch, deployment(name, version, 2), {"spec": {"paused": True}})
        time.sleep(_APART)
        self._do("resumed", self._people.patch, deployment(name, version, 2), {"spec": {"paused": None}})

    def _drain(self, name: str) -> None:
        """As `kubectl drain` does: cordon it, then evict what runs there."""
        self._do("cordoned", self._people.patch, node(name) | {"kind": "Node"}, {"spec": {"unschedulable": True}})
        time.sleep(_APART)
        there = [pod for pod in self._seen.now("Pod").values() if pod["spec"].get("nodeName") == name]
        for number, pod in enumerate(there):
            self._do(f"drained {number}", self._evict, pod)
            self._pods[f"drained {number}"] = pod["metadata"]["name"]

    def _exhaust(self, name: str, times: int) -> None:
        for pod in self._seen.now("Pod").values():
            if app(pod) == name and "deletionTimestamp" not in pod["metadata"]:
                self._kubelets.exhaust_pod(pod, times)

    def _autoscale(self, name: str, to: int) -> None:
        """What its controller does; it is played, as nothing measures what would make it act."""
        self._scaler.patch(deployment(name, "5.12.0", 2), {"spec": {"replicas": to}}, "scale")
        why = "cpu resource utilization (percentage of request) above target"
        self._says.write(self._hpa, "SuccessfulRescale", f"New size: {to}; reason: {why}")

    def _available(self, name: str, since: float) -> None:
        def true(item: Json) -> bool:
            ready_ = [item["status"].get(count, 0) for count in ("replicas", "availableReplicas")]
            return ready_ == [item["spec"]["replicas"]] * 2 and "unavailableReplicas" not in item["status"]

        self._seen.first("Deployment", name, since, true)

    def _do(self, what: str, action: Any, *arguments: Any) -> None:
        begin = time.time()
        action(*arguments)
        self._did[what] = (begin, time.time())

    def _change(self, name: str, item: Json, version: str, what: str = "") -> None:
        self._do(what or name, self._people.patch, item, {"spec": {"template": pods(name, version)}})

    def _rolled(self, name: str, version: str, what: str) -> float:
        return self.noted().rolled(name, version, what)

    def _until(self, what: str, name: str, times: int) -> None:
        end = time.monotonic() + 90
        while len(by_kubelets(self._acts, what, name)) < times:
            assert time.monotonic() < end, f"{name} was not {what} {times} times"
            time.sleep(0.2)

    def _pod(self, name: str) -> Json:
        found = next(pod for pod in self._seen.now("Pod").values() if app(pod) == name)
        self._pods[name] = found["metadata"]["name"]
        return found

    def _evict(self, pod: Json) -> None:
        meta = {"name": pod["metadata"]["name"], "namespace": NAMESPACE}
        self._people.evict(meta)
