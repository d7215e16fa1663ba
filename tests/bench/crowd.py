"""A thousand sources with five hundred Events each, gathered and drafted in a process of its own; prints what it took.

python -m tests.bench.crowd SOURCES EACH
"""

import gc
import json
import resource
import sys
import threading
import time
from collections.abc import Iterable, Iterator

from msgspec import Struct
from msgspec.structs import asdict, replace

from collector.event import Event
from collector.gather import gather
from collector.scope import Scope
from collector.secrets import Scrubber
from collector.source import Deadline, Document, Gap
from collector.timeline import draft
from collector.window import Window
from tests.bench.many import START, WINDOW, events

SILENT = 0.9
"""The share of Events that mean nothing of their own."""


class Crowd(Struct, frozen=True):
    """What it took."""

    sources: int
    events: int
    rows: int
    cpu: float
    """Seconds, for gathering and drafting."""
    megabytes: float
    threads: int
    """At most at one time."""

    def __str__(self) -> str:
        took = f"{self.cpu:.1f} s of CPU, {self.megabytes:.0f} MB, {self.threads} threads at most"
        return f"{self.sources:,} sources with {self.events:,} events: {took}, {self.rows} rows"


class Reporter:
    """A source that gives one document for ten of its Events."""

    type = "reporter"
    deadline = 600.0

    def __init__(self, number: int, given: tuple[Event, ...]) -> None:
        self.name = f"source-{number}"
        self._given = given
        self.threads = 0

    def target(self) -> str:
        return ""

    def fetch(self, window: Window, deadline: Deadline) -> Iterator[Document | Gap]:
        for number in range(0, len(self._given), 10):
            self.threads = max(self.threads, threading.active_count())
            yield Document("events", f"GET {number}", START, json.dumps(list(range(number, number + 10))))

    def read(self, documents: Iterable[Document], window: Window) -> Iterator[Event]:
        for document in documents:
            for number in document.json():
                yield replace(self._given[number], source=self.name)


def main() -> None:
    """As the command does it, with fewer searches for garbage than is Python's default."""
    gc.set_threshold(100_000, 20, 20)
    count, each = int(sys.argv[1]), int(sys.argv[2])
    every = events(count * each, SILENT)
    sources = [Reporter(number, every[number * each : (number + 1) * each]) for number in range(count)]
    began = time.process_time()
    found = gather(sources, WINDOW, lambda source, deadline: source.fetch(WINDOW, deadline), Scrubber())
    timeline = draft(found, WINDOW, Scope())
    cpu = time.process_time() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    threads = max(source.threads for source in sources)
    crowd = Crowd(count, timeline.events, len(timeline.rows), cpu, peak, threads)
    print(json.dumps(asdict(crowd)))


if __name__ == "__main__":
    main()
