"""Elasticsearch or OpenSearch: Kubernetes Events that were shipped there."""

from sources.elasticsearch_events.settings import ElasticsearchEventsSettings
from sources.elasticsearch_events.source import ElasticsearchEventsSource

__all__ = ["ElasticsearchEventsSettings", "ElasticsearchEventsSource"]
