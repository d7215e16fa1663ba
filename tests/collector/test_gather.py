import threading
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from collector.event import Event, Kind
from collector.gather import gather
from collector.secrets import Scrubber
from collector.source import Deadline, Document, Gap, Source, Unreachable
from collector.window import Window
from tests.collector.build import WINDOW, event

Given = Document | Gap


def page(text: str, call: str = "pages") -> Document:
    return Document(call, f"GET /{call}", datetime(2026, 4, 1, 15, tzinfo=UTC), text)


class Scripted:
    """A source whose fetch is given, and which reads one event out of each document."""

    type = "scripted"

    def __init__(self, name: str, fetch: Callable[[], Iterator[Given]], deadline: float = 10) -> None:
        self.name = name
        self.deadline = deadline
        self._fetch = fetch

    def fetch(self, window: Window, deadline: Deadline) -> Iterator[Given]:
        return self._fetch()

    def read(self, documents: Iterable[Document], window: Window) -> Iterator[Event | Gap]:
        for document in documents:
            if document.text == "poison":
                raise KeyError("items")
            yield event(Kind.OTHER, "14:01:00", document.text, source=self.name, native_id=document.text)


def run(*sources: Source, scrubber: Scrubber | None = None) -> tuple[list[str], dict[str, list[str]], set[str]]:
    """Summaries of the events, the gaps' reasons by source, and the names of those that failed."""
    gathered = gather(sources, WINDOW, lambda source, deadline: source.fetch(WINDOW, deadline), scrubber or Scrubber())
    gaps = {told.source: [gap.reason for gap in told.gaps] for told in gathered.coverage}
    return [e.summary for e in gathered.events], gaps, {told.source for told in gathered.coverage if told.failed}


def test_what_a_source_gave_before_it_failed_counts_and_the_others_go_on() -> None:
    def dies_halfway() -> Iterator[Given]:
        yield page("one")
        yield Gap("one namespace is forbidden")
        raise Unreachable("connection refused")

    def dead() -> Iterator[Given]:
        raise Unreachable("no such host")
        yield

    def poisoned() -> Iterator[Given]:
        yield from (page("before"), page("poison"), page("after"))

    sources = [Scripted("half", dies_halfway), Scripted("dead", dead), Scripted("bad", poisoned)]
    events, gaps, failed = run(*sources, Scripted("good", lambda: iter([page("two")])))
    assert events == ["one", "before", "two"]
    assert gaps == {
        "half": ["one namespace is forbidden", "connection refused"],
        "dead": ["no such host"],
        "bad": ["unexpected KeyError: 'items'"],
        "good": [],
    }
    assert failed == {"dead"}


def test_a_source_that_gave_no_answer_is_not_reported_as_one_that_has_nothing() -> None:
    class Listing(Scripted):
        def read(self, documents: Iterable[Document], window: Window) -> Iterator[Event | Gap]:
            if not list(documents):
                yield Gap("no releases at all")

    def dead() -> Iterator[Given]:
        raise Unreachable("no such host")
        yield

    _, gaps, failed = run(Listing("dead", dead), Listing("empty", lambda: iter(())))
    assert gaps == {"dead": ["no such host"], "empty": ["no releases at all"]}
    assert failed == {"dead"}


def test_a_source_that_hangs_is_left_behind_at_its_deadline_with_what_it_gave() -> None:
    forever = threading.Event()

    def hangs() -> Iterator[Given]:
        yield page("early")
        forever.wait(30)
        yield page("late")

    events, gaps, failed = run(Scripted("slow", hangs, deadline=0.2), Scripted("good", lambda: iter([page("two")])))
    forever.set()
    assert events == ["early", "two"]
    assert gaps["slow"] == ["no answer within 0.2 s"]
    assert failed == set()


def test_reading_that_goes_on_long_past_the_deadline_is_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("collector.gather._READING", 0.3)
    forever = threading.Event()

    class Crafted(Scripted):
        def read(self, documents: Iterable[Document], window: Window) -> Iterator[Event | Gap]:
            yield from super().read([next(iter(documents))], window)
            forever.wait(30)

    crafted = Crafted("crafted", lambda: iter([page("early"), page("late")]), deadline=0.2)
    events, gaps, failed = run(crafted, Scripted("good", lambda: iter([page("two")])))
    forever.set()
    assert events == ["early", "two"]
    assert gaps == {"crafted": ["what it answered could not be read within 0.3 s past its deadline"], "good": []}
    assert failed == set()


def test_sources_run_side_by_side() -> None:
    both = threading.Barrier(2, timeout=5)

    def meets() -> Iterator[Given]:
        both.wait()
        yield page("met")

    events, gaps, _ = run(Scripted("a", meets), Scripted("b", meets))
    assert events == ["met", "met"]
    assert gaps == {"a": [], "b": []}


def test_what_was_decoded_before_a_secret_was_masked_is_decoded_again() -> None:
    class Decoding(Scripted):
        def read(self, documents: Iterable[Document], window: Window) -> Iterator[Event | Gap]:
            for document in documents:
                yield event(Kind.OTHER, "14:01:00", document.json()["said"], source=self.name)

    def fetched() -> Iterator[Given]:
        for said in ("canary-token", "nothing"):
            yield replace(page(f'{{"said":"{said}"}}'), content={"said": said})

    scrubber = Scrubber()
    scrubber.add("canary-token")
    events, gaps, _ = run(Decoding("echo", fetched), scrubber=scrubber)
    assert (events, gaps) == (["[secret]", "nothing"], {"echo": []})


def test_secrets_are_gone_before_anything_is_read_kept_or_told() -> None:
    scrubber = Scrubber()
    scrubber.add("canary-token")

    def echoes() -> Iterator[Given]:
        yield page("you sent canary-token", call="echo")
        raise Unreachable("canary-token was refused", "not canary-token again")

    kept: list[Given] = []
    source = Scripted("echo", echoes)
    gathered = gather(
        [source],
        WINDOW,
        lambda source, deadline: source.fetch(WINDOW, deadline),
        scrubber,
        keep=lambda name, given: kept.append(given),
    )
    assert "canary" not in repr((gathered, kept))
    assert gathered.events[0].summary == "you sent [secret]"


def test_a_reader_that_stops_early_does_not_cost_the_bundle_its_documents() -> None:
    class Incurious(Scripted):
        def read(self, documents: Iterable[Document], window: Window) -> Iterator[Event | Gap]:
            yield from ()

    kept: list[str] = []
    source = Incurious("incurious", lambda: (page(str(n)) for n in range(20)))
    gathered = gather(
        [source],
        WINDOW,
        lambda source, deadline: source.fetch(WINDOW, deadline),
        Scrubber(),
        keep=lambda name, given: kept.append(name),
    )
    assert len(kept) == 20
    assert gathered.coverage[0].asked == ("pages (20 pages)",)
