"""What is one incident, and what are two in one window."""

import json

from msgspec.structs import replace

from cli.render.as_json import render
from cli.render.plain import phases
from collector.event import Event
from collector.gather import Gathered
from collector.result import Timeline
from collector.timeline import Scope, draft
from tests.collector.build import WINDOW, alert, errors

SEARCH = {"service": "search", "namespace": "shop"}
MAIL = {"service": "mail", "namespace": "office"}


def drafted(*events: Event) -> Timeline:
    return draft(Gathered(events, ()), WINDOW, Scope())


def outage(rise: str, fires: str, fall: str, ends: str, **of: str) -> list[Event]:
    return [*errors(rise, fall, **of), *alert(f"{of['service']}Errors", fires, ends, episode=rise, **of)]


def test_of_two_incidents_of_different_services_each_has_its_phases() -> None:
    timeline = drafted(
        *outage("14:01:00", "14:02:00", "14:05:00", "14:06:00", **SEARCH),
        *outage("14:18:00", "14:20:00", "14:25:00", "14:26:00", **MAIL),
    )
    assert phases(timeline) == (
        "search: started 14:01, detected 14:02 (after 60 s), identified unknown (no note names a cause), "
        "mitigated 14:05 (after 4 min), resolved 14:06 (after 5 min); "
        "mail: started 14:18, detected 14:20 (after 2 min), identified unknown (no note names a cause), "
        "mitigated 14:25 (after 7 min), resolved 14:26 (after 8 min)"
    )
    found = json.loads(render(timeline))
    assert {one["about"] for one in [*found["phases"], *found["other_phases"][0]]} == {"search", "mail"}


def test_what_comes_back_or_goes_on_is_one_incident() -> None:
    again = drafted(
        *outage("14:01:00", "14:02:00", "14:05:00", "14:06:00", **SEARCH),
        *outage("14:18:00", "14:20:00", "14:25:00", "14:26:00", **SEARCH),
    )
    soon = drafted(
        *outage("14:01:00", "14:02:00", "14:05:00", "14:06:00", **SEARCH),
        *outage("14:09:00", "14:10:00", "14:15:00", "14:16:00", **MAIL),
    )
    lasting = drafted(
        *errors("14:01:00", None, **SEARCH), *outage("14:18:00", "14:20:00", "14:25:00", "14:26:00", **MAIL)
    )
    for timeline in (again, soon, lasting):
        assert timeline.other_phases == ()
        assert phases(timeline).startswith("Started 14:01")
    assert not any("about" in one for one in json.loads(render(again))["phases"])


def test_the_start_is_that_of_the_effect_that_the_rows_show_first() -> None:
    # Both began between the same two scrapes.
    edge = min(event.earliest for event in errors("14:03:10", None))
    both = [
        replace(event, earliest=edge)
        for event in (*errors("14:03:40", None, **SEARCH), *errors("14:03:10", None, **{**MAIL, "service": "zoo"}))
    ]
    started = drafted(*both).phases[0]
    assert started.at == edge
