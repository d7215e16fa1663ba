from pathlib import Path

import pytest
from pydantic import ValidationError

from collector.event import Event, Kind
from collector.source import Deadline, Document, Gap
from sources.prometheus import RatioSettings
from tests.servers.process import require
from tests.servers.prometheus import prometheus
from tests.sources.prometheus.samples import (
    FIRST,
    LAST,
    WINDOW,
    answer,
    at,
    counter,
    openmetrics,
    read,
    source,
    steps,
    up,
    utc,
)
from tests.sources.prometheus.samples import documents as asked_of

QUERY = 'sum(rate(orders_total{result="error"}[5m])) / sum(rate(orders_total[5m]))'
RATIO = RatioSettings(service="checkout", name="order failures", ratio_query=QUERY)


def windowed(begin: float, end: float, seconds: float = 300) -> list[list[float | str]]:
    """A ratio of 40 % from `begin` to `end`, as a rate over the last `seconds` shows it."""
    return [
        [t, str(0.002 + 0.398 * max(0.0, min(t, end) - max(t - seconds, begin)) / seconds)] for t in steps(FIRST, LAST)
    ]


def told(values: list[list[float | str]], *more: list[list[float | str]]) -> tuple[list[Event], list[Gap]]:
    query = {"query": QUERY, "start": FIRST, "end": LAST, "step": 15}
    items = [{"metric": {"pod": str(number)}, "values": many} for number, many in enumerate((values, *more)) if many]
    given: list[Document] = [*asked_of([up()]), answer("ratio", "query_range", query, items)]
    return read(given, RATIO)


def test_the_lag_of_the_window_is_taken_back_and_told() -> None:
    (rose, fell), gaps = told(windowed(at("14:05:00"), at("14:20:00")))
    assert [gap.reason for gap in gaps] == []
    assert (rose.kind, fell.kind) == (Kind.ERRORS_ROSE, Kind.ERRORS_FELL)
    for event, truth in ((rose, "14:05:00"), (fell, "14:20:00")):
        assert event.earliest <= utc(at(truth)) <= event.latest
        assert abs(event.at.timestamp() - at(truth)) <= 30
        assert event.numbers["window"] == 300
        assert "looks back 300 s" in event.summary
        assert "requests" not in event.numbers
    assert rose.numbers["after"] == pytest.approx(0.4, abs=0.01)
    assert rose.keys.measure == "order failures"
    assert 10 < len(rose.plot) <= 120


def test_what_the_samples_do_not_show_is_said() -> None:
    assert told(windowed(0, 1))[0] == []
    (fell,) = told(windowed(at("10:00:00"), at("14:10:00")))[0]
    assert "raised before 13:00:00 UTC already" in fell.summary
    assert fell.numbers["since"] == FIRST
    (rose,) = told(windowed(at("14:30:00"), at("23:00:00")))[0]
    assert "still 40.0% at 14:45:00" in rose.summary
    # 0/0: no traffic is not no errors.
    nothing, gaps = told([[time, "NaN"] for time in steps(FIRST, LAST)])
    assert nothing == []
    assert [gap.reason for gap in gaps] == ["ratio_query of checkout: no samples"]
    assert told(windowed(0, 1), windowed(0, 1))[1][-1].reason.startswith("ratio_query of checkout: 2 series")
    percent = [[time, str(float(value) * 100)] for time, value in windowed(at("14:05:00"), at("14:20:00"))]
    assert told(percent)[1][-1].hint == "does it give percent?"


@pytest.mark.parametrize(
    "wrong",
    [
        {"ratio_query": "job:errors:ratio_rate5m"},
        {"ratio_query": QUERY, "total_query": "orders_total"},
        {"error_query": "orders_failed_total"},
        {},
    ],
)
def test_a_ratio_is_counters_or_one_query_whose_window_is_known(wrong: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        RatioSettings(service="checkout", **wrong)


def test_a_real_server_is_asked_for_it(tmp_path: Path) -> None:
    require("prometheus", "promtool")
    times = steps(FIRST - 600, LAST)
    failed = {time: 40.0 if at("14:05:00") < time <= at("14:20:00") else 0.0 for time in times}
    series = [
        up(),
        counter({"instance": "a", "code": "200"}, times, lambda time: 100 - failed[time]),
        counter({"instance": "a", "code": "500"}, times, failed.__getitem__),
    ]
    query = 'sum(rate(http_requests_total{code=~"5.."}[2m])) / sum(rate(http_requests_total[2m]))'
    ratio = RatioSettings(service="checkout", ratio_query=query)
    with prometheus(tmp_path, openmetrics(series)) as url:
        mine = source(ratio, url=url)
        given = [one for one in mine.fetch(WINDOW, Deadline(60)) if isinstance(one, Document)]
        events = [
            one for one in mine.read(given, WINDOW) if isinstance(one, Event) and one.subject.service == "checkout"
        ]
    rose, fell = events
    for event, truth in ((rose, "14:05:00"), (fell, "14:20:00")):
        assert event.earliest <= utc(at(truth)) <= event.latest
        assert abs(event.at.timestamp() - at(truth)) <= 45
    assert (rose.query, rose.numbers["window"]) == (query, 120)
