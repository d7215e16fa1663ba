"""pm-timeline from Python, as in a notebook."""

import base64
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from zoneinfo import ZoneInfo

import html5lib
import pandas
import pytest

import collector.version
import pm_timeline
from collector.frame import DTYPES
from collector.replay import BundleReader
from collector.timeline import Timeline
from tests.cli.timelines import START, demo, event, row, timeline
from tests.servers.process import ROOT

DEMO = ROOT / "fixtures" / "checkout-incident.zip"
DEAD = {"sources": {"prom": {"type": "prometheus", "url": "http://127.0.0.1:1", "timeout": 0.2}}}
WINDOW = ("2026-04-01T14:00Z", "2026-04-01T14:30Z")
NOTE = "14:12 Maria finds it"


def test_a_bundle_becomes_a_frame(capfd: pytest.CaptureFixture[str]) -> None:
    frame = pm_timeline.replay(DEMO).to_frame()
    assert list(frame["kind"])[:2] == ["deploy.started", "pod.ready"]
    first = frame.iloc[0]
    assert first["time"] == pandas.Timestamp("2026-04-01T14:02:20Z")
    assert first["end"] is pandas.NaT
    assert first["text"].startswith("Deploy of checkout 1.5.0")
    assert (first["service"], first["sources"]) == ("checkout", ("github", "kubernetes"))
    assert first["evidence"][0].startswith("https://github.com/acme/checkout/actions/runs/")
    assert first["events"] == 4
    assert frame["time"].is_monotonic_increasing
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("made", [timeline(), timeline(row("a", event())), timeline(row("b", event(), event()))])
def test_columns_and_dtypes_are_always_those_that_are_documented(made: Timeline) -> None:
    frame = made.to_frame()
    assert {name: str(dtype) for name, dtype in frame.dtypes.items()} == DTYPES
    assert list(frame.columns) == list(DTYPES)
    assert len(frame) == len(made.rows)
    documented = re.findall(r"^\| `(\w+)` \| `([^`]+)` \|", (ROOT / "README.md").read_text(), re.MULTILINE)
    assert dict(documented) == DTYPES


def test_a_time_of_any_year_fits_into_a_frame() -> None:
    early, late = (START.replace(year=year) for year in (1, 9999))
    frame = timeline(row("a", event(), at=early), row("b", event(), at=late)).to_frame()
    assert [moment.to_pydatetime() for moment in frame["time"]] == [early, late]


def test_dead_systems_cost_their_rows_and_print_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    made = pm_timeline.timeline(*WINDOW, config=DEAD, tz="UTC", note=NOTE)
    assert [row.text for row in made.rows] == ["Maria finds it"]
    assert [(source.source, source.failed) for source in made.coverage] == [("prom", True), ("notes", False)]
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("start", "end", "tz"),
    [
        (START, START + timedelta(minutes=30), None),
        (datetime(2026, 4, 1, 16), datetime(2026, 4, 1, 16, 30), "Europe/Berlin"),  # noqa: DTZ001 - in `tz`
        (datetime(2026, 4, 1, 16, tzinfo=ZoneInfo("Europe/Berlin")), "+30m", ZoneInfo("Asia/Tokyo")),
        (pandas.Timestamp("2026-04-01T14:00Z"), pandas.Timestamp("2026-04-01 16:30+02:00"), "UTC"),
        ("2026-04-01 14:00", "14:30", "UTC"),
    ],
)
def test_start_and_end_are_datetimes_or_text(start: datetime | str, end: datetime | str, tz: str | None) -> None:
    window = pm_timeline.timeline(start, end, config=DEAD, tz=tz, note="2026-04-01T14:12Z x").window
    assert (window.start, window.end) == (START, START + timedelta(minutes=30))
    assert type(window.start) is datetime


def test_what_was_captured_is_replayed(tmp_path: Path) -> None:
    bundle = tmp_path / "incident.zip"
    (tmp_path / "pm-timeline.toml").write_text(
        'tz = "Europe/Berlin"\n[sources.notes-of-ana]\ntype = "notes"\nlines = ["16:12 x"]\n'
    )
    made = pm_timeline.timeline(*WINDOW, config=tmp_path / "pm-timeline.toml", capture=str(bundle))
    assert [f"{row.at:%H:%M}" for row in made.rows] == ["14:12"]
    assert pm_timeline.replay(str(bundle)) == made
    narrow = pm_timeline.replay(bundle, start=START + timedelta(minutes=15), sources="notes-of-ana")
    assert narrow.rows == ()


