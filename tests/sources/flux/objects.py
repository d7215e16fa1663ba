"""Kustomizations and HelmReleases of Flux and Events about them, as its controllers write them."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from collector.event import Event
from collector.secrets import Scrubber
from collector.source import Document, Gap
from sources.cluster.lists import Listed
from sources.flux.reduce import kept
from sources.registry import build
from tests.collector.build import WINDOW

WHY = "context deadline exceeded"
BROKEN = f"Helm upgrade failed for release shop/checkout with chart checkout@1.5.0: {WHY}"
BACK = "Helm rollback to previous release shop/checkout.v1 with chart checkout@1.4.9 succeeded"

Json = dict[str, Any]
CANARY = "canary-value-78"
OLD, NEW = "b462487" + "0" * 33, "5ec4668" + "1" * 33


def at(seconds: float) -> datetime:
    return WINDOW.start + timedelta(seconds=seconds)


def stamp(seconds: float) -> str:
    return f"{at(seconds):%Y-%m-%dT%H:%M:%SZ}"


def revision(commit: str) -> str:
    return f"main@sha1:{commit}"


def condition(kind: str, status: str, reason: str, since: float, message: str = "") -> Json:
    return {"type": kind, "status": status, "reason": reason, "message": message, "lastTransitionTime": stamp(since)}


def entry(digest: str, commit: str, first: float, last: float | None = None, **more: Any) -> Json:
    return {
        "digest": f"sha256:{digest}",
        "firstReconciled": stamp(first),
        "lastReconciled": stamp(first if last is None else last),
        "lastReconciledDuration": "20.5s",
        "lastReconciledStatus": "ReconciliationSucceeded",
        "totalReconciliations": 1 if last is None else 5,
        "metadata": {"revision": revision(commit)},
        **more,
    }


def kustomization(*history: Json, name: str = "checkout", spec: Json | None = None, **status: Any) -> Json:
    return {
        "apiVersion": "kustomize.toolkit.fluxcd.io/v1",
        "kind": "Kustomization",
        "metadata": {"name": name, "namespace": "flux-system", "uid": f"uid-{name}", "creationTimestamp": stamp(-9000)},
        "spec": {
            "targetNamespace": "shop",
            "sourceRef": {"kind": "GitRepository", "name": "config"},
            "timeout": "2m",
            "postBuild": {"substitute": {"PASSWORD": CANARY}},
            **(spec or {}),
        },
        "status": {
            "history": list(history),
            "lastAppliedRevision": history[0]["metadata"]["revision"] if history else "",
            "lastAttemptedRevision": history[0]["metadata"]["revision"] if history else "",
            "inventory": {"entries": [{"id": "shop_checkout_apps_Deployment", "v": "v1"}, {"id": "shop_x__Secret"}]},
            **status,
        },
    }


def snapshot(number: int, begun: float, status: str = "superseded", version: str = "1.4.9") -> Json:
    return {
        "name": "checkout",
        "namespace": "shop",
        "version": number,
        "status": status,
        "action": "install" if number == 1 else "upgrade",
        "chartName": "checkout",
        "chartVersion": version,
        "appVersion": version,
        "digest": "sha256:x",
        "configDigest": "sha256:y",
        "firstDeployed": stamp(-9000),
        "lastDeployed": stamp(begun),
    }


def release(*history: Json, **status: Any) -> Json:
    return {
        "apiVersion": "helm.toolkit.fluxcd.io/v2",
        "kind": "HelmRelease",
        "metadata": {"name": "checkout", "namespace": "shop", "uid": "uid-release", "creationTimestamp": stamp(-9000)},
        "spec": {"timeout": "5m", "values": {"password": CANARY}, "chart": {"spec": {"chart": "checkout"}}},
        "status": {"history": list(history), **status},
    }


def repository(commit: str, seen: float) -> Json:
    return {
        "apiVersion": "source.toolkit.fluxcd.io/v1",
        "kind": "GitRepository",
        "metadata": {
            "name": "config",
            "namespace": "flux-system",
            "uid": "uid-config",
            "creationTimestamp": stamp(-9000),
        },
        "spec": {"url": f"https://bot:{CANARY}@git.example.com/shop/config"},
        "status": {"artifact": {"revision": revision(commit), "lastUpdateTime": stamp(seen)}},
    }


def event(kind: str, seconds: float, reason: str, message: str, commit: str = "", warning: bool = False) -> Json:
    namespace = "flux-system" if kind == "Kustomization" else "shop"
    uid = f"event-{kind}-{seconds}-{reason}"
    notes = {"kustomize.toolkit.fluxcd.io/revision": revision(commit)} if commit else {}
    return {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {
            "name": uid.lower(),
            "namespace": namespace,
            "uid": uid,
            "creationTimestamp": stamp(seconds),
            "annotations": {**notes, "other": CANARY},
        },
        "involvedObject": {"kind": kind, "namespace": namespace, "name": "checkout"},
        "reason": reason,
        "message": message,
        "type": "Warning" if warning else "Normal",
        "count": 1,
        "firstTimestamp": stamp(seconds),
        "lastTimestamp": stamp(seconds),
        "source": {"component": "kustomize-controller"},
    }


def documents(**lists: Sequence[Json]) -> list[Document]:
    return [
        Document(
            call, f"GET https://k8s/{call}", at(3600), json.dumps(kept(Listed(call, "/x"), {"items": list(items)}))
        )
        for call, items in lists.items()
    ]


def read(**lists: Sequence[Json]) -> tuple[list[Event], list[Gap]]:
    flux = build("flux", "flux", {"cluster": "prod"}, Scrubber())
    given = list(flux.read(documents(**lists), WINDOW))
    return [one for one in given if isinstance(one, Event)], [one for one in given if isinstance(one, Gap)]


def span(one: Event) -> Mapping[str, float]:
    return {"from": (one.earliest - WINDOW.start).total_seconds(), "to": (one.latest - WINDOW.start).total_seconds()}
