"""Event objects of the API in the forms in which they are shipped, as the shippers' code writes them."""

import copy
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from tests.servers.loki import answer

Line = tuple[int, dict[str, str], str]
JOB = "loki.source.kubernetes_events"
SELECTOR = '{job=~"loki.source.kubernetes_events|integrations/kubernetes/eventhandler"}'
EXPORTER_QUERY = '{app="event-exporter"}'


def nanoseconds(stamp: str) -> int:
    """Unix time of an RFC 3339 stamp."""
    since = datetime.fromisoformat(stamp) - datetime.fromtimestamp(0, UTC)
    return ((since.days * 86400 + since.seconds) * 1_000_000 + since.microseconds) * 1000


def alloy(event: dict[str, Any], format_: str = "logfmt") -> Line:
    """grafana/alloy, internal/component/loki/source/kubernetes_events/event_controller.go."""
    about = event["involvedObject"]
    fields: dict[str, Any] = {
        "name": about["name"],
        "kind": about.get("kind"),
        "action": event.get("action"),
        "objectAPIversion": about.get("apiVersion"),
        "objectRV": about.get("resourceVersion"),
        "eventRV": event["metadata"].get("resourceVersion"),
        "reportinginstance": event.get("reportingInstance"),
        "reportingcontroller": event.get("reportingComponent"),
        "sourcecomponent": event.get("source", {}).get("component"),
        "sourcehost": event.get("source", {}).get("host"),
        "reason": event.get("reason"),
        "type": event.get("type"),
        "count": event.get("count"),
    }
    said = {key: value for key, value in fields.items() if value}
    if format_ == "json":
        line = json.dumps({**said, "msg": event["message"]}, sort_keys=True)
    else:
        # %q and JSON quote alike what these messages hold.
        quoted = json.dumps(event["message"], ensure_ascii=False)
        line = "".join(f"{key}={value} " for key, value in said.items()) + f"msg={quoted} "
    labels = {"namespace": about.get("namespace", ""), "job": JOB, "instance": f"{JOB}.events"}
    at = event.get("lastTimestamp") or event["eventTime"]
    return nanoseconds(at), {name: value for name, value in labels.items() if value}, line


def updates(event: dict[str, Any]) -> list[dict[str, Any]]:
    """What was watched of a counted Event: it as it began, and as it was last."""
    if event.get("count", 1) > 1 and event["firstTimestamp"] != event["lastTimestamp"]:
        return [{**event, "count": 1, "lastTimestamp": event["firstTimestamp"]}, event]
    return [event]


def exported(event: dict[str, Any], *, gone: bool = False) -> dict[str, Any]:
    """resmoio/kubernetes-event-exporter, pkg/kube/event.go; `gone`: the object could not be looked up any more."""
    document = copy.deepcopy(event)
    for key in ("apiVersion", "kind"):
        document.pop(key, None)
    document["metadata"].pop("managedFields", None)
    labels = {"app_kubernetes_io/name": event["involvedObject"]["name"]}
    secret = {"kubectl_kubernetes_io/last-applied-configuration": '{"env": "PASSWORD=hunter2"}'}
    document["involvedObject"] = {} if gone else {**event["involvedObject"], "labels": labels, "annotations": secret}
    document["clusterName"] = "production"
    return document


def exported_line(event: dict[str, Any], *, gone: bool = False) -> Line:
    """The same in Loki: under the second in which it was sent."""
    at = nanoseconds(event.get("lastTimestamp") or event["eventTime"]) // 10**9 + 1
    return at * 10**9, {"app": "event-exporter"}, json.dumps(exported(event, gone=gone))


def watched(event: dict[str, Any], mode: str = "otel", type_: str = "MODIFIED") -> dict[str, Any]:
    """k8sobjects and the exporter to Elasticsearch of opentelemetry-collector-contrib, in a mapping mode."""
    body = {"type": type_, "object": {"apiVersion": "v1", **event, "kind": event.get("kind", "Event")}}
    name = {"k8s.resource.name": "events", "event.domain": "k8s"}
    at = event.get("lastTimestamp") or event["eventTime"]
    if mode == "otel":
        place = {"attributes": {"k8s.namespace.name": event["metadata"]["namespace"]}}
        return {"@timestamp": at, "body": {"structured": body}, "attributes": name, "resource": place}
    return {"@timestamp": at, "Body": body, "Attributes": {"k8s": {"resource": {"name": "events"}}}}


def described(event: dict[str, Any], mode: str = "otel") -> dict[str, Any]:
    """k8s_events and the same exporter."""
    about = event["involvedObject"]
    attributes = {
        "k8s.event.reason": event["reason"],
        "k8s.event.name": event["metadata"]["name"],
        "k8s.event.uid": event["metadata"]["uid"],
        "k8s.event.count": event.get("count", 1),
        "k8s.namespace.name": about["namespace"],
    }
    resource = {"k8s.object.kind": about["kind"], "k8s.object.name": about["name"], "k8s.node.name": ""}
    at = event.get("lastTimestamp") or event["eventTime"]
    if mode == "otel":
        known = {"attributes": attributes, "resource": {"attributes": resource}}
        return {"@timestamp": at, "severity_text": event["type"], "body": {"text": event["message"]}, **known}
    known = {"Attributes": attributes, "Resource": resource}
    return {"@timestamp": at, "SeverityText": event["type"], "Body": event["message"], **known}


def loki_answer(lines: Iterable[Line]) -> str:
    """One answer with all these lines."""
    return json.dumps(answer(sorted(lines, key=lambda line: line[0])))


def search_answer(documents: Iterable[dict[str, Any]]) -> str:
    """One answer with all these documents."""
    hits = [
        {"_index": "kube-events-2026-04-01", "_id": f"id-{number}", "_source": each, "sort": [0]}
        for number, each in enumerate(documents)
    ]
    shards = {"total": 1, "successful": 1, "skipped": 0, "failed": 0}
    return json.dumps({"timed_out": False, "_shards": shards, "hits": {"hits": hits}})
