"""Kubernetes' audit log: who changed what, and the rollouts and pods that followed, to the microsecond."""

from sources.kubernetes_audit.settings import KubernetesAuditSettings
from sources.kubernetes_audit.source import KubernetesAuditSource

__all__ = ["KubernetesAuditSettings", "KubernetesAuditSource"]
