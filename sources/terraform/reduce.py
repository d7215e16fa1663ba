"""Reduces an answer: never the values of variables, nor the secret URLs of logs."""

from collections.abc import Mapping
from typing import Any

_ATTRIBUTES = {
    "runs": frozenset(
        {
            "auto-apply",
            "canceled-at",
            "created-at",
            "has-changes",
            "is-destroy",
            "message",
            "plan-only",
            "refresh-only",
            "source",
            "status",
            "status-timestamps",
            "trigger-reason",
        }
    ),
    "plans": frozenset({"resource-additions", "resource-changes", "resource-destructions", "resource-imports"}),
    "workspaces": frozenset({"name"}),
    "users": frozenset({"username", "is-service-account"}),
    "ingress-attributes": frozenset({"branch", "commit-sha", "identifier", "sender-username", "tag"}),
    "policy-checks": frozenset({"scope", "status", "status-timestamps"}),
    "run-events": frozenset({"action", "created-at"}),
}
_ATTRIBUTES["applies"] = _ATTRIBUTES["plans"]
_RELATIONS = frozenset(
    {
        "actor",
        "apply",
        "canceled-by",
        "configuration-version",
        "confirmed-by",
        "created-by",
        "ingress-attributes",
        "plan",
        "workspace",
    }
)


def reduced(body: Mapping[str, Any]) -> dict[str, Any]:
    """The answer with only the attributes that are read. Anything undocumented is removed."""
    data = body.get("data")
    kept: dict[str, Any] = {"data": [_item(one) for one in data] if isinstance(data, list) else _item(data)}
    included = body.get("included")
    if isinstance(included, list):
        kept["included"] = [_item(one) for one in included]
    return kept


def _item(item: Any) -> Any:
    if not isinstance(item, dict):
        return None
    type_ = item.get("type")
    known = _ATTRIBUTES.get(type_, frozenset()) if isinstance(type_, str) else frozenset()
    attributes, relations = item.get("attributes"), item.get("relationships")
    kept: dict[str, Any] = {"id": item.get("id"), "type": type_}
    if isinstance(attributes, dict):
        kept["attributes"] = {name: value for name, value in attributes.items() if name in known}
    if isinstance(relations, dict):
        kept["relationships"] = {
            name: {"data": relation.get("data")}
            for name, relation in relations.items()
            if name in _RELATIONS and isinstance(relation, dict)
        }
    return kept
