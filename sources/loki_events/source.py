"""The adapter itself: settings, fetch and read put together."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from collector.event import Event
from collector.source import Deadline, Document, Gap, Seen, each
from collector.window import Window
from sources.configured import Configured
from sources.loki.lines import Entry, entries
from sources.loki_events.settings import LokiEventsSettings
from sources.shipped_events.fields import Shipped, at
from sources.shipped_events.read import read
from sources.shipped_events.watched import described_event, is_described, watched_event


class LokiEventsSource(Configured[LokiEventsSettings]):
    """Kubernetes Events in Loki; see `collector.source.Source`."""

    Settings = LokiEventsSettings
    type = "loki-events"

    def fetch(self, window: Window, deadline: Deadline) -> Iterator[Document | Gap]:
        """See `sources.loki_events.fetch`."""
        from sources.loki_events.fetch import fetch

        yield from fetch(self.settings, self._scrubber, window, deadline, self._sleep)

    def read(self, documents: Iterable[Document], window: Window) -> Iterator[Event | Gap | Seen]:
        """See `sources.shipped_events.read`."""
        found = [entry for document in documents for entry in entries(document)]
        lines = [entry for entry in found if isinstance(entry, Entry)]
        records = list(each(lines, self._shipped, "lines"))
        shipped = [record for record in records if isinstance(record, Shipped)]
        yield from read(shipped, self.settings.every_field, window, self.name, self.settings.cluster)
        yield from sorted({given for given in [*found, *records] if isinstance(given, Gap)}, key=repr)

    def _shipped(self, entry: Entry) -> Iterator[Shipped]:
        record = self._record(entry)
        if record is None:
            return
        name = at(record, self.settings.every_field.get("object", ""))
        narrower = f" |= {json.dumps(name)}" if isinstance(name, str) and name else ""
        yield Shipped(record, self.settings.selector + narrower, entry.nanoseconds)

    def _record(self, entry: Entry) -> Mapping[str, Any] | None:
        """The record of a line; None if it is none of an Event that is there."""
        if self.settings.format != "opentelemetry":
            return entry.record()
        if is_described(entry.labels):
            return described_event(entry.labels, entry.line)
        return watched_event(entry.record())
