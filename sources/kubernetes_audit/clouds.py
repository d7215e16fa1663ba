"""Converts audit records of clouds, which have different fields, to the form of the API server's own.

Google: https://cloud.google.com/kubernetes-engine/docs/how-to/audit-logging; a LogEntry has only one time, that of the
request. Azure: https://learn.microsoft.com/azure/azure-monitor/reference/tables/AKSAudit, and likewise AKSAuditAdmin.
"""

import json
from typing import Any

from sources.cluster.fields import get, text

Json = dict[str, Any]
_TOO_MANY, _FAILED = 429, 500
_EXHAUSTED = 8
"""`google.rpc.Code.RESOURCE_EXHAUSTED`, which corresponds to HTTP status 429."""


def from_google(record: Json) -> Json | None:
    """The audit entry in a LogEntry of Google Cloud Logging; None if it is not about Kubernetes."""
    payload = record.get("protoPayload")
    method, at = text(payload, "methodName"), text(record, "timestamp")
    if text(payload, "serviceName") != "k8s.io" or not method or not at:
        return None
    asked, answered = get(payload, "request"), get(payload, "response")
    entry = {
        "auditID": text(record, "operation", "id") or text(record, "insertId"),
        "stage": "ResponseComplete",
        "verb": method.rpartition(".")[2],
        "user": {"username": text(payload, "authenticationInfo", "principalEmail")},
        "userAgent": text(payload, "requestMetadata", "callerSuppliedUserAgent"),
        "objectRef": _reference(text(payload, "resourceName"), method),
        "responseStatus": {"code": _code(payload)},
        "requestReceivedTimestamp": at,
        "stageTimestamp": at,
    }
    contents = {"requestObject": asked, "responseObject": answered}
    return entry | {field: value for field, value in contents.items() if isinstance(value, dict | list)}


def from_azure_table(record: Json) -> Json | None:
    """The audit entry in a row of the tables AKSAudit and AKSAuditAdmin; None if it is not such a row."""
    if not (text(record, "AuditId") and text(record, "Stage") and text(record, "Verb")):
        return None
    user = _dynamic(record.get("User"))
    entry = {
        "auditID": text(record, "AuditId"),
        "stage": text(record, "Stage"),
        "requestURI": text(record, "RequestUri"),
        "verb": text(record, "Verb"),
        "user": user if isinstance(user, dict) else {},
        "userAgent": text(record, "UserAgent"),
        "objectRef": _dynamic(record.get("ObjectRef")),
        "responseStatus": _dynamic(record.get("ResponseStatus")),
        "requestReceivedTimestamp": text(record, "RequestReceivedTime"),
        "stageTimestamp": text(record, "StageReceivedTime") or text(record, "TimeGenerated"),
    }
    contents = {"requestObject": "RequestObject", "responseObject": "ResponseObject"}
    found = {field: _dynamic(record.get(column)) for field, column in contents.items()}
    return entry | {field: value for field, value in found.items() if isinstance(value, dict | list)}


def _reference(path: str, method: str) -> Json:
    """`apps/v1/namespaces/shop/deployments/checkout/scale` as the `objectRef` of an entry."""
    group, _, rest = path.partition("/")
    parts = rest.split("/")[1:]
    namespace = ""
    # The path of a namespace itself ends with its name.
    if parts[:1] == ["namespaces"] and (len(parts) > 2 or ".namespaces." not in method):
        namespace, parts = parts[1] if len(parts) > 1 else "", parts[2:]
    resource, name, sub = [*parts, "", "", ""][:3]
    known = {"resource": resource, "namespace": namespace, "name": name, "subresource": sub}
    return {**known, "apiGroup": "" if group == "core" else group}


def _code(payload: Any) -> int:
    """The HTTP status that corresponds to the answer."""
    answered = get(payload, "response", "code")
    if isinstance(answered, int) and answered >= 400:
        return answered
    status = get(payload, "status", "code")
    if not isinstance(status, int) or status == 0:
        return 200
    return _TOO_MANY if status == _EXHAUSTED else _FAILED


def _dynamic(value: Any) -> Any:
    """The value of a column of type `dynamic`, which some exports write as text."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return None
