import base64
import time
from datetime import UTC, datetime
from email.message import Message
from pathlib import Path

import pytest
from pydantic import ValidationError

from collector.secrets import Scrubber
from collector.source import BadAnswer, Deadline, Denied, Document, Gap, RateLimited, SourceError, Unreachable
from collector.window import Window
from sources.prometheus import PrometheusSettings, PrometheusSource
from sources.promql.series import asked
from tests.servers.process import free_port
from tests.sources.prometheus.samples import WINDOW, answer, read
from tests.sources.prometheus.server import Reply, Server, empty, error, fetch, ok

CANARY = "canary-7c1f"
ODD = (
    "",
    "[]",
    "{}",
    '{"data": 1}',
    '{"data": {"result": 5}}',
    '{"data": {"result": [5, {}, {"metric": {"a": 1}}]}}',
    '{"data": {"result": [{"metric": {"alertname": "\\ud800\\n"}, "values": [[1e400, "x"], [true, "1"], [0]]}]}}',
    '{"data": {"result": [{"metric": {}, "histograms": []}]}, "warnings": [1, {}]}',
    '{"data": {"result": [{"metric": {}, "value": [1, "NaN"]}]}}',
    "[" * 100_000,
)


FAILURES: dict[str, tuple[Reply | None, type[SourceError], str, int]] = {
    "hanging": (None, Unreachable, "no answer within 0.3 s", 3),
    "500": ((500, {}, "oops"), Unreachable, "still answered 500", 3),
    "starting": ((503, {}, "Service Unavailable"), Unreachable, "still answered 503", 3),
    "gave up": (error(503, "timeout", "query timed out"), BadAnswer, "the server gave up: query timed out", 2),
    "401": ((401, {}, ""), Denied, "401", 1),
    "403": (
        (403, {}, '{"message": "not yours"}'),
        Denied,
        "403, the credentials lack the right to do this: not yours",
        1,
    ),
    "limited": ((429, {"Retry-After": "1"}, ""), RateLimited, "rate limited", 3),
    "limited for long": ((429, {"Retry-After": "300"}, ""), RateLimited, "rate limited for another 300 s", 1),
    "login page": ((200, {"Content-Type": "text/html"}, "<html>log in"), BadAnswer, "HTML instead of JSON", 2),
    "login redirect": (
        (302, {"Location": "https://sso/login?state=1"}, ""),
        Denied,
        "redirects to https://sso/login",
        1,
    ),
    "cut": ((200, {}, '{"status":"success","data":["ALE'), BadAnswer, "not valid JSON", 2),
    "cut on the way": ((200, {"Content-Length": "99"}, '{"status":'), Unreachable, "no connection", 3),
    "refused query": (error(422, "execution", "too many samples"), BadAnswer, "answered 422: too many samples", 2),
    "other JSON": ((200, {}, "[1]"), BadAnswer, "no answer of Prometheus' API", 2),
    "error with 200": ((200, {}, '{"status":"error","data":null}'), BadAnswer, "no answer of Prometheus' API", 2),
}


