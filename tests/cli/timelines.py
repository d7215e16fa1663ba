"""Timelines to render: one that is easy to read, and any."""

from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

import pm_timeline
from cli.render.formats import FORMATS
from collector.coverage import Coverage
from collector.event import Event, Kind
from collector.merge import Occurrence
from collector.result import Timeline
from collector.row import Row, Word, WordKind
from collector.source import Gap
from collector.window import Window
from tests.servers.process import ROOT

START = datetime(2026, 4, 1, 14, tzinfo=UTC)
TEXT_FORMATS = [name for name, form in FORMATS.items() if form.text]
RUN = "https://github.example.com/acme/checkout/actions/runs/48200"


@cache
def demo() -> Timeline:
    """That of the recorded incident."""
    return pm_timeline.replay(ROOT / "fixtures" / "checkout-incident.zip")


def event(at: datetime = START, **more: str) -> Event:
    known = {"summary": "", "source": "github", "native_id": "1"} | more
    return Event(kind=Kind.OTHER, at=at, earliest=at, latest=at, **known)


def seen(*events: Event) -> tuple[Occurrence, ...]:
    return tuple(Occurrence(event, (event,)) for event in events)


def row(text: str, *events: Event, at: datetime = START, kind: Kind = Kind.NOTE, service: str = "") -> Row:
    return Row("0123456789ab", at, None, (Word(text),), kind, service, seen(*events))


def timeline(*rows: Row, window: Window | None = None, coverage: tuple[Coverage, ...] = ()) -> Timeline:
    return Timeline(window or Window(START, START + timedelta(minutes=30)), rows, coverage, (), 7)


MARKUP = [
    *(
        "|",
        "\\",
        "`",
        "``",
        "*",
        "_",
        "~",
        "[",
        "]",
        "(",
        ")",
        "<",
        ">",
        "!",
        "#",
        "@",
        "&",
        ";",
        ":",
        "-",
        "+",
        "=",
        ".",
    ),
    *(" ", "\n", "\t", "\x1b", "\u202e", "\u200b", "\ud800", "a", "1", "é", "'", '"', "\\|", "&amp;", "&#35;", "#1"),
    *("http://a.example", "www.a.example", "@someone", "a@b.example", "GH-1", "<b>", "</td>", "<!--", "](http://x)"),
    *(
        "javascript:alert(1)",
        "=cmd()",
        "\uff1d1",
        "[x]: y",
        "1. ",
        "- ",
        "---",
        "| --- |",
        ":fire:",
        "$x$",
        "~~~",
        "\r",
        "\u2028",
        "\x9b",
    ),
]
HOSTILE = st.one_of(st.lists(st.sampled_from(MARKUP), max_size=12).map("".join), st.text(max_size=20))
URLS = st.one_of(st.just(""), HOSTILE, HOSTILE.map("https://prom.example.com/".__add__), st.just(RUN))
NAIVE = (datetime(1990, 1, 1), datetime(2090, 1, 1))  # noqa: DTZ001 - what hypothesis wants
MOMENTS = st.datetimes(*NAIVE, timezones=st.just(UTC))
SMALL = st.integers(0, 10_000)
EVENTS = st.builds(event, MOMENTS, source=HOSTILE.map("s".__add__), url=URLS, query=HOSTILE, native_id=HOSTILE)
ROWS = st.builds(
    Row,
    st.text("0123456789abcdef", min_size=12, max_size=12),
    MOMENTS,
    st.none() | MOMENTS,
    st.lists(st.builds(Word, HOSTILE, st.sampled_from(WordKind)), max_size=3).map(tuple),
    st.sampled_from(Kind),
    HOSTILE,
    st.lists(EVENTS, max_size=6).map(lambda events: seen(*events)),
)
LINES = st.lists(HOSTILE, max_size=2).map(tuple)
GAPS = st.lists(st.builds(Gap, HOSTILE, HOSTILE), max_size=2).map(tuple)
COVERAGES = st.builds(Coverage, HOSTILE, HOSTILE, LINES, SMALL, GAPS, st.booleans())
WINDOWS = st.builds(
    lambda start, minutes, zone: Window(start, start + timedelta(minutes=minutes), ZoneInfo(zone)),
    MOMENTS,
    st.integers(1, 10_080),
    st.sampled_from(["UTC", "Europe/Berlin", "Asia/Kathmandu", "America/New_York"]),
)
TIMELINES = st.builds(
    Timeline, WINDOWS, st.lists(ROWS, max_size=4).map(tuple), st.lists(COVERAGES, max_size=3).map(tuple), LINES, SMALL
)
