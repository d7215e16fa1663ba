"""Which service of which cluster and environment an Application deploys."""

from urllib.parse import urlsplit

from collector.event import Subject
from sources.argocd.items import Application
from sources.argocd.settings import ArgocdSettings
from sources.gitops.services import service_of

_OWN = ("https://kubernetes.default.svc", "in-cluster")
"""How Argo CD calls the cluster that it runs in."""


def subject_of(application: Application, settings: ArgocdSettings) -> Subject:
    """The service by `sources.gitops.services`, and where it runs."""
    labels = dict(application.labels)
    one = application.workloads[0] if len(application.workloads) == 1 else None
    return Subject(
        # The label app.kubernetes.io/instance is the parent's: releases before 3.0 track by it.
        service=service_of(application.name, labels.get("app.kubernetes.io/name", ""), application.workloads),
        environment=labels.get("environment") or labels.get("env", ""),
        cluster=cluster_of(application, settings),
        namespace=(one.namespace if one else "") or application.target,
        workload=f"{one.kind}/{one.name}" if one else "",
    )


def cluster_of(application: Application, settings: ArgocdSettings) -> str:
    """The cluster that it deploys to, as other sources call it; else as Argo CD does."""
    server, name = application.destination
    known = settings.clusters.get(server) or settings.clusters.get(name)
    if known:
        return known
    if server.rstrip("/") in _OWN or name in _OWN or not (server or name):
        return settings.cluster
    return name or urlsplit(server).hostname or server
