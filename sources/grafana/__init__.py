"""Grafana: the state history of the alerts it manages, and annotations made by people and tools."""

from sources.grafana.settings import GrafanaSettings
from sources.grafana.source import GrafanaSource

__all__ = ["GrafanaSettings", "GrafanaSource"]
