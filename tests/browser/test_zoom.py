"""The picture in Chromium: what zooming, pointing and filtering do, and what is left without scripts."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

import pm_timeline
from cli.demo import BUNDLE
from cli.render import as_html
from cli.render.axis import axis
from collector.event import Kind
from collector.result import Timeline
from collector.window import Window
from tests.browser.hostile import hostile
from tests.cli.timelines import row, timeline
from tests.servers.chromium import Page, opened

_FOLDER = Path(__file__).parent
_HELP = (_FOLDER / "helpers.js").read_text()
_DRIVE = (_FOLDER / "zoom_steps.js").read_text()
_STILL = """
const box = page.querySelector(".picture").getBoundingClientRect();
const seen = (one) => one.getClientRects().length > 0;
return [box.width > 300 && box.height > 150, page.querySelectorAll("tbody tr").length,
  [...page.querySelectorAll("button, input, #shown, .hint")].filter(seen).length,
  [...page.querySelectorAll(".ticks text")].map((one) => one.textContent)];
"""


_EMPTY = """
return [document.querySelectorAll(".picture, button").length, document.querySelector("p").textContent];
"""
NOON = datetime(2026, 4, 1, 12, tzinfo=UTC)


def lasting(start: datetime, hours: float, zone: str) -> Timeline:
    window = Window(start, start + timedelta(hours=hours), ZoneInfo(zone))
    return timeline(*(row("x", at=at, kind=Kind.ALERT_FIRING) for at in (window.start, window.end)), window=window)


WINDOWS = [
    lasting(NOON, 0.5, "Europe/Berlin"),
    lasting(NOON, 3, "Asia/Kathmandu"),
    lasting(datetime(2026, 10, 24, 23, 30, tzinfo=UTC), 4, "Europe/Berlin"),
    lasting(datetime(2026, 3, 8, 5, tzinfo=UTC), 6, "America/New_York"),
    lasting(NOON + timedelta(hours=9), 5, "UTC"),
    lasting(NOON, 24 * 400, "Europe/London"),
    # A row before the window lengthens the axis, with a part of a second.
    timeline(row("x", at=NOON - timedelta(minutes=7, seconds=3.3)), window=Window(NOON, NOON + timedelta(hours=1))),
    hostile(),
]


@pytest.fixture(scope="module")
def demo() -> Timeline:
    return pm_timeline.replay(BUNDLE)


@pytest.fixture(scope="module")
def found(demo: Timeline) -> list[Any]:
    """What is seen in each page, with one start of the browser."""
    page, ticks = as_html.render(demo), f"{_HELP} click('whole'); return ticks();"
    return opened(
        [
            Page(page, _HELP + _DRIVE),
            Page(page, _STILL, scripts=False),
            Page(as_html.render(timeline()), _EMPTY),
            *(Page(as_html.render(one), ticks) for one in WINDOWS),
        ]
    )


def drawn(made: Timeline) -> list[str]:
    """The labels of the clock as the picture has them without a script."""
    return [label for _, label in axis(made, 150, 940).ticks()]


def test_the_picture_of_the_demo_zooms(demo: Timeline, found: list[Any]) -> None:
    steps = found[0]
    assert steps["whole"] == [drawn(demo), ""]
    assert steps["closer"] == [
        ["14:08", "14:10", "14:12", "14:14", "14:16", "14:18", "14:20", "14:22"],
        "14:07 to 14:22",
        True,
    ]
    assert steps["later"] == "14:11 to 14:26"
    assert steps["unmeant"] == ""
    # Where the pointer stands the time stays.
    assert steps["wheel"] == ["14:01 to 14:25", True]
    assert steps["meant"] == ""
    assert steps["closest"] == ["14:14:55 to 14:15:05", "true"]
    assert steps["hidden"]
    assert steps["focused"][:2] == [False, "14:11:55 to 14:12:05"]
    assert "Maria Ortiz (on-call) identifies" in steps["focused"][2]
    assert steps["wider"] == "14:11:50 to 14:12:10"
    assert steps["dragged"] == ["14:15:00 to 14:18:00", 0]
    assert steps["print"] == ["", True]
    assert steps["printed"] == ["14:15:00 to 14:18:00", False]
    assert steps["pointed"].startswith("7: 14:22 Rollback to 1.4.9 complete")
    assert "run 483" in steps["pointed"]
    assert steps["filtered"] == [["row-6", "row-7"], 2, "2 of 8 rows"]


def test_without_scripts_it_is_a_still_picture(demo: Timeline, found: list[Any]) -> None:
    assert found[1] == [True, 8, 0, drawn(demo)]


def test_a_page_without_rows_has_no_picture_and_no_error(found: list[Any]) -> None:
    assert found[2] == [0, "The sources saw nothing in this window that belongs in the table."]


def test_the_script_prints_times_as_the_table_does(found: list[Any]) -> None:
    assert found[3:] == [drawn(one) for one in WINDOWS]
    assert (found[5][0], found[7][0]) == ("01:30+02:00", "2026-04-01 21:00")
