"""The play, in real time: what people do, and what comes of it."""

import contextlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from collector.event import Kind
from collector.window import Window
from tests.evidence.kubelets import Act, Kubelets
from tests.evidence.sampler import Sampler
from tests.evidence.seen import Seen
from tests.evidence.truth import (
    Span,
    Truth,
    by_kubelets,
    condition,
    made,
    ready,
    removed,
    rolled,
    stamp,
    unready,
    updated,
    utc,
)
from tests.evidence.workloads import LOST, NAMESPACE, autoscaler, deployment, pods, stateful_set
from tests.incident.cluster import Cluster, Json
from tests.incident.life import app
from tests.incident.recorder import Recorder
from tests.servers.kubernetes import Kubernetes, kubernetes
from tests.sources.kubernetes_audit.log import POLICY
from tests.sources.prometheus.samples import Sampled
from tests.sources.recorder.recording import recording, rows, store_of, until

CLUSTER = "prod"
SERVICES = ("auth", "cart", "checkout", "database", "ledger", "reports", "search", "sessions", "storefront", "worker")
_SCALER = "kube-controller-manager/v1.20.2 (linux/amd64) kubernetes/faecb19/horizontal-pod-autoscaler"
_APART = 2.5
"""Stamps are whole seconds, so that what is to be told apart lies further apart."""


