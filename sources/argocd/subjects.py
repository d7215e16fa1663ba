"""The service, cluster and environment that an Application deploys to."""

from urllib.parse import urlsplit

from collector.event import Subject
from sources.argocd.items import Application
from sources.argocd.settings import ArgocdSettings
from sources.gitops.services import service_of

_OWN = ("https://kubernetes.default.svc", "in-cluster")
"""Argo CD's names for the cluster that it runs in."""


def subject_of(application: Application, settings: ArgocdSettings) -> Subject:
    """The service according to `sources.gitops.services`, and where it runs."""
    labels = dict(application.labels)
    one = application.workloads[0] if len(application.workloads) == 1 else None
    return Subject(
        # The label app.kubernetes.io/instance is that of the parent: releases before 3.0 use it for tracking.
        service=service_of(application.name, labels.get("app.kubernetes.io/name", ""), application.workloads),
        environment=labels.get("environment") or labels.get("env", ""),
        cluster=cluster_of(application, settings),
        namespace=(one.namespace if one else "") or application.target,
        workload=f"{one.kind}/{one.name}" if one else "",
    )


def cluster_of(application: Application, settings: ArgocdSettings) -> str:
    """The cluster that it deploys to, by its name in other sources, else by Argo CD's."""
    server, name = application.destination
    known = settings.clusters.get(server) or settings.clusters.get(name)
    if known:
        return known
    if server.rstrip("/") in _OWN or name in _OWN or not (server or name):
        return settings.cluster
    return name or urlsplit(server).hostname or server
