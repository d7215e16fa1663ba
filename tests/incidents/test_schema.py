"""The JSON of every recorded incident is as the schema describes it."""

import json

import pytest

from cli.render.as_json import render
from cli.render.look import Look
from tests.cli.published_schema import CHECKER
from tests.examples import few
from tests.incidents.gates import NAMES, events_of


@pytest.mark.parametrize("name", few(NAMES, 15))
def test_the_json_of_an_incident_meets_the_schema(name: str) -> None:
    written = json.loads(render(events_of(name).timeline(), Look(plots=True)))
    CHECKER.validate(written)
    assert {"phases", "accounting", "links", "clocks"} <= written.keys()
    accounting = written["accounting"]
    assert accounting["in_rows"] + accounting["folded"] + accounting["dropped"] == written["counts"]["events"]
    assert all(row["text"] == "".join(word["text"] for word in row["words"]) for row in written["rows"])