@dataclass(frozen=True, slots=True)
class Played:
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
        seen, people = Seen(), Cluster(server, "kubectl")
        people.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}})
        kubelets = Kubelets(server)
        watching = Cluster(server, "watcher")
        seen.watch(watching)
        watching.watch("Pod", kubelets.seen)
        patience = ("--use-service-account-credentials", "--node-monitor-grace-period=10s", "--node-monitor-period=1s")
        sampler = Sampler(server)
        with server.controller_manager(*patience), server.scheduler(), sampler, _recorded(server, folder) as store:
            play = _Play(people, Cluster(server, "kube-controller-manager", _SCALER), seen, kubelets)
            window = play.play()
        kubelets.stop()
        yield Played(server, window, play.truth(), sampler.series(), list(seen.events), store)


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

    def __init__(self, people: Cluster, scaler: Cluster, seen: Seen, kubelets: Kubelets) -> None:
        self._people, self._seen, self._kubelets = people, seen, kubelets
        self._scaler, self._says = scaler, Recorder(scaler, kubelets.clock, "horizontal-pod-autoscaler")
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
        self._kubelets.evict(self._pod("sessions"))
        self._do("evicted", self._evict, self._pod("auth"))
        self._exhaust("worker", 3)
        self._rolled("checkout", "1.1.0", "checkout")
        time.sleep(_APART)
        self._exhaust("checkout", 2)
        self._until("out of memory", "checkout", 6)
        time.sleep(_APART)
        self._change("checkout", deployment("checkout", "1.0.0", 3), "1.0.0", "back")
        self._rolled("checkout", "1.0.0", "back")
        self._until("out of memory", "worker", 3)
        since = self._did["lost"][0]
        for ready_ in ("ledger", "auth", "sessions"):
            self._available(ready_, since)
        self._seen.first("Deployment", "search", since, _stuck)
        self._seen.first("StatefulSet", "database", self._did["database"][1], updated)
        self._seen.first("Pod", "", since, _unschedulable)
        time.sleep(_APART)
        return Window(utc(start), utc(time.time()))

    def truth(self) -> list[Truth]:
        """The rows that there have to be."""
        return [*self._checkout(), *self._search(), *self._database(), *self._others()]

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
        ):
            deadline = {"progressDeadlineSeconds": 8} if name == "search" else {}
            self._people.create(deployment(name, version, replicas, **deadline))
        self._people.create(stateful_set("database", "15.3", 3))
        self._hpa = self._people.create(autoscaler("storefront")) | {"kind": "HorizontalPodAutoscaler"}
        for name in ("checkout", "search", "cart", "auth", "sessions", "ledger", "worker", "storefront"):
            self._available(name, begin)
        self._seen.first("StatefulSet", "database", begin, updated)
        time.sleep(_APART)

    def _exhaust(self, name: str, times: int) -> None:
        for pod in self._seen.now("Pod").values():
            if app(pod) == name and "deletionTimestamp" not in pod["metadata"]:
                self._kubelets.exhaust(pod, times)

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
        return self._seen.first("Deployment", name, self._did[what][1], rolled(name, version))

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

    def _checkout(self) -> Iterator[Truth]:
        seen, acts, (begin, _), (back, _) = self._seen, self._acts, self._did["checkout"], self._did["back"]
        versions = ("1.1.0", "1.0.0")
        started = Span(begin, made(seen, "ReplicaSet", "checkout", begin))
        yield Truth("rollout started", "checkout", Kind.ROLLOUT_STARTED, [started], *versions)
        new = ready(acts, seen, "checkout", "1.1.0", begin)
        yield Truth("new pods ready", "checkout", Kind.POD_READY, new, *versions)
        old = removed(seen, "checkout", "1.0.0", begin, back)
        yield Truth("old pods terminated", "checkout", Kind.POD_TERMINATED, old, *versions)
        done = Span(new[-1].begin, self._rolled("checkout", "1.1.0", "checkout"))
        yield Truth("rollout completed", "checkout", Kind.ROLLOUT_COMPLETED, [done], *versions)
        dead = by_kubelets(acts, "out of memory", "checkout")
        again = by_kubelets(acts, "ready again", "checkout")
        yield Truth("not ready", "checkout", Kind.POD_UNREADY, dead, after=again)
        backed = by_kubelets(acts, "backing off", "checkout")
        yield Truth("killed for lack of memory", "checkout", Kind.POD_OOM_KILLED, dead, after=backed)
        began = Span(back, seen.first("ReplicaSet", _set_of(seen, "checkout", "1.0.0"), back, _wanted))
        yield Truth("rollback started", "checkout", Kind.ROLLBACK_STARTED, [began], "1.0.0", "1.1.0")
        last = ready(acts, seen, "checkout", "1.0.0", back)[-1]
        end = Span(last.begin, self._rolled("checkout", "1.0.0", "back"))
        yield Truth("rollback completed", "checkout", Kind.ROLLBACK_COMPLETED, [end], "1.0.0", "1.1.0")

    def _search(self) -> Iterator[Truth]:
        seen, (begin, _) = self._seen, self._did["search"]
        started = Span(begin, made(seen, "ReplicaSet", "search", begin))
        yield Truth("rollout started", "search", Kind.ROLLOUT_STARTED, [started], "2.4.0", "2.3.0")
        failed = by_kubelets(self._acts, "image failed", "search")
        yield Truth("image cannot be pulled", "search", Kind.POD_IMAGE_FAILED, failed)
        at = seen.first("Deployment", "search", begin, _stuck)
        since = next(one for one in seen.of("Deployment", "search", begin) if _stuck(one.item)).item
        stuck = Span(stamp(condition(since, "Progressing")["lastTransitionTime"]), at)
        yield Truth("rollout stuck", "search", Kind.ROLLOUT_STUCK, [stuck], "2.4.0", "2.3.0")

    def _database(self) -> Iterator[Truth]:
        seen, (begin, end) = self._seen, self._did["database"]
        versions = ("15.4", "15.3")
        started = Span(begin, made(seen, "ControllerRevision", "database", begin))
        yield Truth("rollout started", "database", Kind.ROLLOUT_STARTED, [started], *versions)
        new = ready(self._acts, seen, "database", "15.4", begin)
        yield Truth("new pods ready", "database", Kind.POD_READY, new, *versions)
        old = removed(seen, "database", "15.3", begin, time.time())
        yield Truth("old pods terminated", "database", Kind.POD_TERMINATED, old, *versions)
        done = Span(new[-1].begin, seen.first("StatefulSet", "database", end, updated))
        yield Truth("rollout completed", "database", Kind.ROLLOUT_COMPLETED, [done], *versions)

    def _others(self) -> Iterator[Truth]:
        seen, acts, did = self._seen, self._acts, self._did
        for name, what, size in (("cart", "scaled", 4), ("storefront", "autoscaled", 3)):
            begin, _ = did[what]
            done = seen.first("ReplicaSet", "", begin, _sized(name, size))
            yield Truth(f"{what} from 2 to {size}", name, Kind.SCALED, [Span(begin, done)])
        yield Truth("evicted by somebody", "auth", Kind.POD_EVICTED, [Span(*did["evicted"], self._pods["auth"])])
        evicted = by_kubelets(acts, "evicted", "sessions")
        yield Truth("evicted by the kubelet", "sessions", Kind.POD_EVICTED, evicted)
        lost, _ = did["lost"]
        gone = removed(seen, "ledger", "7.4.0", lost, time.time())
        yield Truth("evicted from a lost node", "ledger", Kind.POD_EVICTED, gone)
        yield Truth("not ready", "ledger", Kind.POD_UNREADY, unready(seen, "ledger", lost))
        unknown = seen.first("Node", LOST, lost, lambda item: condition(item, "Ready")["status"] != "True")
        yield Truth("node lost", "", Kind.NODE_NOT_READY, [Span(lost, unknown)])
        dead, backed = (by_kubelets(acts, what, "worker") for what in ("out of memory", "backing off"))
        again = by_kubelets(acts, "ready again", "worker")
        yield Truth("not ready", "worker", Kind.POD_UNREADY, dead, after=again)
        yield Truth("killed for lack of memory", "worker", Kind.POD_OOM_KILLED, dead, after=backed)
        begin, _ = did["created"]
        started = Span(begin, made(seen, "ReplicaSet", "reports", begin))
        yield Truth("rollout started", "reports", Kind.ROLLOUT_STARTED, [started], "0.9.0")
        nowhere = seen.first("Pod", "", begin, _unschedulable)
        pod = next(one for one in seen.of("Pod", since=begin) if _unschedulable(one.item)).name
        first, later = Span(started.begin, nowhere, pod), Span(nowhere, time.time(), pod)
        yield Truth("cannot be scheduled", "reports", Kind.POD_UNSCHEDULABLE, [first], after=[later])


def _set_of(seen: Seen, name: str, version: str) -> str:
    return next(
        one.name
        for one in seen.of("ReplicaSet")
        if app(one.item) == name and one.item["metadata"]["labels"].get("app.kubernetes.io/version") == version
    )


def _sized(name: str, size: int) -> Callable[[Json], bool]:
    return lambda item: app(item) == name and item["spec"]["replicas"] == size


def _wanted(item: Json) -> bool:
    wanted: int = item["spec"]["replicas"]
    return wanted > 0


def _stuck(item: Json) -> bool:
    return bool(condition(item, "Progressing").get("reason") == "ProgressDeadlineExceeded")


def _unschedulable(item: Json) -> bool:
    return bool(condition(item, "PodScheduled").get("status") == "False")
