"""A StatefulSet, its revisions and its pods."""

from tests.sources.kubernetes.cluster import Json, at, event, meta, owned, stamp

BORN = -7200.0

READY = 20.0
"""Seconds from when a pod is made to when it is ready; its predecessor takes 5 more to go."""


def database(
    first: str,
    *rollouts: tuple[str, float],
    replicas: int = 3,
    bumps: bool = False,
    ready: float = READY,
    go: float = 5,
) -> dict[str, list[Json]]:
    """StatefulSet `db` that was born long ago with version `first` and then given these, each at so many seconds.

    `bumps`: the API server notes the time of each write to a revision, as not all releases do. A pod is ready so many
    seconds after its predecessor was removed and took as many to `go`.
    """
    revisions: dict[str, Json] = {}
    made = {number: BORN + READY * number for number in range(replicas)}
    events: list[Json] = []
    for number, (version, start) in enumerate([(first, BORN), *rollouts], 1):
        own = revisions.setdefault(version, revision(version, start))
        own["revision"] = number
        if bumps:
            own["metadata"]["managedFields"] = [{"manager": "kube-controller-manager", "time": stamp(at(start))}]
        for ordinal in range(replicas - 1, -1, -1) if number > 1 else ():
            gone = start + (replicas - 1 - ordinal) * (ready + go)
            said = f"delete Pod db-{ordinal} in StatefulSet db successful"
            events.append(event("SuccessfulDelete", said, ("StatefulSet", "db"), at(gone)))
            made[ordinal] = gone + go
    current = revisions[rollouts[-1][0] if rollouts else first]["metadata"]["name"]
    spec = {"replicas": replicas, "updateStrategy": {"type": "RollingUpdate"}}
    status = {"updatedReplicas": replicas, "readyReplicas": replicas}
    status |= {"currentRevision": current, "updateRevision": current}
    labels = {"app.kubernetes.io/name": "database"}
    return {
        "statefulsets": [
            {"metadata": meta("StatefulSet", "db", at(BORN), labels=labels), "spec": spec, "status": status}
        ],
        "controllerrevisions": list(revisions.values()),
        "pods": [pod(ordinal, current, when, ready) for ordinal, when in made.items()],
        "events": events,
    }


def revision(version: str, created: float) -> Json:
    name = f"db-{version.replace('.', '')}"
    container = {"name": "db", "image": f"registry.example.com/db:{version}"}
    return {
        "metadata": meta("ControllerRevision", name, at(created), ownerReferences=owned("StatefulSet", "db")),
        "data": {"spec": {"template": {"spec": {"containers": [container]}}}},
    }


def pod(ordinal: int, revision_name: str, made: float, ready_after: float = READY) -> Json:
    labels = {"controller-revision-hash": revision_name}
    ready = {"type": "Ready", "status": "True", "lastTransitionTime": stamp(at(made + ready_after))}
    about = meta("Pod", f"db-{ordinal}", at(made), labels=labels, ownerReferences=owned("StatefulSet", "db"))
    return {"metadata": about, "status": {"conditions": [ready]}}
