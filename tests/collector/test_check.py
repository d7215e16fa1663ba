"""`check` asks every source once and says what can be expected of it."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

from msgspec import Struct

from collector.check import State, check
from collector.event import Event
from collector.secrets import Scrubber
from collector.source import Deadline, Denied, Document, Gap, SameService, Seen
from collector.window import Window

NOW = datetime(2026, 4, 1, 15, tzinfo=UTC)


class Fake(Struct):
    """A source that gives these."""

    name: str
    fed: tuple[Document | Gap | Denied, ...]
    seen: timedelta | None = None
    type: str = "fake"
    deadline: float = 5

    def target(self) -> str:
        return "https://user:s3cret-word@host.example"

    def fetch(self, window: Window, deadline: Deadline) -> Iterator[Document | Gap]:
        for each in self.fed:
            if isinstance(each, Denied):
                raise each
            yield each

    def read(self, documents: Iterable[Document], window: Window) -> Iterator[Event | Gap | Seen | SameService]:
        list(documents)
        if self.seen:
            yield Seen("fake", "Events", window.end - self.seen, window.end, timedelta(seconds=1))


def test_each_source_has_its_state_its_gaps_and_how_far_it_sees() -> None:
    page = Document("events", "GET /events", NOW, "{}")
    denied = Denied("403, may not list events", "give it the role")
    scrubber = Scrubber()
    scrubber.add("s3cret-word")
    sources = [
        Fake("whole", (page, page), seen=timedelta(hours=2)),
        Fake("short", (page,), seen=timedelta(minutes=20)),
        Fake("part", (page, Gap("nodes: 403", "give it the role"))),
        Fake("dead", (denied,)),
    ]
    whole, short, part, dead = check(sources, NOW, scrubber)
    assert (whole.state, whole.since, whole.documents) == (State.OK, None, 2)
    assert (short.state, short.since) == (State.OK, NOW - timedelta(minutes=20))
    assert (part.state, [gap.reason for gap in part.gaps]) == (State.PARTIAL, ["nodes: 403"])
    assert (dead.state, dead.gaps[0].hint, dead.documents) == (State.FAILED, "give it the role", 0)
    assert "s3cret" not in "".join(each.target for each in (whole, short, part, dead))


class Keeping(Fake):
    """One that reports for how long it keeps what it has."""

    def retention(self, deadline: Deadline) -> str:
        return "15d"


def test_how_long_a_system_keeps_is_what_it_reports() -> None:
    found = check([Keeping("a", ()), Fake("b", ()), Keeping("c", (Denied("no"),))], NOW, Scrubber())
    assert [each.retention for each in found] == ["15d", "", ""]
