"""Against a real Prometheus with backfilled blocks, and a real VictoriaMetrics with the same samples."""

from collections.abc import Iterator
from datetime import timedelta
from math import ceil
from pathlib import Path

import pytest

from collector.event import Event, Kind
from collector.secrets import Scrubber
from collector.source import BadAnswer, Deadline, Document, Gap
from collector.window import Window
from sources.prometheus import PrometheusSettings, PrometheusSource, RatioSettings
from sources.promql.client import Client
from sources.promql.series import asked
from tests.incident.live import openmetrics as incident
from tests.servers.process import require
from tests.servers.prometheus import prometheus
from tests.servers.victoriametrics import victoriametrics
from tests.sources.prometheus.samples import (
    FIRST,
    LAST,
    SCRAPE,
    WINDOW,
    Sampled,
    alert,
    at,
    counter,
    openmetrics,
    steps,
    up,
    utc,
)

ERRORS = 'http_requests_total{service="billing",code=~"[5]..",instance!="a \\"b\\" {"}'
TOTAL = 'http_requests_total{service="billing"}'


def samples() -> list[Sampled]:
    times = steps(at("14:06:15") + 0.731, at("14:23:30") + 0.731)
    found = [
        up(),
        *alert("Watchdog", "firing", steps(FIRST - 600, LAST), at("01:00:00")),
        *alert("Old", "firing", steps(FIRST - 600, at("14:10:00")), at("09:30:00")),
        *alert("High", "firing", times[:7] + times[8:], times[0], service="checkout", pod="a"),
        *alert("High", "firing", times, times[0], service="checkout", pod="b"),
    ]
    for service in ("checkout", "billing"):
        for number in range(3):
            labels = {"service": service, "namespace": "shop", "instance": f"{service}-{number}"}
            # The first target's scrapes lie on the seams between pages: none may count twice.
            scraped = steps(FIRST - 600 + number, LAST)
            failed = {time: 40.0 if at("14:05:00") < time <= at("14:20:00") else 0.0 for time in scraped}
            # Restarted at 13:40: what is counted since begins at 0.
            ok = counter({**labels, "code": "200"}, scraped, lambda time, failed=failed: 100 - failed[time], 9000)
            reset = [(time, value - 4000 if time > at("13:40:00") else value + 8000) for time, value in ok.samples]
            bad = counter({**labels, "code": "500"}, scraped, failed.__getitem__)
            found += [Sampled(ok.name, ok.labels, reset)]
            found += [Sampled(bad.name, bad.labels, [sample for sample in bad.samples if sample[1] > 0])]
    return found


PROGRAMS = {"prometheus": ("prometheus", "promtool"), "victoriametrics": ("victoria-metrics",)}
SERVERS = {"prometheus": prometheus, "victoriametrics": victoriametrics}


@pytest.fixture(scope="module", params=list(SERVERS))
def url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    require(*PROGRAMS[request.param])
    with SERVERS[request.param](tmp_path_factory.mktemp(request.param), openmetrics(samples())) as base:
        yield base


def ask(url: str, window: Window = WINDOW) -> tuple[list[Document], list[Event], list[Gap]]:
    ratio = RatioSettings(service="billing", name="failure rate", error_query=ERRORS, total_query=TOTAL)
    source = PrometheusSource("prom", PrometheusSettings(url=url, ratios=[ratio]), Scrubber())
    fetched = list(source.fetch(window, Deadline(60)))
    given = [one for one in fetched if isinstance(one, Document)]
    found = list(source.read(given, window))
    gaps = [one for one in [*fetched, *found] if isinstance(one, Gap)]
    return given, [one for one in found if isinstance(one, Event)], gaps


def test_the_incident_comes_out_and_nothing_else(url: str) -> None:
    given, events, gaps = ask(url)
    assert gaps == []
    assert {document.call for document in given} == {
        "names",
        "alive",
        "alerts",
        "alerts_for_state",
        "series",
        "counters",
        "restarts",
        "rules",
    }
    alerts = [(event.keys.alert, event.subject.pod, event.kind, f"{event.at:%H:%M:%S}") for event in events[:6]]
    assert alerts == [
        ("High", "a", Kind.ALERT_FIRING, "14:06:15"),
        ("High", "a", Kind.ALERT_RESOLVED, "14:23:45"),
        ("High", "b", Kind.ALERT_FIRING, "14:06:15"),
        ("High", "b", Kind.ALERT_RESOLVED, "14:23:45"),
        ("Old", "", Kind.ALERT_FIRING, "09:30:00"),
        ("Old", "", Kind.ALERT_RESOLVED, "14:10:15"),
    ]
    ratios = events[6:]
    assert [event.summary.split(" from ")[0] for event in ratios] == [
        "failure rate of billing rises",
        "failure rate of billing falls",
        "5xx ratio of checkout rises",
        "5xx ratio of checkout falls",
    ]
    for rose, fell in (ratios[:2], ratios[2:]):
        assert rose.earliest <= utc(at("14:05:00")) <= rose.latest
        assert fell.earliest <= utc(at("14:20:00")) <= fell.latest
        # 60 scrapes of 3 pods, no sample twice; at most a bin at each end lies outside.
        assert 59 * 3 * 40 <= rose.numbers["errors"] <= 60 * 3 * 40
        assert abs(rose.numbers["after"] - 0.4) < 0.001
        assert rose.numbers["before"] < 0.002


