"""The adapter itself: settings, fetch and read put together."""

from collections.abc import Iterable, Iterator

from collector.event import Event
from collector.source import Deadline, Document, Gap, Seen
from collector.window import Window
from sources.configured import Configured
from sources.elasticsearch_events.hits import Hit, hits
from sources.elasticsearch_events.settings import ElasticsearchEventsSettings
from sources.shipped_events.fields import Shipped
from sources.shipped_events.read import read
from sources.shipped_events.watched import stored_event


class ElasticsearchEventsSource(Configured[ElasticsearchEventsSettings]):
    """Kubernetes Events in Elasticsearch or OpenSearch; see `collector.source.Source`."""

    Settings = ElasticsearchEventsSettings
    type = "elasticsearch-events"

    def fetch(self, window: Window, deadline: Deadline) -> Iterator[Document | Gap]:
        """See `sources.elasticsearch_events.fetch`."""
        from sources.elasticsearch_events.fetch import fetch

        yield from fetch(self.settings, self._scrubber, window, deadline, self._sleep)

    def read(self, documents: Iterable[Document], window: Window) -> Iterator[Event | Gap | Seen]:
        """See `sources.shipped_events.read`."""
        found = [hit for document in documents for hit in hits(document)]
        shipped = [one for hit in found if not isinstance(hit, Gap) for one in self._shipped(hit)]
        yield from read(shipped, self.settings.every_field, window, self.name, self.settings.cluster)
        yield from sorted({hit for hit in found if isinstance(hit, Gap)}, key=repr)

    def _shipped(self, hit: Hit) -> Iterator[Shipped]:
        where = f"/{hit.index}/_doc/{hit.id}"
        if self.settings.format != "opentelemetry":
            yield Shipped(hit.source, where)
        elif (record := stored_event(hit.source)) is not None:
            yield Shipped(record, where, hit.sort * 1_000_000)
