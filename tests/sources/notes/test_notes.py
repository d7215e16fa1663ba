import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta, timezone, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import ValidationError

from collector.event import Event, Kind
from collector.secrets import Scrubber
from collector.source import BadAnswer, Deadline, Document, Gap
from collector.window import Window
from collector.written_zones import UnclearZone, find_zone
from sources.notes import NotesSettings, NotesSource
from sources.notes.fetch import LARGEST

BERLIN = ZoneInfo("Europe/Berlin")
MINUTE = timedelta(minutes=1)
TICK = timedelta(microseconds=1)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


WINDOW = Window(utc("2026-04-01 14:00"), utc("2026-04-01 14:30"))


def source(**settings: object) -> NotesSource:
    return NotesSource("notes", NotesSettings.model_validate(settings), Scrubber())


def read(text: str, window: Window = WINDOW) -> tuple[list[Event], list[Gap]]:
    given = list(source().read([Document("file", "notes.md", WINDOW.end, text)], window))
    return [item for item in given if isinstance(item, Event)], [item for item in given if isinstance(item, Gap)]


def told(text: str, window: Window = WINDOW) -> list[tuple[str, str]]:
    events, gaps = read(text, window)
    assert gaps == []
    return [(f"{event.at:%Y-%m-%d %H:%M:%S}", event.summary) for event in events]


FORMS = [
    "14:12 Maria finds it",
    "  14:12\tMaria finds it  ",
    "14:12: Maria finds it",
    "14:12 - Maria finds it",
    "14:12-Maria finds it",
    "14:12 – Maria finds it",  # noqa: RUF001 - what word processors make of a hyphen
    "14:12 | Maria finds it",
    "14:12, Maria finds it",
    "- 14:12 Maria finds it",
    "* 14:12 Maria finds it",
    "1. 14:12 Maria finds it",
    "- [ ] 14:12 Maria finds it",
    "- [x] **14:12** Maria finds it",
    "> - 14:12 Maria finds it",
    "### 14:12 Maria finds it",
    "**14:12** Maria finds it",
    "**14:12:** Maria finds it",
    "**14:12** - Maria finds it",
    "[14:12] Maria finds it",
    "**[14:12]** Maria finds it",
    "`14:12` Maria finds it",
    "| 14:12 | Maria finds it |",
    "|**14:12**|Maria finds it|",
    "14:12 UTC Maria finds it",
    "14:12Z Maria finds it",
    "2:12 PM Maria finds it",
    "2:12\u202fpm Maria finds it",
    "2:12 p.m. Maria finds it",
    "2026-04-01 14:12 Maria finds it",
    "2026-04-01, 14:12 Maria finds it",
    "2026-04-01T14:12Z Maria finds it",
    "2026-04-01T09:42-04:30 Maria finds it",
    "2026-04-01 16:12+02:00 Maria finds it",
    "2026-04-01 16:12 +0200 Maria finds it",
    "16:12+02:00 Maria finds it",
    "16:12 +02:00 Maria finds it",
    "16:12+2 Maria finds it",
    "16:12 UTC+2 Maria finds it",
    "16:12 UTC+02:00: Maria finds it",
    "9:12 GMT-5 - Maria finds it",
    "14:12UTC Maria finds it",
    "14:12 utc Maria finds it",
    "14:12 (UTC) Maria finds it",
    "[14:12 UTC] Maria finds it",
    "**16:12 CEST** Maria finds it",
    "| 16:12 CEST | Maria finds it |",
    "4:12 pm CEST Maria finds it",
    "7:12 AM PDT, Maria finds it",
    "2026-04-01 10:12 EDT Maria finds it",
    "10:12 ET Maria finds it",
    "19:42 Asia/Kolkata Maria finds it",
    "23:12 JST Maria finds it",
    "22:12 SGT Maria finds it",
    "16:12 UTC +02:00 Maria finds it",
    "9:12 UTC\u22125 Maria finds it",
    "9:12 UTC\u201305:00 Maria finds it",
    "9:12 UTC-05 Maria finds it",
    "16:12 +02 Maria finds it",
]


@pytest.mark.parametrize("form", FORMS)
def test_the_forms_in_which_people_write(form: str) -> None:
    (event,), gaps = read(f"\n{form}\r\n")
    assert gaps == []
    assert (event.at, event.summary) == (utc("2026-04-01 14:12"), "Maria finds it")
    assert (event.earliest, event.latest) == (event.at, event.at + MINUTE - TICK)
    assert (event.kind, event.native_id, event.query, event.actor) == (Kind.NOTE, "file:2", "notes.md:2", "")