def test_samples_are_raw_and_none_is_asked_beyond_the_tail(url: str) -> None:
    for document in ask(url)[0]:
        if document.call != "rules":
            question = asked(document.asked)
            assert FIRST <= question.start <= question.end <= LAST
    pages = [document for document in ask(url)[0] if document.call == "counters"]
    stamps = [
        sample[0]
        for page in pages
        for item in page.json()["data"]["result"]
        if item["metric"].get("instance") == "checkout-1" and item["metric"]["code"] == "200"
        for sample in item["values"]
    ]
    assert sorted(set(stamps)) == steps(FIRST + 1, LAST - SCRAPE + 1)


def test_a_range_query_is_answered_at_the_times_asked_for(url: str) -> None:
    # Of long ones VictoriaMetrics moves start and end to multiples of the step.
    crooked = Window(WINDOW.start + timedelta(seconds=7), WINDOW.end)
    [alive] = [document for document in ask(url, crooked)[0] if document.call == "alive"]
    times = [sample[0] for sample in alive.json()["data"]["result"][0]["values"]]
    assert times == steps(FIRST + 60, LAST, 60)


def test_the_queries_and_links_that_events_carry_work(url: str) -> None:
    with Client(PrometheusSettings(url=url), Scrubber(), Deadline(60), sleep=lambda seconds: None) as client:
        for event in ask(url)[1]:
            # A rate needs two samples of the first errors; an alert has none once it is resolved.
            moment = ceil(event.earliest.timestamp() if event.keys.alert else event.at.timestamp() + 300)
            if event.earliest >= utc(FIRST):
                assert client.at("check", event.query, moment)[1], event
            assert event.url.startswith(f"{url}/graph?g0.expr=")


def test_beyond_retention_is_a_gap_not_an_empty_answer(url: str) -> None:
    _, events, gaps = ask(url, Window(WINDOW.start - timedelta(days=30), WINDOW.end - timedelta(days=30)))
    assert events == []
    assert [gap.reason for gap in gaps if gap.fatal] == ["no samples at all from 2026-03-02 14:00:00 to 14:30:00 UTC"]
    _, _, partly = ask(url, Window(WINDOW.start - timedelta(minutes=90), WINDOW.start))
    assert [gap.reason for gap in partly] == ["no samples at all from 2026-04-01 12:30:00 to 12:50:00 UTC"]


def test_the_reason_of_a_refused_query_reaches_the_user(url: str) -> None:
    client = Client(PrometheusSettings(url=url), Scrubber(), Deadline(60), sleep=lambda seconds: None)
    with client, pytest.raises(BadAnswer, match=r"answered 4(00: .*parse error|22: error when executing query)"):
        client.at("check", "sum(", 1)


def test_the_recorded_incident_is_the_same_from_both(tmp_path: Path) -> None:
    require(*PROGRAMS["prometheus"], *PROGRAMS["victoriametrics"])
    told = []
    for name, start in SERVERS.items():
        with start(tmp_path / name, incident()) as url:
            events, gaps = ask(url)[1:]
        assert gaps == [Gap("ratios: no samples for billing", "does total_query select anything?")]
        told.append({(event.kind, event.native_id, event.merge_key): event for event in events})
    one, other = told
    assert sorted(one) == sorted(other)
    assert {kind for kind, _, _ in one} >= {
        Kind.ALERT_PENDING,
        Kind.ALERT_FIRING,
        Kind.ALERT_RESOLVED,
        Kind.ERRORS_ROSE,
    }
    for key, event in one.items():
        assert abs(event.at - other[key].at) <= timedelta(seconds=SCRAPE), key
        assert event.numbers == pytest.approx(other[key].numbers, rel=0.01)
