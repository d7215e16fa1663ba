"""Prometheus, and servers with the same query API: alerts, and error ratios from request counters."""

from sources.prometheus.settings import LatencySettings, PrometheusSettings, RatioSettings
from sources.prometheus.source import PrometheusSource

__all__ = ["LatencySettings", "PrometheusSettings", "PrometheusSource", "RatioSettings"]
