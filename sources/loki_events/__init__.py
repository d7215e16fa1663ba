"""Loki: Kubernetes Events that Grafana Alloy, its Agent or kubernetes-event-exporter shipped there."""

from sources.loki_events.settings import LokiEventsSettings
from sources.loki_events.source import LokiEventsSource

__all__ = ["LokiEventsSettings", "LokiEventsSource"]
