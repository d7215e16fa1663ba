"""Audit logs to test with: single entries, and the recorded incident in the form in which an API server logs it."""

import gzip
import json
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from collector.event import Event
from collector.secrets import Scrubber
from collector.source import Deadline, Document, Gap
from collector.window import Window
from sources.kubernetes_audit import KubernetesAuditSettings, KubernetesAuditSource
from tests.servers.process import ROOT

Json = dict[str, Any]
WINDOW = Window(datetime(2026, 4, 1, 14, 0, tzinfo=UTC), datetime(2026, 4, 1, 14, 30, tzinfo=UTC))
_CONTENT = [
    {"group": "apps"},
    {"group": "batch", "resources": ["jobs", "jobs/status"]},
    {"group": "", "resources": ["pods", "pods/status", "pods/binding", "pods/eviction", "nodes", "nodes/status"]},
]
POLICY: Json = {
    "apiVersion": "audit.k8s.io/v1",
    "kind": "Policy",
    "rules": [
        {"level": "None", "resources": [{"group": "", "resources": ["events"]}, {"group": "coordination.k8s.io"}]},
        {"level": "RequestResponse", "resources": _CONTENT},
        {"level": "Metadata"},
    ],
}
"""What an API server is to log so that everything can be told from it."""
CI = "system:serviceaccount:ci:deployer"
_INCIDENT = ROOT / "fixtures" / "checkout-incident"
_SCALED = re.compile(r"Scaled (up|down) replica set (\S+) to (\d+)")
_PREFIX = "deployment.kubernetes.io/"


def controller(name: str) -> str:
    return f"system:serviceaccount:kube-system:{name}-controller"


def at(clock: str) -> datetime:
    return datetime.fromisoformat(f"2026-04-01T{clock}+00:00").astimezone(UTC)


def entry(when: datetime, user: str, verb: str, what: str, name: str, **more: Any) -> Json:
    """One entry; `what` is a resource or, with a slash, a subresource. It takes 4 milliseconds."""
    resource, _, sub = what.partition("/")
    reference = {"resource": resource, "namespace": more.pop("namespace", "shop"), "name": name}
    group = {"deployments": "apps", "replicasets": "apps", "jobs": "batch"}.get(resource, "")
    said = {
        "kind": "Event",
        "apiVersion": "audit.k8s.io/v1",
        "level": "RequestResponse",
        "auditID": f"{when:%H%M%S%f}-{verb}-{what}-{name}",
        "stage": "ResponseComplete",
        "requestURI": f"/api/v1/{what}",
        "verb": verb,
        "user": {"username": user, "groups": ["system:authenticated"]},
        "sourceIPs": ["10.0.0.9"],
        "userAgent": "kubectl/v1.29.2 (linux/amd64) kubernetes/4b8e819",
        "objectRef": {**reference, **({"subresource": sub} if sub else {}), **({"apiGroup": group} if group else {})},
        "responseStatus": {"code": 200},
        **more,
    }
    return said | {"requestReceivedTimestamp": _micro(when), "stageTimestamp": _micro(when + timedelta(milliseconds=4))}


def lines(entries: Iterable[Json]) -> str:
    return "".join(json.dumps(each, separators=(",", ":")) + "\n" for each in entries)


def fetched(
    path: Path | str, window: Window = WINDOW, **settings: Any
) -> tuple[KubernetesAuditSource, list[Document | Gap]]:
    source = KubernetesAuditSource("audit", KubernetesAuditSettings(path=str(path), **settings), Scrubber())
    return source, list(source.fetch(window, Deadline(60)))


def told(path: Path | str, window: Window = WINDOW, **settings: Any) -> tuple[list[Event], list[Gap]]:
    """What the log at `path` tells, and all Gaps."""
    source, given = fetched(path, window, **settings)
    documents = [each for each in given if isinstance(each, Document)]
    given += source.read(documents, window)  # type: ignore[arg-type]  # Events and Gaps are told apart below
    return [each for each in given if isinstance(each, Event)], [each for each in given if isinstance(each, Gap)]


