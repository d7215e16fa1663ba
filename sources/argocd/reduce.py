"""Reduces an Application: no values, only parameters that name an image, and no credentials in URLs."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from sources.argocd.hydrations import FIELDS
from sources.cluster.fields import get, objects
from sources.gitops.event_objects import kept_events

_IMAGE_PARAMETER = re.compile(r"(?:.*[.])?(?:image|image[._-]?tag|tag|image[.](?:repository|name|digest))", re.I)
_LABELS = ("app.kubernetes.io/name", "environment", "env")
_OPERATION = ("phase", "message", "startedAt", "finishedAt", "retryCount")
_RESOURCE = ("group", "kind", "namespace", "name")
_RESULT = (*_RESOURCE, "hookType", "hookPhase", "images")
_SYNC = ("revision", "revisions", "dryRun", "autoHealAttemptsCount")
_LONGEST = 2000


def kept(call: str, page: Mapping[str, Any]) -> dict[str, Any]:
    """A page of the list `call` (`applications` or `events`) without anything that may be secret."""
    if call == "events":
        return kept_events(page, ("user", "dest-"))
    return {"items": [application(item) for item in objects(page, "items")]}


def application(item: Mapping[str, Any]) -> dict[str, Any]:
    """One Application. Sources that differ in any way, even only in removed parts, get different `variant` numbers."""
    variants: dict[str, int] = {}
    status, spec = get(item, "status"), get(item, "spec")
    return {
        "metadata": {
            **_some(get(item, "metadata"), ("name", "namespace", "creationTimestamp")),
            "labels": _some(get(item, "metadata", "labels"), _LABELS),
            "ownerReferences": [_some(o, ("kind", "name")) for o in objects(item, "metadata", "ownerReferences")],
        },
        "spec": {
            **_some(spec, ("project", "revisionHistoryLimit")),
            "destination": _some(get(spec, "destination"), ("server", "name", "namespace")),
            "syncPolicy": {"automated": get(spec, "syncPolicy", "automated") is not None},
        },
        "status": {
            "summary": _some(get(status, "summary"), ("images",)),
            "sync": _some(get(status, "sync"), ("status", "revision", "revisions")),
            "resources": [_some(each, _RESOURCE) for each in objects(status, "resources")],
            "history": [_entry(each, variants) for each in objects(status, "history")],
            "operationState": _operation(get(status, "operationState"), variants),
            **_hydrator(get(status, "sourceHydrator")),
        },
    }


def _hydrator(of: Any) -> dict[str, Any]:
    known = {key: _some(get(of, key), FIELDS) for key in ("currentOperation", "lastSuccessfulOperation")}
    for one in known.values():
        if isinstance(one.get("message"), str):
            one["message"] = one["message"][:_LONGEST]
    return {"sourceHydrator": known} if any(known.values()) else {}


def _entry(entry: Mapping[str, Any], variants: dict[str, int]) -> dict[str, Any]:
    known = ("id", "revision", "revisions", "deployStartedAt", "deployedAt", "initiatedBy")
    return {**_some(entry, known), "sources": _sources(entry, variants)}


def _operation(state: Any, variants: dict[str, int]) -> dict[str, Any]:
    if not isinstance(state, dict):
        return {}
    asked, result = get(state, "operation"), get(state, "syncResult")
    links = [each for each in objects(asked, "info") if str(each.get("value")).startswith(("http://", "https://"))]
    left = _some(state, _OPERATION)
    if isinstance(left.get("message"), str):
        left["message"] = left["message"][:_LONGEST]
    return left | {
        "operation": {
            **_some(asked, ("initiatedBy",)),
            "info": [{"value": _url(each["value"])} for each in links],
            "sync": {
                **_some(get(asked, "sync"), _SYNC),
                "resources": [_some(each, _RESOURCE) for each in objects(asked, "sync", "resources")],
            },
        },
        "syncResult": {
            **_some(result, ("revision", "revisions")),
            "sources": _sources(result, variants),
            "resources": [_some(each, _RESULT) for each in objects(result, "resources")],
        },
    }


def _sources(of: Any, variants: dict[str, int]) -> list[dict[str, Any]]:
    several = objects(of, "sources")
    single = get(of, "source")
    return [_source(each, variants) for each in several or ([single] if isinstance(single, dict) else [])]


def _source(source: Mapping[str, Any], variants: dict[str, int]) -> dict[str, Any]:
    whole = json.dumps(source, sort_keys=True, default=str)
    parameters = [
        _some(each, ("name", "value"))
        for each in objects(source, "helm", "parameters")
        if isinstance(each.get("name"), str) and _IMAGE_PARAMETER.fullmatch(each["name"])
    ]
    return {
        **_some(source, ("path", "chart", "targetRevision", "ref")),
        "repoURL": _url(source.get("repoURL")),
        "images": [each for each in _list(get(source, "kustomize", "images")) if isinstance(each, str)],
        "parameters": parameters,
        "variant": variants.setdefault(whole, len(variants)),
    }


def _url(value: object) -> str:
    """The URL without user, password and query, which may contain a token."""
    if not isinstance(value, str):
        return ""
    try:
        parts = urlsplit(value)
    except ValueError:
        return ""
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", "")) if parts.scheme else value


def _some(of: Any, keys: Iterable[str]) -> dict[str, Any]:
    return {key: of[key] for key in keys if key in of} if isinstance(of, dict) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