@pytest.mark.parametrize(
    ("form", "width"),
    [
        ("14:12:30 x", timedelta(seconds=1)),
        ("14:12:30.5 x", timedelta(milliseconds=100)),
        ("2026-04-01T14:12:30.123456789Z x", TICK),
    ],
)
def test_a_time_is_as_exact_as_it_was_written(form: str, width: timedelta) -> None:
    (event,), _ = read(form)
    assert (event.at.replace(microsecond=0), event.summary) == (utc("2026-04-01 14:12:30"), "x")
    assert event.latest - event.earliest == width - TICK


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("14:12 -5% traffic", "-5% traffic"),
        ("14:12 :fire: alert", ":fire: alert"),
        ("14:12-14:18 rollback", "rollback (until 14:18)"),
        ("2026-04-01 14:12-04:18 rollback", "04:18 rollback"),
        ("14:12 am Server", "am Server"),
        ("14:12 Uhr: Fehler", "Fehler"),
        ("14:12 Uhrwerk steht", "Uhrwerk steht"),
        ("14:12 amber alert", "amber alert"),
        ("14:12 POST /pay fails", "POST /pay fails"),
        ("**14:12 all of it bold**", "**all of it bold**"),
        ("| 14:12 | a \\| b | who | |", "a | b | who"),
        ("14:12 <b>&amp;</b> =1+1 `x`", "<b>&amp;</b> =1+1 `x`"),
        ("14:12 +2 pods", "+2 pods"),
        ("14:12 +1500 requests", "+1500 requests"),
        ("14:12-18:30 rollback", "rollback (until 18:30)"),
        ("14:12 UTC - 5 pods crash", "5 pods crash"),
        ("14:12 UTC-14:18 rollback", "rollback (until 14:18)"),
        ("14:12 CPU/Memory rises", "CPU/Memory rises"),
        ("14:12 est. 5 min", "est. 5 min"),
        ("14:12 PT-BR is broken", "PT-BR is broken"),
        ("14:12 Response time rises", "Response time rises"),
        ("14:12 Central cache is full", "Central cache is full"),
        ("14:12 Z-index is wrong", "Z-index is wrong"),
    ],
)
def test_the_text_is_left_as_it_was_written(written: str, text: str) -> None:
    assert told(written) == [("2026-04-01 14:12:00", text)]


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("14:12 CST Maria", "has a time in CST, which has several meanings (Chicago, China or Cuba)"),
        ("14:12 (IST) Maria", "has a time in IST, which has several meanings (India, Ireland or Israel)"),
        ("14:12 PST Maria", "has a time in PST, which clocks do not show on that day"),
        ("14:12 CET Maria", "has a time in CET, which clocks do not show on that day"),
        ("02:12 UTC-03:00 x", "has a time in UTC-03:00, which may be an offset or the end of a span"),
        ("14:12 UTC+25 Maria", "has a time in UTC+25, which no clock shows"),
        ("14:12 UTC +2 Maria", "has a time in UTC with a number, which may be an offset or belong to the text"),
        ("14:12 Europe/Berlln Maria", "has a time in Europe/Berlln, which is no zone"),
        ("14:12 GST Omar", "has a time in GST, which has several meanings (Gulf or South Georgia)"),
        ("14:12-04:00 Maria", "has a time with -04:00, which may be an offset from UTC or the end of a span"),
        ("14:12-5 errors", "has a time with -5, which may be an offset from UTC or belong to the text"),
        ("14:12 -05 Maria", "has a time with -05, which may be an offset from UTC or belong to the text"),
        ("14:12+99:00 Maria", "has a time with +99:00, which no clock shows"),
        ("14:12 UTC + 2 Maria", "has a time in UTC with a number, which may be an offset or belong to the text"),
        ("14:12 CLT Maria", "has a time in CLT, which is not known here"),
        ("14:12 Pacific time Maria", "has a time in Pacific time, which is known here only by its abbreviation"),
        ("14:12 +1000 requests", "has a time with +1000, which may be an offset from UTC or belong to the text"),
    ],
)
def test_a_zone_that_is_not_clear_is_refused_by_its_line(written: str, why: str) -> None:
    events, gaps = read(f"\n{written}")
    assert events == []
    assert [gap.reason.partition(': "')[0] for gap in gaps] == [f"notes.md:2 {why}"]


