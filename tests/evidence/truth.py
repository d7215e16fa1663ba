"""What really happened: noted by the script and its kubelets as they acted, or seen as the controllers did."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime

from msgspec import Struct

from collector.event import Kind
from tests.cluster.client import Json
from tests.cluster.pods import Act, app
from tests.evidence.seen import Seen


class Span(Struct, frozen=True):
    """It happened between these (Unix seconds); to one pod, or to the workload if `pod` is empty."""

    begin: float
    end: float
    pod: str = ""


class Truth(Struct, frozen=True):
    """One row that there has to be."""

    what: str
    service: str
    kind: Kind
    spans: Sequence[Span]
    """Of a row about pods one per pod and time, in order; the row is at the first or, of a rollout's pods, the last."""
    version: str = ""
    replaces: str = ""
    after: Sequence[Span] = ()
    """What came of it, and is evidence of it: that the kubelet backed off."""

    @property
    def at(self) -> Span:
        """When the row has to be."""
        return self.spans[-1 if self.kind in (Kind.POD_READY, Kind.POD_TERMINATED) else 0]


def by_kubelets(acts: Iterable[Act], what: str, pods: str) -> list[Span]:
    """What kubelets did to the pods of a workload, as exact as they noted it."""
    return [Span(act.at, act.at, act.pod) for act in acts if act.what == what and act.pod.startswith(f"{pods}-")]


def ready(acts: Iterable[Act], seen: Seen, name: str, version: str, since: float) -> list[Span]:
    """The pods of a version that became ready."""
    names = _pods(seen, name, version)
    return [
        Span(act.at, act.at, act.pod) for act in acts if act.what == "ready" and act.pod in names and act.at >= since
    ]


def removed(acts: Iterable[Act], seen: Seen, name: str, version: str, since: float, until: float) -> list[Span]:
    """The pods of a version that were requested to be deleted, from the request until it was seen.

    A kubelet on a busy machine sees it later than others, and its Event is of the time when it did.
    """
    stops = {act.pod: act.at for act in acts if act.what == "stopping" and act.image.endswith(f":{version}")}
    spans: dict[str, Span] = {}
    for one in seen.of("Pod", since=since):
        meta = one.item["metadata"]
        if app(one.item) == name and _version(one.item) == version and "deletionTimestamp" in meta and one.at <= until:
            asked = stamp(meta["deletionTimestamp"]) - meta.get("deletionGracePeriodSeconds", 0)
            spans.setdefault(meta["uid"], Span(asked, max(one.at, stops.get(meta["name"], one.at)), meta["name"]))
    return sorted(spans.values(), key=lambda span: span.end)


def unready(seen: Seen, name: str, since: float) -> list[Span]:
    """The pods that the node controller marked as not ready, with when that was seen."""
    spans: dict[str, Span] = {}
    for one in seen.of("Pod", since=since):
        state = condition(one.item, "Ready")
        if app(one.item) == name and state.get("status") == "False" and stamp(state["lastTransitionTime"]) > since - 1:
            begun = stamp(one.item["metadata"]["creationTimestamp"])
            if begun < since - 1:
                spans.setdefault(one.name, Span(stamp(state["lastTransitionTime"]), one.at, one.name))
    return sorted(spans.values(), key=lambda span: span.end)


def made(seen: Seen, kind: str, owner: str, since: float) -> float:
    """When the controller had made a ReplicaSet or ControllerRevision for a workload."""
    return seen.first(kind, "", since, lambda item: item["metadata"]["ownerReferences"][0]["name"] == owner)


def rolled(name: str, version: str) -> Callable[[Json], bool]:
    """Whether a Deployment says that the rollout of a version is complete."""

    def true(item: Json) -> bool:
        image = item["spec"]["template"]["spec"]["containers"][0]["image"]
        status = item["status"]
        observed = status.get("observedGeneration") == item["metadata"]["generation"]
        counts = {status.get(f"{count}eplicas", 0) for count in ("r", "updatedR", "availableR")}
        available = condition(item, "Progressing").get("reason") == "NewReplicaSetAvailable"
        return observed and image.endswith(f":{version}") and available and counts == {item["spec"]["replicas"]}

    return true


def updated(item: Json) -> bool:
    """Whether a StatefulSet says that it runs its newest version only."""
    status = item["status"]
    observed = status.get("observedGeneration") == item["metadata"]["generation"]
    alike = status.get("currentRevision") == status.get("updateRevision")
    return observed and alike and status.get("readyReplicas") == item["spec"]["replicas"]


def stuck(item: Json) -> bool:
    """Whether a Deployment says that its rollout takes too long."""
    return bool(condition(item, "Progressing").get("reason") == "ProgressDeadlineExceeded")


def unschedulable(item: Json) -> bool:
    """Whether no node takes a pod."""
    return bool(condition(item, "PodScheduled").get("status") == "False")


def failed(job: Json) -> bool:
    """Whether a Job says that it failed."""
    return bool(condition(job, "Failed").get("status") == "True")


def condition(item: Json, kind: str) -> Json:
    """A condition of an object; empty if it has none of that type."""
    found: Json = next((one for one in item["status"].get("conditions", []) if one["type"] == kind), {})
    return found


def stamp(text: str) -> float:
    """Unix seconds of a time as Kubernetes writes it."""
    return datetime.fromisoformat(text).timestamp()


def utc(seconds: float) -> datetime:
    """The instant of Unix seconds."""
    return datetime.fromtimestamp(seconds, UTC)


def _pods(seen: Seen, name: str, version: str) -> set[str]:
    return {one.name for one in seen.of("Pod") if app(one.item) == name and _version(one.item) == version}


def _version(pod: Json) -> str:
    found: str = pod["metadata"]["labels"].get("app.kubernetes.io/version", "")
    return found
