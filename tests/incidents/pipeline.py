"""From a bundle to its table, in this process, the way the command does it.

This is the one place that knows how the stages of the product are called.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from msgspec import Struct

from cli.render.as_json import render
from collector.event import Event
from collector.gather import Gathered, gather
from collector.replay import BundleReader
from collector.secrets import Scrubber
from collector.source import Deadline, Document, Gap, Source
from collector.timeline import Scope, Timeline, draft
from collector.window import Window
from collector.zones import parse_zone
from sources.registry import build


class Line(Struct, frozen=True):
    """One row, as a reader sees it."""

    at: datetime
    kind: str
    text: str
    sources: tuple[str, ...]
    id: str
    service: str


class Table(Struct, frozen=True):
    """What came out."""

    rows: tuple[Line, ...]
    coverage: tuple[dict[str, Any], ...]
    left_out: tuple[str, ...]
    """What is named under the table."""
    events: int
    json: str
    """All of it."""
    under: Mapping[str, tuple[Event, ...]]
    """The Events under each row, by the row's id."""


class Read(Struct, frozen=True):
    """The Events of a bundle, and what is asked about them."""

    gathered: Gathered
    window: Window
    scope: Scope

    def with_events(self, change: Callable[[Sequence[Event]], Iterable[Event]]) -> "Read":
        """The same with other Events."""
        gathered = Gathered(tuple(change(self.gathered.events)), self.gathered.coverage)
        return Read(gathered, self.window, self.scope)

    def timeline(self) -> Timeline:
        """Draft it."""
        return draft(self.gathered, self.window, self.scope)

    def table(self) -> Table:
        """Draft it, and print it as JSON."""
        timeline = self.timeline()
        text = render(timeline)
        under = {row.id: tuple(row.events) for row in timeline.rows}
        found = json.loads(text)
        rows = [
            Line(
                datetime.fromisoformat(row["time"]).astimezone(UTC),
                row["kind"],
                row["text"],
                tuple(row["sources"]),
                row["id"],
                row["service"],
            )
            for row in found["rows"]
        ]
        return Table(
            tuple(rows), tuple(found["coverage"]), tuple(found["left_out"]), found["counts"]["events"], text, under
        )


def read(path: Path) -> Read:
    """Read a bundle, a zip file or a folder."""
    bundle = BundleReader(path)
    manifest, scrubber = bundle.manifest, Scrubber()
    window = Window(
        manifest.window.start.astimezone(UTC), manifest.window.end.astimezone(UTC), parse_zone(manifest.window.tz)
    )
    built = [build(source.name, source.type, source.settings, scrubber) for source in manifest.sources]

    def feed(source: Source, _deadline: Deadline) -> Iterable[Document | Gap]:
        return bundle.documents(source.name)

    gathered = gather(built, window, feed, scrubber, None, None, deadlines=False)
    return Read(gathered, window, Scope(manifest.services, manifest.namespaces))