@pytest.mark.parametrize(
    "header", ["Time (CEST)", "Zeit [Europe/Berlin]", "Time (UTC+2)", "Time CEST", "When (+02:00)"]
)
def test_the_zone_in_the_header_of_a_table_counts_for_its_rows(header: str) -> None:
    table = f"| {header} | What |\n|---|---|\n| 16:12 | a |\n| 14:13 UTC | b |\n\n- 14:14 c\n| 14:15 | d |"
    assert told(table) == [(f"2026-04-01 14:{minute}:00", text) for minute, text in enumerate("abcd", start=12)]


def test_a_zone_behind_utc_in_a_header_is_no_span() -> None:
    for header in ("Time (UTC-05:00)", "Time (-05:00)"):
        assert told(f"| {header} | What |\n|---|---|\n| 9:12 | a |") == [("2026-04-01 14:12:00", "a")]


def test_a_header_without_a_clear_zone() -> None:
    for header in ("Time", "TIME", "Time (local)", "", "Time (minutes)"):
        assert told(f"| {header} | What |\n|---|---|\n| 14:12 | a |") == [("2026-04-01 14:12:00", "a")]
    events, (gap,) = read("| Time (CST) | What |\n|---|---|\n| 14:12 | a |")
    assert events == []
    assert gap.reason.startswith("notes.md:3 is in a table that has a time in CST, which has several meanings")


@pytest.mark.parametrize("row", ["| Time | Who | What |\n|-|-|-|\n| 14:12 | Ida | it is down |",
                                 "| Zeit | Ereignis | Wer |\n|-|-|-|\n| 14:12 | it is down | Ida |"])  # fmt: skip
def test_who_a_column_names_is_the_speaker(row: str) -> None:
    assert told(row) == [("2026-04-01 14:12:00", "Ida: it is down")]
    for nobody in ("-", ""):
        assert "Ida" not in told(row.replace("Ida", nobody))[0][1]
        assert ":" not in told(row.replace("Ida", nobody))[0][1]


def test_an_abbreviation_means_the_same_offset_all_year() -> None:
    winter = Window(utc("2026-01-07 22:00"), utc("2026-01-07 23:00"))
    assert told("14:12 PST x\n2026-01-07 17:12 EST y", winter) == [
        ("2026-01-07 22:12:00", "x"),
        ("2026-01-07 22:12:00", "y"),
    ]
    assert read("15:12 PDT x", winter)[0] == []


def test_a_document_of_all_forms() -> None:
    text = """\
# Incident 2026-04-01

Timeline
- 14:12 Maria finds it,
  the new deploy
  - checked twice

```
14:14 pasted
from chat
```
| Time  | What happened |
| :---- | ------------- |
| 14:18 | Rollback      |
| later | Coffee        |
---
14:22
over
14:23
25:10 nonsense
12:75 nonsense
2026-02-30 14:12 nonsense
"""
    events, gaps = read(text)
    assert [(event.native_id, event.summary) for event in events] == [
        ("file:4", "Maria finds it, the new deploy - checked twice"),
        ("file:9", "pasted from chat"),
        ("file:14", "Rollback"),
        ("file:17", "over"),
    ]
    assert [gap.reason for gap in gaps] == [
        'notes.md:3 has no time and follows no note: "Timeline"',
        'notes.md:15 is a row without a time: "| later | Coffee |"',
        "notes.md:19 has a time and no text",
        'notes.md:20 begins with a time that does not exist: "25:10 nonsense"',
        'notes.md:21 begins with a time that does not exist: "12:75 nonsense"',
        'notes.md:22 begins with a date that does not exist: "2026-02-30 14:12 nonsense"',
    ]
    assert all("14:12" in gap.hint for gap in gaps)


def test_a_long_line_without_a_time_is_quoted_in_short() -> None:
    (gap,) = read("x" * 500)[1]
    assert "xxx…" in gap.reason
    assert len(gap.reason) < 200


def test_a_time_falls_into_the_window_else_nearest_to_it() -> None:
    night = Window(utc("2026-04-01 23:30"), utc("2026-04-02 00:30"))
    assert told("23:45 a\n00:15 b\n01:00 c\n22:00 d", night) == [
        ("2026-04-01 23:45:00", "a"),
        ("2026-04-02 00:15:00", "b"),
        ("2026-04-02 01:00:00", "c"),
        ("2026-04-01 22:00:00", "d"),
    ]
    berlin = Window(night.start, night.end, BERLIN)
    assert told("01:45 a\n02:15 b", berlin) == [("2026-04-01 23:45:00", "a"), ("2026-04-02 00:15:00", "b")]
    # The minute of the note overlaps the window, although it began before.
    late = Window(utc("2026-04-01 14:00:30"), utc("2026-04-01 14:30"))
    assert told("14:00 a", late) == [("2026-04-01 14:00:00", "a")]


