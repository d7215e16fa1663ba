"""Samples as servers of different releases and makes give them, joined to what was really taken."""

import json
import re
from collections.abc import Callable
from email.message import Message
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.event import Kind
from collector.source import Document, Gap
from collector.window import Window
from sources.metric_labels import matchers, selected
from sources.prometheus import PrometheusSettings, RatioSettings
from sources.prometheus.fetch import grid
from sources.promql.answers import Answers
from sources.promql.series import Series
from tests.sources.prometheus.samples import FIRST, LAST, WINDOW, answer, read, steps
from tests.sources.prometheus.server import Reply, Server, empty, error, fetch, ok

PHASES = (0.0, 0.001, 0.731, 14.999)
"""When in the scrape interval a series is sampled: the first lies on every seam between pages."""


def promql(path: str, takes: Callable[[float, float, float], bool]) -> Reply:
    """What a server gives for one counter per phase, if `takes(time, start, end)` tells what is in a range."""
    params = {name: values[0] for name, values in parse_qs(urlsplit(path).query).items()}
    if "/label/" in path:
        return ok(["http_requests_total", "up"])
    if "/query_range" in path:
        start, end, step = (float(params[name]) for name in ("start", "end", "step"))
        if (end - start) / step > 11_000:
            return error(400, "bad_data", "exceeded maximum resolution of 11,000 points per timeseries")
        times = steps(start, end, step)
        return ok({"resultType": "matrix", "result": [{"metric": {}, "values": [[t, str(t)] for t in times]}]})
    end = float(params["time"])
    if params["query"].startswith("count("):
        return ok({"resultType": "vector", "result": [{"metric": {}, "value": [end, str(len(PHASES))]}]})
    selected = re.fullmatch(r"http_requests_total\[(\d+)s\]", params["query"])
    if not selected:
        return empty(path)
    start = end - int(selected[1])
    result = []
    for phase in PHASES:
        taken = [t for t in steps(FIRST - 60 + phase, LAST + 60) if takes(t, start, end)]
        values = [[round(t, 3), f"{t - FIRST:.3f}"] for t in taken]
        result.append({"metric": {"__name__": "http_requests_total", "phase": str(phase)}, "values": values})
    return ok({"resultType": "matrix", "result": result})


def joined(documents: list[Document], selector: str) -> list[Series]:
    answers = Answers()
    assert [gap for document in documents for gap in answers.add(document)] == []
    return answers.series("counters", selector)


@pytest.mark.parametrize(
    ("takes", "first"),
    [
        pytest.param(lambda time, start, end: start <= time <= end, FIRST, id="2.x: both ends"),
        pytest.param(lambda time, start, end: start < time <= end, FIRST + 15, id="3.x: without the earlier end"),
    ],
)
def test_at_the_seams_no_sample_is_lost_or_doubled(takes: Callable[[float, float, float], bool], first: float) -> None:
    with Server(lambda path, headers: promql(path, takes)) as server:
        given = [one for one in fetch(server.url) if isinstance(one, Document)]
    assert [one.call for one in given].count("counters") == 4
    for series, phase in zip(joined(given, "http_requests_total"), PHASES, strict=True):
        begin = first if phase == 0 else FIRST + phase
        np.testing.assert_allclose(series.times, steps(begin, LAST), atol=1e-6)
        np.testing.assert_allclose(series.values, series.times - FIRST, atol=1e-3)


def test_no_question_about_a_week_has_too_many_points() -> None:
    def answered(path: str, headers: Message) -> Reply:
        return promql(path, lambda time, start, end: start < time <= end)

    week = Window(WINDOW.end.replace(month=3, day=25), WINDOW.end)
    with Server(answered) as server:
        given = fetch(server.url, week)
    assert [one for one in given if isinstance(one, Gap)] == []
    [alive] = [one for one in given if isinstance(one, Document) and one.call == "alive"]
    # Once a minute, which is as close to the limit as it gets.
    assert len(alive.json()["data"]["result"][0]["values"]) == (7 * 24 + 1.25) * 60 + 1


@given(start=st.integers(0, 2**31), span=st.integers(60, 10 * 366 * 86400))
def test_no_window_has_too_many_points_and_all_lie_on_multiples_of_the_step(start: int, span: int) -> None:
    begin, end, step = grid(start, start + span)
    assert start <= begin
    assert end <= start + span
    assert (begin % step, end % step) == (0, 0)
    assert (end - begin) // step + 1 <= 10_801


def page(items: object) -> Document:
    return answer("counters", "query", {"query": "x[60s]", "time": 160}, items)


def test_numbers_that_are_no_counts_are_skipped_and_the_others_kept() -> None:
    values = [[100, "1"], [110, "NaN"], [120, "+Inf"], [130, "-Inf"], [140, "2"], [150.5, "2e0"], [50, "9"], [900, "9"]]
    [series] = joined([page([{"metric": {"a": "b"}, "values": values}])], "x")
    assert (series.times.tolist(), series.values.tolist()) == ([100, 140, 150.5], [1, 2, 2])


