"""Errors that go on at another level have a row for it; they are one time of errors with one begin and one end."""

from typing import Any

from collector.event import Event, Kind
from collector.gather import Gathered
from collector.timeline import Scope, Timeline, draft
from tests.collector.build import WINDOW, alert, at, errors, event


def changed(clock: str, before: float, after: float, place: int, **known: Any) -> Event:
    kind = Kind.ERRORS_ROSE if after > before else Kind.ERRORS_FELL
    about = {"service": "checkout", "namespace": "shop", "measure": "5xx ratio", **known}
    numbers = {"before": before, "after": after, "change": float(place)}
    return event(kind, clock, numbers=numbers, native_id=f"{clock} change", **about)


def drafted(*events: Event) -> Timeline:
    return draft(Gathered(events, ()), WINDOW, Scope())


def test_each_level_has_its_row_beside_the_alert_and_the_end() -> None:
    rise, fall = errors("14:03:00", "14:25:00", after=0.05)
    worse, better = changed("14:10:00", 0.05, 0.4, 1), changed("14:18:00", 0.4, 0.1, 2)
    timeline = drafted(rise, worse, better, fall, *alert("Errors", "14:06:00", "14:27:00"))
    texts = [f"{row.at:%H:%M} {row.text}" for row in timeline.rows]
    assert texts[0].startswith(
        "14:06 Alert Errors fires for checkout: 5xx ratio up from 0.1% to 5%, rising since 14:03"
    )
    assert texts[1:3] == [
        "14:10 5xx ratio of checkout rises from 5% to 40%",
        "14:18 5xx ratio of checkout falls from 40% to 10%",
    ]
    times = {phase.name: phase.at for phase in timeline.phases}
    assert (times["started"], times["mitigated"]) == (at("14:03:00"), at("14:25:00"))
    assert drafted(fall, better, worse, rise).rows == drafted(rise, worse, better, fall).rows


def test_a_level_before_the_window_has_no_row_and_one_of_errors_without_a_begin_has() -> None:
    rise, fall = errors("13:20:00", "14:25:00", after=0.05)
    texts = [row.text for row in drafted(rise, changed("13:40:00", 0.05, 0.4, 1), fall).rows]
    assert not any("from 5% to 40%" in text for text in texts)
    worse = changed("14:10:00", 0.05, 0.4, 1)
    timeline = drafted(worse, fall)
    first = timeline.rows[0]
    assert f"{first.at:%H:%M} {first.text}" == "14:10 5xx ratio of checkout rises from 5% to 40%"
    assert len(timeline.rows) == 2


def test_a_surge_of_requests_has_a_row_before_the_errors_that_began_with_it() -> None:
    about = {"service": "checkout", "namespace": "shop", "measure": "requests/s"}
    numbers = {"load_before": 20.0, "load": 82.0, "surge": 1.0}
    more = [
        event(Kind.TRAFFIC_ROSE, clock, numbers=numbers, native_id=clock, **about) for clock in ("14:04:00", "14:04:20")
    ]
    rise, fall = errors("14:12:00", "14:25:00")
    timeline = drafted(*more, rise, fall, *alert("Errors", "14:15:00", "14:27:00"))
    texts = [f"{row.at:%H:%M} {row.text}" for row in timeline.rows]
    assert texts[0] == "14:04 Traffic of checkout rises from 20 to 82 requests/s"
    assert sum("requests/s" in text for text in texts) == 1
    assert timeline.phases[0].at == at("14:12:00")
    other = drafted(*more, *errors("14:12:00", "14:25:00", service="search"))
    assert not any("requests/s" in row.text for row in other.rows)
    alone = drafted(*more, *alert("Throttled", "14:15:00", "14:27:00"))
    texts = [f"{row.at:%H:%M} {row.text}" for row in alone.rows]
    assert texts[:2] == [
        "14:04 Traffic of checkout rises from 20 to 82 requests/s",
        "14:15 Alert Throttled fires for checkout",
    ]
    assert alone.phases[0].at == at("14:15:00")
