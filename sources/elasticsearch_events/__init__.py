"""Elasticsearch or OpenSearch: Kubernetes Events that kubernetes-event-exporter shipped there."""

from sources.elasticsearch_events.settings import ElasticsearchEventsSettings
from sources.elasticsearch_events.source import ElasticsearchEventsSource

__all__ = ["ElasticsearchEventsSettings", "ElasticsearchEventsSource"]
