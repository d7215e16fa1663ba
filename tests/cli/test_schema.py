"""The JSON of every recorded incident is as the schema describes it."""

import json
import warnings
from pathlib import Path

import pytest

import pm_timeline
from cli.render.as_json import render
from tests.cli.published_schema import CHECKER
from tests.servers.process import ROOT

BUNDLES = sorted((ROOT / "fixtures" / "incidents").glob("*/bundle.zip"))


@pytest.mark.parametrize("bundle", BUNDLES, ids=lambda bundle: bundle.parent.name)
def test_the_json_of_an_incident_meets_the_schema(bundle: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", pm_timeline.TimelineWarning)
        written = json.loads(render(pm_timeline.replay(bundle), plots=True))
    CHECKER.validate(written)
    assert {"phases", "accounting", "links", "clocks"} <= written.keys()
    accounting = written["accounting"]
    assert accounting["in_rows"] + accounting["folded"] + accounting["dropped"] == written["counts"]["events"]
    assert all(row["text"] == "".join(word["text"] for word in row["words"]) for row in written["rows"])
