"""The phases that notes alone give: what the author states, and no time that nobody wrote."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import yaml

import pm_timeline as library
from tests.servers.process import ROOT

_REAL = ROOT.parent / "shared" / "data" / "postmortems.yaml"
_AS_STATED = {
    "mybinder-2018-02-22-nginx-down": (None, "00:30", None, "00:35", "00:35"),
    "mybinder-2018-07-30-jupyterlab-build-cpu-saturate": (None, "18:20", "21:45", "22:11", "22:11"),
    "mybinder-2017-10-17-cluster-full": (None, "15:42", "17:14", "19:29", "19:29"),
    "mybinder-2019-03-24-r2d-upgrade": ("07:54", "17:45", None, None, "06:01"),
    "prow-2019-02-05": ("16:47", "16:57", "17:27", "17:34", "17:34"),
    "moj-2020-09-28-termination-nodes-updating-kops": (None, "12:14", None, "13:20", "13:44"),
}
"""What the reports state: started, detected, identified, mitigated, resolved."""


def phases(notes: list[str], start: object = "2026-04-01 14:00", end: object = "2026-04-01 17:00") -> dict[str, str]:
    """The times of the known phases."""
    with pytest.warns(library.TimelineWarning):
        found = library.timeline(start, end, tz="UTC", note=notes, config={"sources": {}})
    return {phase.name: f"{phase.at:%H:%M}" for phase in found.phases if phase.at}


def test_the_outage_and_the_incident_have_ends_of_their_own() -> None:
    notes = [
        "14:54 OUTAGE BEGINS, the backends melt",
        "14:55 Ines receives a storm of pages",
        "15:01 INCIDENT BEGINS, Ines declares it",
        "15:10 Ines is looking for the root cause",
        "15:28 Otto finds that the bug from Tuesday causes it",
        "15:36 OUTAGE ENDS",
        "16:30 INCIDENT ENDS after an hour of nominal traffic",
    ]
    assert phases(notes) == {
        "started": "14:54",
        "detected": "14:55",
        "identified": "15:28",
        "mitigated": "15:36",
        "resolved": "16:30",
    }


def test_a_note_about_a_deploy_detects_nothing() -> None:
    notes = ["14:40 impact starts", "14:42 seats 2.9.0 is deployed everywhere", "14:50 Ines sees 500s in the logs"]
    assert phases(notes)["detected"] == "14:50"


def test_steps_of_the_normal_day_detect_nothing_where_a_note_is_about_trouble() -> None:
    notes = [
        "14:40 certificates of the printers run out",
        "14:42 nodes are replaced",
        "14:50 first alert about printers",
    ]
    assert phases([*notes, "15:00 printers work again"])["detected"] == "14:50"


def test_an_end_after_which_the_trouble_comes_back_is_none() -> None:
    notes = ["14:20 restarted the hub, launches work again", "14:50 launches fail again", "15:30 launches work again"]
    assert phases(notes) == {"detected": "14:20", "mitigated": "15:30", "resolved": "15:30"}
    assert "resolved" not in phases([*notes, "15:40 errors are back"])


@pytest.mark.skipif(not _REAL.exists(), reason="timelines of public incident reports are not beside the project")
@pytest.mark.parametrize("name", _AS_STATED)
def test_public_reports_have_the_phases_that_they_state(name: str) -> None:
    (report,) = (each for each in yaml.safe_load(_REAL.read_text()) if each["id"] == name)
    lines = [
        (datetime.fromisoformat(event["utc_as_stated"]).astimezone(UTC), " ".join(event["text"].split()))
        for event in report["events"]
    ]
    start, end = min(lines)[0], max(lines)[0] + timedelta(minutes=10)
    found = phases([f"{at:%Y-%m-%d %H:%M}Z {text}" for at, text in lines], start, end)
    names = ("started", "detected", "identified", "mitigated", "resolved")
    assert tuple(found.get(phase) for phase in names) == _AS_STATED[name]


def _documented() -> dict[str, tuple[list[str], list[str]]]:
    """The examples of the table in docs/notes.md: for each phase those that mark it, and those that do not."""
    rows = re.findall(r"^\| (\w+) \| ([^|]*)\|([^|]*)\|$", (ROOT / "docs" / "notes.md").read_text(), re.MULTILINE)
    return {phase: (re.findall("`([^`]+)`", marks), re.findall("`([^`]+)`", others)) for phase, marks, others in rows}


@pytest.mark.parametrize("phase", ["started", "detected", "identified", "mitigated", "resolved"])
def test_the_examples_of_the_documentation_mark_what_they_are_listed_for(phase: str) -> None:
    marks, others = _documented()[phase]
    assert marks
    # The last note gives phases to the table at all; it is later than what is looked at.
    end = {"mitigated": "15:30 incident closed"}.get(phase, "15:30 impact is over")
    for note in marks:
        assert phases([f"14:20 {note}", end])[phase] == "14:20", note
    for note in others:
        assert phases([f"14:20 {note}", end]).get(phase) != "14:20", note