def test_rows_are_pinned_and_dropped_names_joined_and_clocks_shifted() -> None:
    whole = demo()
    first, second = whole.rows[:2]
    fewer = pm_timeline.replay(DEMO, drops=second.id)
    assert [row.id for row in fewer.rows] == [row.id for row in whole.rows if row.id != second.id]
    assert len(pm_timeline.replay(DEMO, drops=[second.id], pins=second.id).rows) == len(whole.rows)
    for offsets in ({"github": timedelta(seconds=3)}, "github=+3s"):
        shifted = pm_timeline.replay(DEMO, clock_offsets=offsets)
        assert {row.id: row.at for row in shifted.rows}[first.id] == first.at + timedelta(seconds=3)
    renamed = pm_timeline.replay(DEMO, aliases={"checkout": "shop-checkout"})
    assert first.service == "checkout"
    assert "shop-checkout" in {row.service for row in renamed.rows}
    with pytest.raises(pm_timeline.UsageError, match=r"^clock_offsets nobody=.*: no such source; there are: "):
        pm_timeline.replay(DEMO, clock_offsets={"nobody": timedelta(seconds=3)})


def test_errors_have_types_and_name_the_argument(tmp_path: Path) -> None:
    with pytest.raises(pm_timeline.UsageError, match=r"^start '2 pm': not a time; write 14:00"):
        pm_timeline.timeline("2 pm", "now", config=DEAD)
    with pytest.raises(pm_timeline.UsageError, match=r"^end 'NaT': not a time"):
        pm_timeline.timeline("-1h", pandas.NaT, config=DEAD)  # type: ignore[arg-type]  # its stub is no datetime
    with pytest.raises(
        pm_timeline.UsageError, match=r"^config: sources.prom.type: no such type .* did you mean prometheus\?; "
    ):
        pm_timeline.timeline("-1h", "now", config={"sources": {"prom": {"type": "promtheus"}}})
    with pytest.raises(pm_timeline.UsageError, match=r"^sources nope: no such source; there are: prom"):
        pm_timeline.timeline("-1h", "now", config=DEAD, sources="nope")
    with pytest.raises(pm_timeline.BundleError, match=r"^bundle none.zip: no such file"):
        pm_timeline.replay("none.zip")
    with pytest.raises(pm_timeline.BundleError, match=r"^capture .*: cannot write there"):
        pm_timeline.timeline("-1h", "now", config=DEAD, capture=tmp_path / "no" / "b.zip")
    with pytest.raises(pm_timeline.NoAnswerError, match=r"no source could be asked.*: prom: ") as dead:
        pm_timeline.timeline("-1h", "now", config=DEAD)
    assert [source.source for source in dead.value.coverage] == ["prom"]
    errors = (pm_timeline.UsageError, pm_timeline.BundleError, pm_timeline.NoAnswerError)
    assert all(issubclass(error, pm_timeline.TimelineError) for error in errors)


def test_what_the_command_prints_as_a_notice_is_a_warning() -> None:
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    with pytest.warns(pm_timeline.TimelineWarning, match=r"is in the future: the window ends now"):
        pm_timeline.timeline("-1h", tomorrow, config=DEAD, note="14:00 x")
    with pytest.warns(pm_timeline.TimelineWarning, match=r"the bundle was captured for another window 2026-"):
        pm_timeline.replay(DEMO, start=START - timedelta(hours=1))


def test_everything_public_is_there_and_importing_it_is_light() -> None:
    code = "import sys, pm_timeline; print(sorted({'pandas', 'numpy', 'pydantic', 'requests'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
    for name in (*pm_timeline.__all__, "__version__"):
        assert getattr(pm_timeline, name)
        assert name in dir(pm_timeline)
    with pytest.raises(AttributeError):
        _ = pm_timeline.no_such_name


def test_code_that_was_never_installed_works_without_a_version(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def missing(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(collector.version, "version", missing)
    pm_timeline.timeline(*WINDOW, config=DEAD, note=NOTE, capture=tmp_path / "b.zip")
    assert BundleReader(tmp_path / "b.zip").manifest.made_by == "pm-timeline unknown"
    assert pm_timeline.__version__ == "unknown"


def test_a_notebook_shows_the_picture_and_the_table() -> None:
    shown = demo()._repr_html_()
    assert shown is not None
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    read = parser.parseFragment(shown)
    cells = [["".join(cell.itertext()) for cell in one.iter("td")][1:3] for one in read.iter("tr")][1:]
    assert cells[0] == ["14:02", "Deploy of checkout 1.5.0 starts via CI/CD (replaces 1.4.9; by dana-reyes)"]
    assert len(cells) == 8
    (picture,) = read.iter("img")
    assert base64.b64decode(picture.attrib["src"].partition(",")[2]).startswith(b"<?xml")
    assert not any("id" in element.attrib for element in read.iter())
    assert timeline(window=demo().window)._repr_html_() is not None
