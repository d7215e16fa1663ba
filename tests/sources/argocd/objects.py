"""Applications of Argo CD and Events about them, as its controller and its API server write them."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from collector.event import Event
from collector.secrets import Scrubber
from collector.source import Document, Gap
from sources.argocd.reduce import kept
from sources.registry import build
from tests.collector.build import WINDOW

Json = dict[str, Any]
NOON = WINDOW.start
CANARY = "canary-value-77"
GOOD, BAD = "b462487" + "0" * 33, "5ec4668" + "1" * 33
"""Commits of the repository of configuration."""


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def stamp(seconds: float) -> str:
    return f"{at(seconds):%Y-%m-%dT%H:%M:%SZ}"


def source(tag: str = "", **more: Any) -> Json:
    values = {"password": CANARY}
    helm = {"valuesObject": values, "parameters": [{"name": "db.password", "value": CANARY}]}
    kustomize = {"kustomize": {"images": [f"registry.example.com/shop/checkout:{tag}"]}} if tag else {}
    return {
        "repoURL": f"https://bot:{CANARY}@git.example.com/shop/config.git",
        "path": "checkout/production",
        "targetRevision": "main",
        "helm": helm,
        **kustomize,
        **more,
    }


def entry(number: int, revision: str, begun: float, ended: float, tag: str = "", by: str = "", **more: Any) -> Json:
    return {
        "id": number,
        "revision": revision,
        "deployStartedAt": stamp(begun),
        "deployedAt": stamp(ended),
        "source": source(tag),
        "initiatedBy": {"username": by} if by else {"automated": True},
        **more,
    }


def operation(phase: str, begun: float, ended: float | None = None, **more: Any) -> Json:
    finished = {} if ended is None else {"finishedAt": stamp(ended)}
    asked = {"sync": {"revision": BAD}, "initiatedBy": {"automated": True}}
    return {"phase": phase, "startedAt": stamp(begun), **finished, "operation": asked, **more}


def application(*history: Json, state: Json | None = None, name: str = "checkout", **more: Any) -> Json:
    deployment = {"group": "apps", "version": "v1", "kind": "Deployment", "namespace": "shop", "name": "checkout"}
    status: Json = {
        "history": list(history),
        "resources": [deployment, {"version": "v1", "kind": "Secret", "namespace": "shop", "name": "creds"}],
        "sync": {"status": "Synced", "revision": history[-1].get("revision", "") if history else ""},
        "health": {"status": "Healthy"},
        "summary": {"images": ["registry.example.com/shop/checkout:1.5.0", "docker.io/envoyproxy/envoy:1.31"]},
    }
    if state is not None:
        status["operationState"] = state
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Application",
        "metadata": {
            "name": name,
            "namespace": "argocd",
            "uid": f"uid-{name}",
            "labels": {"app.kubernetes.io/instance": "all-applications"},
            "annotations": {"note": CANARY},
            "creationTimestamp": stamp(-90000),
        },
        "spec": {
            "project": "shop",
            "source": source(),
            "destination": {"server": "https://kubernetes.default.svc", "namespace": "shop"},
            "syncPolicy": {"automated": {"selfHeal": True}},
        },
        "status": status | more.pop("status", {}),
        **more,
    }


def event(number: int, seconds: float, reason: str, message: str, name: str = "checkout") -> Json:
    return {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {
            "name": f"{name}.{number}",
            "namespace": "argocd",
            "uid": f"event-{number}",
            "creationTimestamp": stamp(seconds),
            "annotations": {"user": "sam", "secret": CANARY},
        },
        "involvedObject": {"kind": "Application", "namespace": "argocd", "name": name, "uid": f"uid-{name}"},
        "reason": reason,
        "message": message,
        "type": "Normal",
        "count": 1,
        "firstTimestamp": stamp(seconds),
        "lastTimestamp": stamp(seconds),
        "source": {"component": "argocd-server"},
    }


def documents(applications: list[Json], events: list[Json]) -> list[Document]:
    lists = {"applications": applications, "events": events}
    return [
        Document(call, f"GET https://k8s/{call}", at(3600), json.dumps(kept(call, {"items": items})))
        for call, items in lists.items()
    ]


def read(applications: list[Json], events: Sequence[Json] = (), **settings: Any) -> tuple[list[Event], list[Gap]]:
    argocd = build("argo", "argocd", {"cluster": "prod", **settings}, Scrubber())
    given = list(argocd.read(documents(applications, list(events)), WINDOW))
    return [one for one in given if isinstance(one, Event)], [one for one in given if isinstance(one, Gap)]
