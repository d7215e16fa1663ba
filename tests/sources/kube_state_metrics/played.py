"""StatefulSets and DaemonSets as their controllers play them, and the series that kube-state-metrics has of them."""

from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct

from tests.sources.kube_state_metrics.derived import TARGET, Series
from tests.sources.prometheus.samples import FIRST, LAST, Sampled, at, steps

READY, GONE = 20.0, 5.0
"""Seconds from when a pod is made to when it is ready; from when it is asked to stop to when it is gone."""
BORN = at("12:00:00")


class Played(Struct, frozen=True):
    """One pod; times are Unix seconds."""

    name: str
    uid: str
    version: str
    made: float
    asked: float = LAST + 1000
    """To stop."""

    def there(self, time: float) -> bool:
        return self.made <= time < self.asked + GONE

    def ready(self, time: float) -> bool:
        return self.made + READY <= time < self.asked + GONE


def play(first: str, *rollouts: tuple[str, float], kind: str = "StatefulSet", replicas: int = 3) -> list[Played]:
    """`db` (or `agent`) with these versions since these times, one pod after the other, the highest number first."""
    name = "db" if kind == "StatefulSet" else "agent"

    def born(ordinal: int, number: int, version: str, made: float) -> Played:
        pod = f"{name}-{ordinal}" if kind == "StatefulSet" else f"{name}-x{number}y{ordinal}z"
        return Played(pod, f"uid-{number}-{ordinal}", version, made)

    here = {ordinal: born(ordinal, 0, first, BORN + ordinal * READY) for ordinal in range(replicas)}
    gone = []
    for number, (version, start) in enumerate(rollouts, 1):
        asked = start + 0.3
        for ordinal in reversed(range(replicas)):
            old = here[ordinal]
            gone.append(Played(old.name, old.uid, old.version, old.made, asked))
            here[ordinal] = born(ordinal, number, version, asked + GONE)
            asked += GONE + READY
    return [*gone, *here.values()]


def series(
    pods: Sequence[Played],
    first: str,
    *rollouts: tuple[str, float],
    kind: str = "StatefulSet",
    hashed: bool = False,
    phase: float = 5.0,
    replicas: int = 3,
    lag: float = 0.0,
    generation: bool = True,
) -> Series:
    """What is scraped each 15 s; `hashed`: with the label of the pods' revision.

    The controller of a StatefulSet writes its status `lag` seconds late. `generation`: with its generations.
    """
    times = steps(FIRST + phase, LAST)
    found = [
        Sampled(name, {**TARGET, "namespace": "shop", **labels}, samples)
        for name, labels, samples in [
            *(each for pod in pods for each in _pod(pod, kind, times, hashed=hashed)),
            *_set(pods, [(first, BORN), *rollouts], kind, times, replicas, lag, generation=generation),
        ]
    ]
    return [one for one in found if one.samples]


def revision(kind: str, version: str) -> str:
    return f"{'db' if kind == 'StatefulSet' else 'agent'}-{version.replace('.', '')}"


_Given = tuple[str, dict[str, str], list[tuple[float, float]]]


def _pod(pod: Played, kind: str, times: Sequence[float], *, hashed: bool) -> Iterator[_Given]:
    there = [time for time in times if pod.there(time)]
    labels = {"pod": pod.name, "uid": pod.uid}
    name = "db" if kind == "StatefulSet" else "agent"

    def told(value: Callable[[float], float | None] | float) -> list[tuple[float, float]]:
        every = [(time, value(time) if callable(value) else value) for time in there]
        return [(time, said) for time, said in every if said is not None]

    yield "kube_pod_created", labels, told(int(pod.made))
    yield "kube_pod_owner", labels | {"owner_kind": kind, "owner_name": name}, told(1)
    image = f"registry.example.com/db:{pod.version}"
    yield "kube_pod_container_info", labels | {"container": "main", "image": image, "image_id": ""}, told(1)
    yield "kube_pod_status_ready", labels | {"condition": "true"}, told(lambda time: float(pod.ready(time)))
    stamp = float(int(pod.made + READY))
    yield "kube_pod_status_ready_time", labels, told(lambda time: stamp if pod.ready(time) else None)
    yield "kube_pod_deletion_timestamp", labels, told(lambda time: int(pod.asked) + 30 if time > pod.asked else None)
    if hashed:
        own = revision(kind, pod.version)
        said = own if kind == "StatefulSet" else own.partition("-")[2]
        yield "kube_pod_labels", labels | {"label_controller_revision_hash": said}, told(1)


def _set(
    pods: Sequence[Played],
    versions: Sequence[tuple[str, float]],
    kind: str,
    times: Sequence[float],
    replicas: int,
    lag: float,
    *,
    generation: bool,
) -> Iterator[_Given]:
    def wanted(time: float) -> int:
        return max(number for number, (_, since) in enumerate(versions) if since <= time)

    def of(time: float, version: str) -> list[Played]:
        return [pod for pod in pods if pod.there(time) and pod.version == version and time < pod.asked]

    def updated(time: float) -> float:
        return len(of(time, versions[wanted(time)][0]))

    def ready(time: float) -> float:
        return sum(pod.ready(time) for pod in pods)

    def current(time: float) -> str:
        """The last that all pods have had."""
        version = versions[0][0]
        for number, (name, since) in enumerate(versions[1:], 1):
            until = versions[number + 1][1] if number + 1 < len(versions) else LAST + 1
            done = since + replicas * (GONE + READY) + 0.3
            version = name if done <= min(time, until) else version
        return version

    if kind == "StatefulSet":
        labels = {"statefulset": "db"}
        prefix = "kube_statefulset_"
        for version in dict.fromkeys(name for name, _ in versions):
            named = labels | {"revision": revision(kind, version)}
            now = [(time, 1.0) for time in times if versions[wanted(time - lag)][0] == version]
            yield f"{prefix}status_update_revision", named, now
            had = [(time, 1.0) for time in times if current(time - lag) == version]
            yield f"{prefix}status_current_revision", named, had
        counts = {
            "replicas": lambda _: replicas,
            "status_replicas_updated": lambda time: updated(time - lag),
            "status_replicas_ready": lambda time: ready(time - lag),
        }
        if generation:
            counts["metadata_generation"] = lambda time: wanted(time) + 1
            counts["status_observed_generation"] = lambda time: wanted(time - lag) + 1
    else:
        labels, prefix = {"daemonset": "agent"}, "kube_daemonset_"
        counts = {
            "metadata_generation": lambda time: wanted(time) + 1,
            "status_observed_generation": lambda time: wanted(time) + 1,
            "status_desired_number_scheduled": lambda _: replicas,
            "status_updated_number_scheduled": updated,
            "status_number_ready": ready,
        }
    named = labels | {"label_app_kubernetes_io_name": "database"}
    yield f"{prefix}labels", named, [(time, 1.0) for time in times]
    yield f"{prefix}created", labels, [(time, BORN) for time in times]
    for name, count in counts.items():
        yield f"{prefix}{name}", labels, [(time, float(count(time))) for time in times]
