"""The rows that there have to be, from what was noted while the play went on."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence

from msgspec import Struct

from collector.event import Kind
from tests.cluster.client import Json
from tests.cluster.pods import Act, app
from tests.evidence.seen import Seen
from tests.evidence.truth import (
    Span,
    Truth,
    by_kubelets,
    condition,
    failed,
    made,
    ready,
    removed,
    rolled,
    stamp,
    stuck,
    unready,
    unschedulable,
    updated,
)
from tests.evidence.workloads import LOST


class Noted(Struct, frozen=True):
    """Who noted what."""

    seen: Seen
    acts: Sequence[Act]
    """Of the kubelets."""
    did: Mapping[str, tuple[float, float]]
    """What people did, from just before to just after (Unix seconds)."""
    pods: Mapping[str, str]
    """The pod of a service that was singled out."""

    def rolled(self, name: str, version: str, what: str) -> float:
        """When the Deployment was seen to have finished the rollout that began with what somebody did."""
        return self.seen.first("Deployment", name, self.did[what][1], rolled(name, version))


def truth(noted: Noted) -> list[Truth]:
    """All of them."""
    return [*_checkout(noted), *_search(noted), *_database(noted), *_catalog(noted), *_drained(noted), *_others(noted)]


def _checkout(noted: Noted) -> Iterator[Truth]:
    seen, acts, (begin, _), (back, _) = noted.seen, noted.acts, noted.did["checkout"], noted.did["back"]
    versions = ("1.1.0", "1.0.0")
    started = Span(begin, made(seen, "ReplicaSet", "checkout", begin))
    yield Truth("rollout started", "checkout", Kind.ROLLOUT_STARTED, [started], *versions)
    new = ready(acts, seen, "checkout", "1.1.0", begin)
    yield Truth("new pods ready", "checkout", Kind.POD_READY, new, *versions)
    old = removed(acts, seen, "checkout", "1.0.0", begin, back)
    yield Truth("old pods terminated", "checkout", Kind.POD_TERMINATED, old, *versions)
    done = Span(new[-1].begin, noted.rolled("checkout", "1.1.0", "checkout"))
    yield Truth("rollout completed", "checkout", Kind.ROLLOUT_COMPLETED, [done], *versions)
    dead = by_kubelets(acts, "out of memory", "checkout")
    again = by_kubelets(acts, "ready again", "checkout")
    yield Truth("not ready", "checkout", Kind.POD_UNREADY, dead, after=again)
    backed = by_kubelets(acts, "backing off", "checkout")
    yield Truth("killed for lack of memory", "checkout", Kind.POD_OOM_KILLED, dead, after=backed)
    began = Span(back, seen.first("ReplicaSet", _set_of(seen, "checkout", "1.0.0"), back, _wanted))
    yield Truth("rollback started", "checkout", Kind.ROLLBACK_STARTED, [began], "1.0.0", "1.1.0")
    last = ready(acts, seen, "checkout", "1.0.0", back)[-1]
    end = Span(last.begin, noted.rolled("checkout", "1.0.0", "back"))
    yield Truth("rollback completed", "checkout", Kind.ROLLBACK_COMPLETED, [end], "1.0.0", "1.1.0")


def _search(noted: Noted) -> Iterator[Truth]:
    seen, (begin, _) = noted.seen, noted.did["search"]
    started = Span(begin, made(seen, "ReplicaSet", "search", begin))
    yield Truth("rollout started", "search", Kind.ROLLOUT_STARTED, [started], "2.4.0", "2.3.0")
    failed = by_kubelets(noted.acts, "image failed", "search")
    yield Truth("image cannot be pulled", "search", Kind.POD_IMAGE_FAILED, failed)
    at = seen.first("Deployment", "search", begin, stuck)
    since = next(one for one in seen.of("Deployment", "search", begin) if stuck(one.item)).item
    late = Span(stamp(condition(since, "Progressing")["lastTransitionTime"]), at)
    yield Truth("rollout stuck", "search", Kind.ROLLOUT_STUCK, [late], "2.4.0", "2.3.0")


def _database(noted: Noted) -> Iterator[Truth]:
    seen, (begin, end) = noted.seen, noted.did["database"]
    versions = ("15.4", "15.3")
    started = Span(begin, made(seen, "ControllerRevision", "database", begin))
    yield Truth("rollout started", "database", Kind.ROLLOUT_STARTED, [started], *versions)
    new = ready(noted.acts, seen, "database", "15.4", begin)
    yield Truth("new pods ready", "database", Kind.POD_READY, new, *versions)
    old = removed(noted.acts, seen, "database", "15.3", begin, time.time())
    yield Truth("old pods terminated", "database", Kind.POD_TERMINATED, old, *versions)
    done = Span(new[-1].begin, seen.first("StatefulSet", "database", end, updated))
    yield Truth("rollout completed", "database", Kind.ROLLOUT_COMPLETED, [done], *versions)


def _catalog(noted: Noted) -> Iterator[Truth]:
    seen, acts, did = noted.seen, noted.acts, noted.did
    begin, versions = did["catalog"][0], ("2.1.0", "2.0.0")
    started = Span(begin, made(seen, "ReplicaSet", "catalog", begin))
    yield Truth("rollout started", "catalog", Kind.ROLLOUT_STARTED, [started], *versions)
    for what, kind, paused in (("paused", Kind.ROLLOUT_PAUSED, True), ("resumed", Kind.ROLLOUT_RESUMED, False)):
        known = seen.first("Deployment", "catalog", did[what][0], _held(paused=paused))
        yield Truth(f"rollout {what}", "catalog", kind, [Span(did[what][0], known)], *versions)
    new = ready(acts, seen, "catalog", "2.1.0", begin)
    yield Truth("new pods ready", "catalog", Kind.POD_READY, new, *versions)
    old = removed(acts, seen, "catalog", "2.0.0", begin, time.time())
    yield Truth("old pods terminated", "catalog", Kind.POD_TERMINATED, old, *versions)
    done = Span(new[-1].begin, noted.rolled("catalog", "2.1.0", "resumed"))
    yield Truth("rollout completed", "catalog", Kind.ROLLOUT_COMPLETED, [done], *versions)


def _drained(noted: Noted) -> Iterator[Truth]:
    gone = [Span(*span, noted.pods[what]) for what, span in noted.did.items() if what.startswith("drained")]
    yield Truth("evicted by a drain", "mailer", Kind.POD_EVICTED, gone)
    stops = [act.at for act in noted.acts if act.what == "stopping" and act.pod in {span.pod for span in gone}]
    yield Truth("node drained", "", Kind.NODE_DRAINED, [Span(gone[-1].begin, max([gone[-1].end, *stops]))])


def _others(noted: Noted) -> Iterator[Truth]:
    seen, acts, did = noted.seen, noted.acts, noted.did
    for name, what, size in (("cart", "scaled", 4), ("storefront", "autoscaled", 3)):
        begin, _ = did[what]
        done = seen.first("ReplicaSet", "", begin, _sized(name, size))
        yield Truth(f"{what} from 2 to {size}", name, Kind.SCALED, [Span(begin, done)])
    yield Truth("evicted by somebody", "auth", Kind.POD_EVICTED, [Span(*did["evicted"], noted.pods["auth"])])
    evicted = by_kubelets(acts, "evicted", "sessions")
    yield Truth("evicted by the kubelet", "sessions", Kind.POD_EVICTED, evicted)
    yield Truth("settings changed", "cart", Kind.CONFIG_CHANGED, [Span(*did["configured"])])
    ended = seen.first("Job", "nightly", did["ran"][0], failed)
    (tried,) = by_kubelets(acts, "failed", "nightly")
    yield Truth("job failed", "nightly", Kind.JOB_FAILED, [Span(tried.begin, ended)])
    lost, _ = did["lost"]
    gone = removed(acts, seen, "ledger", "7.4.0", lost, time.time())
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
    nowhere = seen.first("Pod", "", begin, unschedulable)
    pod = next(one for one in seen.of("Pod", since=begin) if unschedulable(one.item)).name
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


def _held(*, paused: bool) -> Callable[[Json], bool]:
    def true(item: Json) -> bool:
        reason = condition(item, "Progressing").get("reason")
        return bool(item["spec"].get("paused", False)) == paused and (reason == "DeploymentPaused") == paused

    return true


def _wanted(item: Json) -> bool:
    wanted: int = item["spec"]["replicas"]
    return wanted > 0