def test_a_time_that_is_in_the_window_twice_is_told() -> None:
    events, gaps = read("14:12 a", Window(utc("2026-04-01 14:00"), utc("2026-04-03 14:30")))
    assert [event.at for event in events] == [utc("2026-04-01 14:12")]
    assert [gap.reason for gap in gaps] == ["notes.md:1: 14:12 is in the window 3 times, taken for 2026-04-01"]


def test_a_local_time_that_the_clocks_skip_is_a_gap() -> None:
    window = Window(utc("2026-03-29 00:30"), utc("2026-03-29 02:00"), BERLIN)
    for written in ("02:30 x", "2026-03-29 02:30 x"):
        events, gaps = read(written, window)
        assert events == []
        assert [gap.reason for gap in gaps] == [
            'notes.md:1 has a time, 02:30, that the clocks skipped on that day: "x"'
        ]
    assert told("2026-03-29 02:30Z x", window) == [("2026-03-29 02:30:00", "x")]


@pytest.mark.parametrize("hour", [0, 1])
def test_a_local_time_that_the_clocks_repeat_may_be_either_and_is_taken_for_the_one_in_the_window(hour: int) -> None:
    start = utc(f"2026-10-25 0{hour}:20")
    (event,), gaps = read("02:30 x", Window(start, start + 20 * MINUTE, BERLIN))
    assert gaps == []
    assert event.at == utc(f"2026-10-25 0{hour}:30")
    assert (event.earliest, event.latest) == (utc("2026-10-25 00:30"), utc("2026-10-25 01:31") - TICK)


def test_a_local_time_that_the_clocks_repeat_in_the_window_is_named() -> None:
    (event,), (gap,) = read("02:30 x", Window(utc("2026-10-25 00:00"), utc("2026-10-25 02:00"), BERLIN))
    assert event.at == utc("2026-10-25 00:30")
    assert gap.reason == "notes.md:1: clocks showed 02:30 twice in the window, taken for the first time"
    assert gap.hint == "write the offset, 02:30+02:00 or 02:30+01:00"


def test_dates_at_the_end_of_time_are_gaps() -> None:
    far = Window(WINDOW.start, WINDOW.end, timezone(timedelta(hours=14)))
    events, gaps = read("0001-01-01 00:00 x\n9999-12-31 23:59 -11:18 y\n9999-12-31T23:59-11:00 z", far)
    assert [event.summary for event in events] == ["-11:18 y"]
    assert [gap.reason for gap in gaps] == [
        'notes.md:1 has a date that is out of range: "x"',
        'notes.md:3 has a date that is out of range: "z"',
    ]


ZONES = st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"]).map(
    ZoneInfo
)
OFFSETS = st.integers(-12 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
LENGTHS = st.timedeltas(timedelta(minutes=1), timedelta(hours=20))
WRITERS: list[Callable[[datetime], str]] = [
    lambda at: f"{at:%H:%M}",
    lambda at: f"{at:%H:%M:%S}",
    lambda at: f"- **{at:%H:%M}**",
    lambda at: f"{at.hour % 12 or 12}:{at:%M %p}",
    lambda at: f"{at:%Y-%m-%d %H:%M}:",
    lambda at: at.isoformat(timespec="seconds"),
    lambda at: at.astimezone(UTC).isoformat(),
]


@given(
    st.timedeltas(timedelta(0), timedelta(days=3650)).map(utc("2020-01-01 00:00").__add__),
    LENGTHS,
    ZONES | OFFSETS,
    st.data(),
)
def test_a_time_in_the_window_comes_back_however_it_was_written(
    start: datetime, length: timedelta, tz: tzinfo, data: st.DataObject
) -> None:
    window = Window(start, start + length, tz)
    at = start + data.draw(st.timedeltas(timedelta(0), length))
    write = data.draw(st.sampled_from(WRITERS))
    (event,), gaps = read(f"{write(at.astimezone(tz))} x", window)
    assert gaps == []
    assert event.earliest <= at <= event.latest
    assert window.overlaps(event.earliest, event.latest)
    assert event.summary == "x"


PLAIN = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="#`~|\\"), max_size=60)
TIMED = st.builds(
    "{} {}".format, st.sampled_from(["14:12", "- 14:12:30", "25:10", "**14:12** -", "2026-04-01 1:02"]), PLAIN
)