def incident() -> list[Json]:
    """What an API server would have logged of the recorded incident, in order: the changes by a pipeline, and what
    the controllers and kubelets did. Made of the recorded objects and Events, whose seconds it keeps.
    """
    objects: list[Json] = json.loads(gzip.decompress((_INCIDENT / "kubernetes.json.gz").read_bytes()))
    sets = {(o["metadata"]["namespace"], o["metadata"]["name"]): o for o in objects if o["kind"] == "ReplicaSet"}
    events = [o for o in objects if o["kind"] == "Event" and o["firstTimestamp"]]
    found = [entry(at("13:00:00"), CI, "create", "configmaps", "settings"), *_ready()]
    for event in sorted(events, key=lambda event: (event["firstTimestamp"], event["metadata"]["name"])):
        when = datetime.fromisoformat(event["firstTimestamp"])
        about = (event["involvedObject"].get("namespace", ""), event["involvedObject"]["name"])
        scaled, deleted = _SCALED.fullmatch(event["message"]), re.fullmatch(r"Deleted pod: (\S+)", event["message"])
        if scaled and (about[0], scaled[2]) in sets:
            found += _scaled(when, about, scaled[1] == "up", sets[about[0], scaled[2]], int(scaled[3]))
        elif deleted:
            later = when + timedelta(milliseconds=300)
            found.append(entry(later, controller("replicaset"), "delete", "pods", deleted[1], namespace=about[0]))
    found.append(entry(at("14:45:00"), CI, "create", "configmaps", "settings"))
    return sorted(found, key=lambda each: (each["stageTimestamp"], each["auditID"]))


def _scaled(when: datetime, about: tuple[str, str], up: bool, own: Json, to: int) -> Iterator[Json]:
    """One step of the Deployment controller; the first of a rollout with the change that caused it."""
    namespace, name = about
    user = controller("deployment")
    made = datetime.fromisoformat(own["metadata"]["creationTimestamp"])
    returns = own["metadata"]["annotations"].get(_PREFIX + "revision-history")
    new = made == when
    back = bool(returns) and up and to <= 3 and when > made + timedelta(hours=1)
    own = json.loads(json.dumps(own))
    notes = own["metadata"]["annotations"]
    if returns and when < at("14:20:00"):
        notes[_PREFIX + "revision"] = notes.pop(_PREFIX + "revision-history")
    named = {"namespace": namespace}
    if new or back:
        template = {"spec": {"containers": own["spec"]["template"]["spec"]["containers"]}}
        patch = {"spec": {"template": template}}
        earlier = when - timedelta(milliseconds=40)
        yield entry(earlier, CI, "patch", "deployments", name, requestObject=patch, **named)
        verb = "create" if new else "update"
        own["spec"]["replicas"] = to if new else 0
        made = when + timedelta(milliseconds=5)
        yield entry(made, user, verb, "replicasets", own["metadata"]["name"], requestObject=own, **named)
    own = json.loads(json.dumps(own))
    own["spec"]["replicas"] = to
    step = when + timedelta(milliseconds=200)
    yield entry(step, user, "update", "replicasets", own["metadata"]["name"], requestObject=own, **named)
    if name == "checkout" and not up and to == 0:
        new_set = {"checkout-6d94bb54cf": "checkout-5b4d8c5f84"}.get(own["metadata"]["name"], "checkout-6d94bb54cf")
        progress = {
            "type": "Progressing",
            "status": "True",
            "reason": "NewReplicaSetAvailable",
            "lastUpdateTime": f"{when:%Y-%m-%dT%H:%M:%SZ}",
            "message": f'ReplicaSet "{new_set}" has successfully progressed.',
        }
        for seconds in (0.4, 9):  # it stays in every later status
            done = when + timedelta(seconds=seconds)
            status = {"status": {"conditions": [progress]}}
            yield entry(done, user, "update", "deployments/status", name, requestObject=status, **named)


def _ready() -> Iterator[Json]:
    for pod in json.loads((_INCIDENT / "pods.json").read_text()):
        if pod["ready"] and pod["ready"] > "2026-04-01T13:00":
            since = datetime.fromisoformat(pod["ready"])
            state = {"type": "Ready", "status": "True", "lastTransitionTime": f"{since:%Y-%m-%dT%H:%M:%SZ}"}
            body = {"metadata": {"uid": pod["pod"]}, "status": {"conditions": [state]}}
            named = {"namespace": pod["namespace"], "requestObject": body}
            yield entry(since + timedelta(seconds=0.1), "system:node:n1", "patch", "pods/status", pod["pod"], **named)


def _micro(when: datetime) -> str:
    return f"{when:%Y-%m-%dT%H:%M:%S.%fZ}"
