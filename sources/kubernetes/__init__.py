"""Kubernetes: the Events, workloads, pods, nodes and configuration of one cluster."""

from sources.kube_api.settings import KubernetesSettings
from sources.kubernetes.source import KubernetesSource

__all__ = ["KubernetesSettings", "KubernetesSource"]