@pytest.mark.parametrize("case", FAILURES)
def test_failures_are_named_by_what_to_do(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROM_TOKEN", CANARY)
    reply, kind, said, attempts = FAILURES[case]
    with Server(lambda path, headers: reply) as server, pytest.raises(kind) as caught:
        fetch(server.url, timeout=0.3 if reply is None else 5.0, token_env="PROM_TOKEN")
    assert said in caught.value.reason
    assert CANARY not in caught.value.reason + caught.value.hint
    assert len(server.asked) == attempts


def test_refused_and_unknown_hosts() -> None:
    with pytest.raises(Unreachable, match="connection refused"):
        fetch(f"http://127.0.0.1:{free_port()}")
    with pytest.raises(Unreachable, match="cannot be resolved"):
        fetch("http://nowhere.invalid")


def test_a_question_that_fails_alone_is_a_gap_and_the_others_are_answered() -> None:
    def reply(path: str, headers: Message) -> Reply:
        return error(422, "execution", "too many samples") if "query=ALERTS%5B" in path else empty(path)

    with Server(reply) as server:
        given = fetch(server.url)
    assert [one.call if isinstance(one, Document) else one.reason.split(": ")[1] for one in given] == [
        "names",
        "alive",
        "answered 422",
        "alerts_for_state",
    ]


@pytest.mark.parametrize("username", ["", "ops"])
def test_the_token_is_sent_as_told_and_netrc_is_not(
    username: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login other password other\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    monkeypatch.setenv("PROM_TOKEN", CANARY)
    with Server(empty) as server:
        given = fetch(server.url + "/prom/", token_env="PROM_TOKEN", username=username)
        fetch(server.url)
    basic = "Basic " + base64.b64encode(f"ops:{CANARY}".encode()).decode()
    assert {headers["Authorization"] for _, headers in server.asked} == {
        basic if username else f"Bearer {CANARY}",
        None,
    }
    assert server.paths[0].startswith("/prom/api/v1/label/__name__/values?match%5B%5D=")
    assert CANARY not in repr(given)


def test_a_histogram_that_goes_with_several_counters_is_asked_for_once() -> None:
    buckets = "http_request_duration_seconds_bucket"
    names = [buckets, "http_requests_total", "http_request_duration_seconds_count"]

    def reply(path: str, _: Message) -> Reply:
        counted = {"resultType": "vector", "result": [{"metric": {}, "value": [1, "5"]}]}
        return ok(names) if "/label/" in path else ok(counted if "count_over_time" in path else {"result": []})

    with Server(reply) as server:
        fetch(server.url)
        asked = [path for path in server.paths if f"query={buckets}" in path]
    assert len(asked) == len(set(asked)) > 0


def test_long_windows_are_paged_and_too_many_series_are_not_read() -> None:
    def reply(path: str, headers: Message) -> Reply:
        if "/label/" in path:
            return ok(["http_requests_total", "istio_requests_total"])
        if "+unless+" in path:
            return ok({"resultType": "vector", "result": []})
        if "count%28" in path:
            return ok(
                {"resultType": "vector", "result": [{"metric": {}, "value": [0, "7" if "istio" in path else "5001"]}]}
            )
        return empty(path)

    with Server(reply) as server:
        given = [one for one in fetch(server.url) if isinstance(one, Document)]
        long = Window(WINDOW.start.replace(month=1), WINDOW.end)
        longer = [one for one in fetch(server.url, long) if isinstance(one, Document)]
    pages = [asked(one.asked) for one in given if one.call == "counters"]
    assert {page.query for page in pages} == {'istio_requests_total{reporter="destination"}'}
    assert [(page.end - page.start) / 60 for page in pages] == [30, 30, 30, 15]
    assert (pages[0].start, pages[-1].end) == (WINDOW.start.timestamp() - 3600, WINDOW.end.timestamp() + 900)
    reasons = [gap.reason for gap in read(given)[1]]
    assert "http_requests_total: 5001 series, more than the 5000 that are read" in reasons
    assert [one.call for one in longer].count("alerts") == 91
    assert not [one for one in longer if one.call == "counters"]
    made = PrometheusSource("prom", PrometheusSettings(url="http://prom"), Scrubber())
    gaps = [one.reason for one in made.read(longer, long) if isinstance(one, Gap)]
    assert "error ratios: not computed for more than 12 hours at once" in gaps


@pytest.mark.parametrize("text", ODD)
@pytest.mark.parametrize("call", ["names", "alive", "alerts", "alerts_for_state", "series", "counters", "other"])
def test_any_shape_of_answer_is_survived(call: str, text: str) -> None:
    good = answer("alive", "query_range", {"query": "max(timestamp(up))", "start": 1, "end": 2}, [])
    for query in (
        "query=ALERTS%5B60s%5D&time=60",
        "query=up&time=x",
        "",
        "query=http_requests_total%5B60s%5D&time=1e300",
    ):
        odd = Document(call, f"GET http://prom/api/v1/query?{query}", datetime(2026, 4, 1, tzinfo=UTC), text)
        read([odd, good])


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"url": "http://me:secret@prom"}, "must have no user or password"),
        ({"url": "prom:9090"}, "must be a URL"),
        ({"url": "http://prom/graph?g0.expr=up"}, "must be a URL"),
        ({"url": "http://prom", "username": "ops"}, "username needs its password"),
        (
            {"url": "http://prom", "ratios": [{"service": "a", "error_query": "sum(x)", "total_query": "x"}]},
            "must select",
        ),
        (
            {"url": "http://prom", "ratios": [{"service": "a", "error_query": "x[5m]", "total_query": "x"}]},
            "must select",
        ),
    ],
)
def test_settings_are_refused_with_a_reason(given: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=said) as caught:
        PrometheusSettings.model_validate(given)
    assert "secret" not in "".join(one["msg"] for one in caught.value.errors())


def test_selectors_may_hold_any_label() -> None:
    selector = 'http_requests_total{code=~"[45]..",path="/a\\"}{b"}'
    ratio = {"service": "a", "error_query": selector, "total_query": " x:y{} "}
    made = PrometheusSettings.model_validate({"url": "http://prom/", "ratios": [ratio]})
    assert (made.url, made.ratios[0].error_query, made.ratios[0].total_query) == ("http://prom", selector, "x:y{}")


def test_the_deadline_bounds_it_all() -> None:
    with Server(lambda path, headers: None) as server:
        made = PrometheusSource("prom", PrometheusSettings(url=server.url), Scrubber(), sleep=lambda seconds: None)
        with pytest.raises(Unreachable, match=r"no answer within 0\.\d+ s"):
            list(made.fetch(WINDOW, Deadline(0.4)))


def test_the_zone_of_this_machine_changes_no_question(monkeypatch: pytest.MonkeyPatch) -> None:
    def questions() -> list[str]:
        with Server(empty) as server:
            fetch(server.url)
        return server.paths

    usual = questions()
    try:
        with monkeypatch.context() as changed:
            changed.setenv("TZ", "Asia/Kathmandu")
            time.tzset()
            assert questions() == usual
    finally:
        time.tzset()
    assert f"start={WINDOW.start.timestamp() - 3600:.0f}" in usual[1]
