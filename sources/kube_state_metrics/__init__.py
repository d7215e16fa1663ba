"""kube-state-metrics: the past of a cluster, rebuilt from its series in Prometheus."""

from sources.kube_state_metrics.settings import KubeStateMetricsSettings
from sources.kube_state_metrics.source import KubeStateMetricsSource

__all__ = ["KubeStateMetricsSettings", "KubeStateMetricsSource"]