def test_a_sample_that_is_true_is_no_counter_that_began_again() -> None:
    answers = Answers()
    item = {"metric": {"a": "1"}, "values": [[100, "3377504"], [115, True], [True, "3377505"], [130, "3377506"]]}
    (gap,) = answers.add(page([item]))
    assert gap.reason == "counters: 1 of 1 have samples that could not be read and were left out"
    (found,) = answers.series("counters", "x")
    assert found.values.tolist() == [3377504, 3377506]


def test_names_may_be_any_text() -> None:
    metric = {"__name__": "http.server.request.duration_count", "service.name": "Käse\n", "": "x"}
    [series] = joined([page([{"metric": metric, "values": [[100, "1"]]}])], "x")
    assert series.labels == {"service.name": "Käse", "": "x"}
    quoted = '{"http.server.request.duration_count","service.name"=~"a|{b}"}'
    ratio = {"service": "a", "error_query": quoted, "total_query": "{__name__='a.b'}"}
    made = PrometheusSettings.model_validate({"url": "http://p", "service_label": "service.name", "ratios": [ratio]})
    asked_for = []

    def reply(path: str, headers: Message) -> Reply:
        asked_for.append(parse_qs(urlsplit(path).query).get("query", [""])[0])
        return empty(path)

    with Server(reply) as server:
        given = fetch(server.url, ratios=made.ratios)
    assert f"count(count_over_time({quoted}[6300s]))" in asked_for
    assert not [one for one in given if isinstance(one, Gap)]


def test_of_a_native_histogram_the_observations_are_counted() -> None:
    def histogram(count: int) -> dict[str, object]:
        return {"count": str(count), "sum": "1.5", "buckets": [[0, "0.1", "0.2", str(count)]]}

    turned = {"metric": {"a": "1"}, "values": [[100, "7"]], "histograms": [[115, histogram(9)], [130, histogram(12)]]}
    native = {"metric": {"a": "2"}, "histograms": [[101, histogram(3)], [116, histogram(5)]]}
    one, two = joined([page([turned, native])], "x")
    assert (one.times.tolist(), one.values.tolist()) == ([100, 115, 130], [7, 9, 12])
    assert (two.times.tolist(), two.values.tolist()) == ([101, 116], [3, 5])
    answers = Answers()
    odd = [{"metric": {}, "histograms": [[1]]}, {"metric": {}, "histograms": 5}, {"metric": {}}, turned]
    assert [gap.reason for gap in answers.add(page(odd))] == ["counters: 3 of 4 could not be read and were left out"]


@pytest.mark.parametrize(("classic", "told"), [(False, True), (True, False)])
def test_a_native_histogram_that_nobody_reads_is_told_of(classic: bool, told: bool) -> None:
    base = "http_server_requests_seconds"
    names = [base, *([f"{base}_count"] if classic else []), "up"]
    url = "http://prom/api/v1/label/__name__/values?start=1&end=2"
    given = Document("names", f"GET {url}", WINDOW.end, json.dumps({"status": "success", "data": names}))
    assert any(base in gap.reason and "native" in gap.reason for gap in read([given])[1]) == told
    ratio = RatioSettings(service="a", error_query=f'{base}{{status="500"}}', total_query=base)
    counted = answer("series", "query", {"query": f"count(count_over_time({base}[60s]))", "time": 60}, [])
    assert not any("native" in gap.reason for gap in read([given, counted], ratio)[1])


def test_errors_are_found_in_counters_whose_names_need_quotes() -> None:
    name, times = "http.server.request.duration_count", steps(FIRST, LAST)
    seen = []
    for code, counted in (("200", 60), ("500", 40)):
        values, value = [], 0
        for time in times:
            value += counted if code == "200" or WINDOW.start.timestamp() < time else 0
            values.append([time, str(value)])
        labels = {"__name__": name, "job": "shop/checkout", "http.response.status_code": code}
        seen.append({"metric": labels, "values": values})
    selector = '{"http.server.request.duration_count"}'
    names = Document("names", f"GET http://p/api/v1/label/__name__/values?start={FIRST}&end={LAST}", WINDOW.end, "{}")
    span = {"query": f"{selector}[{LAST - FIRST:.0f}s]", "time": LAST}
    events, _ = read([names, answer("counters", "query", span, seen)])
    [rise] = [event for event in events if event.kind is Kind.ERRORS_ROSE]
    assert rise.subject.service == "checkout"
    assert f'{selector[:-1]},job="shop/checkout"}}' in rise.query
    assert '"http.response.status_code"=~"5..|5xx"' in rise.query


def test_selectors_are_spelled_so_that_every_release_reads_them() -> None:
    assert selected("a:b_total", matchers({})) == "a:b_total"
    assert selected("a", matchers({"b": 'c"'})) == 'a{b="c\\""}'
    assert selected("a.b", matchers({})) == '{"a.b"}'
    assert selected("a.b", matchers({"c.d": "e", "f:g": "h", "i": "j"})) == '{"a.b","c.d"="e","f:g"="h",i="j"}'
