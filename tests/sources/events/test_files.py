"""Files of every sort: what is in them is read, and what cannot be is named."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from collector.source import BadAnswer, Deadline, Denied
from collector.window import Window
from sources.events import EventsSettings, records
from sources.events import fetch as fetching
from sources.events.files import LONGEST_LINE
from tests.collector.build import WINDOW
from tests.sources.events.exports import read_file, told, written

NOTE = {"time": "2026-04-01T14:12:00Z", "kind": "note", "text": "we see it"}
OTHER = {"time": "2026-04-01T14:13:00Z", "kind": "note", "text": "it is gone"}
BOTH = ["14:12:00 note we see it", "14:13:00 note it is gone"]


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(NOTE) + "\n" + json.dumps(OTHER),
        json.dumps(NOTE) + "\r\n\r\n" + json.dumps(OTHER) + "\r\n",
        json.dumps([NOTE, OTHER]),
        json.dumps([NOTE, OTHER], indent=2),
        json.dumps({"total": 2, "items": [NOTE, OTHER]}),
        json.dumps({"total": 2, "items": [NOTE, OTHER]}, indent=2),
        "\ufeff" + json.dumps(NOTE) + "\n" + json.dumps(OTHER),
        # As `jq .` and tools that ask for pages write them.
        json.dumps(NOTE, indent=2) + "\n" + json.dumps(OTHER, indent=2) + "\n",
        json.dumps([NOTE]) + json.dumps([OTHER]),
        json.dumps({"items": [NOTE]}, indent=1) + "\n" + json.dumps({"items": [OTHER]}, indent=1),
    ],
)
def test_json_in_every_shape(text: str, tmp_path: Path) -> None:
    path = tmp_path / "export.json"
    path.write_text(text, encoding="utf-8", newline="")
    events, gaps = read_file(path)
    assert (told(events), gaps) == (BOTH, [])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_as_spreadsheets_write_it(delimiter: str, encoding: str, tmp_path: Path) -> None:
    rows = [["Time", "Kind", "Text"], ["2026-04-01T14:12:00Z", "note", '"we see\n it"'], ["", "", ""]]
    rows += [["2026-04-01T14:13:00Z", "note", '"it ""is"" gone"']]
    path = tmp_path / "export.csv"
    path.write_text("\r\n".join(delimiter.join(row) for row in rows), encoding=encoding, newline="")
    events, gaps = read_file(path)
    assert ([one.summary for one in events], gaps) == (["we see it", 'it "is" gone'], [])
    assert events[1].query == f"{path}:5"


def test_bad_lines_are_counted_and_named_and_the_rest_is_read(tmp_path: Path) -> None:
    path = written(
        tmp_path, NOTE, "{broken", "[1, 2]", {"kind": "note"}, "x" * (LONGEST_LINE + 10), {**NOTE, "time": "soon"},
        '{"time": "2026-04-01T14:12:30Z", "kind": "no\\ud800te"}', OTHER,
    )  # fmt: skip
    events, gaps = read_file(path)
    assert told(events) == BOTH
    unknown, bad = sorted((gap.reason for gap in gaps), key=lambda reason: reason.startswith(str(tmp_path)))
    assert bad == (
        f"{path}: 5 lines are no events and were left out: line 2 is no JSON object, line 3 is no JSON object,"
        " line 4 has no time, line 5 is too long,"
        " line 6 has a time that is not understood; declare its form as time_format"
    )
    assert unknown.startswith("1 event is of a kind that is not understood: no")


def test_a_quote_without_its_end_and_a_line_too_long_in_csv(tmp_path: Path) -> None:
    lines = ["time,kind,text", "2026-04-01T14:12:00Z,note,we see it", "x" * (LONGEST_LINE + 10), '"open'] + [
        "y" * 1000
    ] * 200
    path = tmp_path / "a.csv"
    path.write_text("\n".join(lines))
    events, gaps = read_file(path)
    assert told(events) == BOTH[:1]
    assert "line 3 is too long" in gaps[0].reason
    assert "is no CSV: a quote without its end?" in gaps[0].reason


@pytest.mark.parametrize("kind", ["missing", "fifo", "binary", "directory", "device", "name"])
def test_what_is_no_file_of_events_is_one_error(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "it"
    if kind == "fifo":
        os.mkfifo(path)
    elif kind == "binary":
        path.write_bytes(b"\x1f\x8b\x08\x00\x00\x00")
    elif kind == "directory":
        path.mkdir()
    with pytest.raises(BadAnswer) as bad:
        read_file({"device": Path("/dev/zero"), "name": Path("a\0b")}.get(kind, path))
    assert "\n" not in bad.value.reason


def test_a_file_that_may_not_be_read_is_denied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path, NOTE)

    def refuse(*_: Any) -> int:
        raise PermissionError

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(Denied):
        read_file(path)


def test_of_a_folder_all_files_are_read_and_one_that_cannot_be_is_a_gap(tmp_path: Path) -> None:
    written(tmp_path, NOTE, name="a.jsonl")
    written(tmp_path, OTHER, name="b.log")
    (tmp_path / "c.json").write_bytes(b"\0\1\2")
    (tmp_path / ".hidden").write_bytes(b"\0")
    os.mkfifo(tmp_path / "pipe")
    events, gaps = read_file(tmp_path)
    assert told(events) == BOTH
    assert [gap.reason for gap in gaps] == [f"{tmp_path}/c.json is not text"]
    assert told(read_file(tmp_path / "*.jsonl")[0]) == BOTH[:1]


def test_only_what_is_of_the_window_and_the_days_before_is_kept(tmp_path: Path) -> None:
    lines = [{**NOTE, "time": f"2026-{month:02}-01T00:00:00Z"} for month in range(1, 13)] + [NOTE]
    lines += [
        {**NOTE, "time": time} for time in ("2026-04-01T14:00:00Z", "2026-04-01T14:30:00Z", "2026-03-29T15:00:00Z")
    ]
    events, _ = read_file(written(tmp_path, *lines))
    assert [f"{one.at:%m-%d %H:%M}" for one in events] == [
        "03-29 15:00", "04-01 00:00", "04-01 14:00", "04-01 14:12", "04-01 14:30",
    ]  # fmt: skip


def test_of_a_flood_so_many_are_kept_and_the_rest_is_a_gap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "MOST_KEPT", 10)
    monkeypatch.setattr(fetching, "_PER_DOCUMENT", 4)
    events, gaps = read_file(written(tmp_path, *[{**NOTE, "text": str(n)} for n in range(100)]))
    assert len(events) == 12
    assert "cut off after 10 records" in gaps[0].reason


def test_what_was_read_before_the_time_was_up_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "_BETWEEN_CHECKS", 10)
    left = iter([10.0, 10.0, 0.1])
    monkeypatch.setattr(Deadline, "remaining", lambda _: next(left))
    path = written(tmp_path, *[{**NOTE, "text": str(n)} for n in range(100)])
    events, gaps = read_file(path)
    assert len(events) == 20
    assert [gap.reason for gap in gaps] == [f"{path}: not read from line 21 on, the time was up"]


def test_a_document_too_large_is_read_line_by_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "LARGEST_DOCUMENT", 100)
    events, gaps = read_file(written(tmp_path, "[broken", *[NOTE] * 10))
    assert len(events) == 10
    assert "line 1 is no JSON object" in gaps[0].reason


def test_a_time_without_a_zone_is_in_that_of_the_timeline_and_said_or_in_the_declared_one(tmp_path: Path) -> None:
    from zoneinfo import ZoneInfo

    path = written(tmp_path, {**NOTE, "time": "2026-04-01 16:12:00"})
    window = Window(WINDOW.start, WINDOW.end, ZoneInfo("Europe/Berlin"))
    events, gaps = read_file(path, window)
    assert (told(events), [gap.reason for gap in gaps]) == (
        BOTH[:1], [f"{path}: 1 time has no zone and was read in Europe/Berlin"],
    )  # fmt: skip
    events, gaps = read_file(path, tz="Europe/Berlin")
    assert (told(events), gaps) == (BOTH[:1], [])


@pytest.mark.parametrize(
    "wrong",
    [
        {"tz": "Mars"}, {"fixed": {"time": "x"}}, {"fields": {"kind": "a"}, "fixed": {"kind": "note"}},
        {"fixed": {"kind": "party"}}, {"kinds": {"done": "party"}}, {"fields": {"colour": "x"}}, {"format": "xml"},
    ],
)  # fmt: skip
def test_wrong_settings_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        EventsSettings.model_validate({"path": "x", **wrong})


@pytest.mark.parametrize("text", ["", "\n\n", "[]"])
def test_a_file_without_events_is_a_gap(text: str, tmp_path: Path) -> None:
    path = tmp_path / "export.json"
    path.write_text(text)
    events, gaps = read_file(path)
    assert ([*events], [gap.reason for gap in gaps]) == ([], [f"{path} has no events in it"])