def is_zone(word: str) -> bool:
    """Whether it is a part of the time that it follows."""
    try:
        return find_zone(f"14:12 {word}", 5, time(14, 12), exact=True) is not None
    except UnclearZone:
        return False


@given(st.lists(PLAIN | TIMED, max_size=6))
@example(["0:00 Pacific/Honolulu", "0:00UTC", "0"])
@example(["0/0", "0:00"])
def test_nothing_that_was_written_is_lost(lines: list[str]) -> None:
    events, gaps = read("\n".join(lines))
    kept = re.sub(r"\s", "", "".join([event.summary for event in events] + [gap.reason for gap in gaps]))
    for line in lines:
        # Times, separators and list marks go; rules (`---`) are no text.
        for word in re.split(r"[\s:*\[\]()<>_+.,0-9–—-]+", line):  # noqa: RUF001 - dashes are separators
            assert word.removeprefix("•") in kept or is_zone(word)


@given(st.text() | st.lists(st.text("0123456789:-|*# .aAmMpPZT\n\u202f", max_size=30)).map("\n".join))
def test_no_text_crashes_it(text: str) -> None:
    events, _ = read(text)
    assert all(len(event.summary.splitlines()) == 1 for event in events)


def test_lines_each_stand_for_themselves_and_come_before_the_file(tmp_path: Path) -> None:
    file = tmp_path / "notes.md"
    file.write_bytes(b"\xef\xbb\xbf14:18 from a file\r\n")
    notes = source(file=str(file), lines=["14:12 Maria\nfinds it", "later", "14:13 half \udcff"])
    documents = [document for document in notes.fetch(WINDOW, Deadline(5)) if isinstance(document, Document)]
    assert [(document.call, document.asked) for document in documents] == [("lines", "--note"), ("file", str(file))]
    given = list(notes.read(documents, WINDOW))
    assert [(e.native_id, e.query, e.summary) for e in given if isinstance(e, Event)] == [
        ("lines:1", "--note:1", "Maria finds it"),
        ("lines:3", "--note:3", "half �"),
        ("file:1", f"{file}:1", "from a file"),
    ]
    assert [g.reason for g in given if isinstance(g, Gap)] == ['--note:2 has no time and follows no note: "later"']


def test_lines_of_another_shape_do_not_crash_it() -> None:
    for body in ("{}", "null", "[1, null, [2]]", '"14:12 x"'):
        assert list(source().read([Document("lines", "--note", WINDOW.end, body)], WINDOW))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "FileNotFoundError"),
        (b"14:12 a\0b", "null bytes"),
        ("14:12 naïve".encode("latin-1"), r"not UTF-8 \(byte 8\)"),
        ("14:12 x".encode("utf-16"), "not UTF-8"),
        (b"x" * (LARGEST + 1), "larger than 1024 KiB"),
    ],
)
def test_a_file_that_is_no_notes_is_named(tmp_path: Path, content: bytes | None, reason: str) -> None:
    file = tmp_path / "notes.md"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(BadAnswer, match=reason) as caught:
        list(source(file=file).fetch(WINDOW, Deadline(5)))
    assert str(file) in caught.value.reason
    assert caught.value.hint


def test_a_folder_is_no_file_but_the_lines_given_still_count(tmp_path: Path) -> None:
    feed = source(file=tmp_path, lines=["14:12 x"]).fetch(WINDOW, Deadline(5))
    first = next(feed)
    assert isinstance(first, Document)
    assert json.loads(first.text) == ["14:12 x"]
    with pytest.raises(BadAnswer, match="IsADirectoryError"):
        next(feed)


def test_no_notes_are_no_trouble() -> None:
    assert list(source().fetch(WINDOW, Deadline(5))) == []
    with pytest.raises(ValidationError):
        source(files="x")


def test_a_bundle_reads_its_notes_in_the_zone_in_which_they_were_captured() -> None:
    asked = Document("file", "notes.md", WINDOW.end, "16:12 Maria finds it")
    (note,) = source(tz="Europe/Berlin").read([asked], WINDOW)
    assert isinstance(note, Event)
    assert note.at == utc("2026-04-01 14:12")
