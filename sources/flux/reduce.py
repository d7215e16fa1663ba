"""Reduces Flux's objects: no values, no patches, no substitutions."""

from collections.abc import Iterable, Mapping
from typing import Any

from sources.cluster.fields import get, objects
from sources.cluster.lists import Listed
from sources.gitops.event_objects import kept_events

_SPEC = ("suspend", "targetNamespace", "timeout", "path", "sourceRef", "releaseName", "storageNamespace")
_STATUS = (
    "lastAppliedRevision",
    "lastAttemptedRevision",
    "lastAppliedOriginRevision",
    "lastAttemptedReleaseAction",
    "lastAttemptedReleaseActionDuration",
    "storageNamespace",
)
_SNAPSHOT = (
    "digest",
    "firstReconciled",
    "lastReconciled",
    "lastReconciledDuration",
    "lastReconciledStatus",
    "totalReconciliations",
    "metadata",
    "name",
    "namespace",
    "version",
    "status",
    "action",
    "chartName",
    "chartVersion",
    "appVersion",
    "firstDeployed",
    "lastDeployed",
    "deleted",
)
_CONDITION = ("type", "status", "reason", "message", "lastTransitionTime")
_LONGEST = 2000


def kept(what: Listed, page: Mapping[str, Any]) -> dict[str, Any]:
    """A page of the list without anything that may be secret."""
    if what.name == "events":
        return kept_events(page, ("kustomize.toolkit.fluxcd.io/", "helm.toolkit.fluxcd.io/"))
    if what.name in ("gitrepositories", "ocirepositories"):
        return {"items": [_source(item) for item in objects(page, "items")]}
    return {"items": [_deployer(item) for item in objects(page, "items")]}


def _deployer(item: Mapping[str, Any]) -> dict[str, Any]:
    spec, status = get(item, "spec"), get(item, "status")
    labels = _some(get(item, "metadata", "labels"), ("app.kubernetes.io/name", "environment", "env"))
    return {
        "metadata": {**_named(item), "labels": labels},
        "spec": {
            **_some(spec, _SPEC),
            "kubeConfig": {"secretRef": _some(get(spec, "kubeConfig", "secretRef"), ("name",))},
            "chart": {"spec": _some(get(spec, "chart", "spec"), ("chart", "version"))},
        },
        "status": {
            **_some(status, _STATUS),
            "conditions": [_condition(each) for each in objects(status, "conditions")],
            "history": [_some(each, _SNAPSHOT) for each in objects(status, "history")],
            "inventory": {"entries": [_some(each, ("id",)) for each in objects(status, "inventory", "entries")]},
        },
    }


def _source(item: Mapping[str, Any]) -> dict[str, Any]:
    artifact = _some(get(item, "status", "artifact"), ("revision", "lastUpdateTime"))
    return {"metadata": _named(item), "status": {"artifact": artifact}}


def _condition(condition: Mapping[str, Any]) -> dict[str, Any]:
    left = _some(condition, _CONDITION)
    if isinstance(left.get("message"), str):
        left["message"] = left["message"][:_LONGEST]
    return left


def _named(item: Any) -> dict[str, Any]:
    return _some(get(item, "metadata"), ("name", "namespace"))


def _some(of: Any, keys: Iterable[str]) -> dict[str, Any]:
    return {key: of[key] for key in keys if key in of} if isinstance(of, dict) else {}
