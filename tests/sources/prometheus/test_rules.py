import json

import pytest

from collector.event import Event, Kind
from collector.source import Document, Gap
from sources.prometheus.templates import rendered
from tests.sources.prometheus.samples import LAST, Sampled, alert, at, document, documents, read, steps, up, utc
from tests.sources.prometheus.server import Server, fetch, ok

PENDING = alert(
    "High", "pending", steps(at("14:04:15"), at("14:06:00")), at("14:04:15"), service="shop", severity="page"
)
FIRING = alert("High", "firing", steps(at("14:06:15"), at("14:23:30")), at("14:04:15"), service="shop", severity="page")


def rule(severity: str = "page", **known: object) -> dict[str, object]:
    return {
        "type": "alerting",
        "name": "High",
        "query": "sum(rate(errors[5m])) by (service)\n  > 0.1",
        "duration": 120,
        "labels": {"severity": severity},
        "annotations": {"summary": "{{ $labels.service }} fails {{ $value | humanizePercentage }}\nof requests"},
        **known,
    }


def rules(*given: object, **group: object) -> Document:
    url = "http://prom/api/v1/rules?type=alert"
    return document("rules", url, {"groups": [{"name": "g", "interval": 15, "rules": list(given), **group}]})


def told(*answers: Document, series: tuple[list[Sampled], ...] = (PENDING, FIRING)) -> tuple[list[Event], list[str]]:
    found, gaps = read([*documents([*(one for many in series for one in many), up()]), *answers])
    return found, [gap.reason for gap in gaps if "request counters" not in gap.reason]


def test_the_rule_says_what_its_alert_means() -> None:
    recording = {"type": "recording", "name": "High", "query": "1"}
    found, gaps = told(rules(recording, rule("warning", query="0"), rule()))
    assert [event.kind for event in found] == [Kind.ALERT_PENDING, Kind.ALERT_FIRING, Kind.ALERT_RESOLVED]
    assert {event.description for event in found} == {"shop fails … of requests"}
    assert {event.query for event in found} == {"sum(rate(errors[5m])) by (service) > 0.1"}
    assert found[0].url.startswith("http://prom/graph?g0.expr=ALERTS%7B")
    assert gaps == []


def test_of_two_rules_that_fit_alike_neither_is_taken() -> None:
    found, _ = told(rules(rule(), rule(query="other")))
    assert {(event.description, event.query[:7]) for event in found} == {("", "ALERTS{")}
    assert told(rules(rule()), rules(rule(), name="copy"))[0][0].description == "shop fails … of requests"


@pytest.mark.parametrize("bad", [None, "x", {"type": "alerting"}, rule(name={}), rule(query=1e15)], ids=repr)
def test_a_rule_that_cannot_be_read_costs_no_other_of_its_group(bad: object) -> None:
    found, gaps = told(rules(bad, rule()))
    assert {event.description for event in found} == {"shop fails … of requests"}
    assert gaps == ["rules: 1 of 2 could not be read and were left out"]


def test_that_the_condition_had_cleared_before_is_said() -> None:
    found, _ = told(rules(rule(keepFiringFor=300)))
    assert found[2].numbers == {"since": at("14:06:15"), "keep_firing_for": 300}
    assert found[2].summary.endswith("is resolved; its condition had cleared 300 s before, by 14:18:45 UTC")
    # It did not fire for as long as that: the rule was another then.
    assert "keep_firing_for" not in told(rules(rule(keepFiringFor=7200)))[0][2].numbers


def test_that_the_rule_is_another_now_is_said_only_if_it_must_be() -> None:
    assert told(rules(rule(duration=110)))[1] == []
    assert told(rules(rule(duration=600)))[1] == [
        "the rule of High was changed since: it has `for` 600 s now, and fired after 120 s then"
    ]


def test_for_and_interval_bound_what_samples_do_not_show() -> None:
    before = alert("High", "firing", steps(at("13:00:00"), at("14:10:00")), at("12:50:00"), service="shop")
    fired = told(rules(rule(labels={})), series=(before,))[0][0]
    assert [fired.earliest, fired.at, fired.latest] == [utc(at(f"{when}:00")) for when in ("12:50", "12:52", "13:00")]
    once = alert("High", "firing", [at("14:06:15")], at("14:06:15"), service="shop")
    assert told(rules(rule(labels={}, duration=0)), series=(once,))[0][1].latest == utc(at("14:06:30"))
    assert told(series=(once,))[0][1].latest == utc(at("14:07:15"))


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{{ $labels.pod }} on {{- .Labels.node -}}.", "web-1 on n."),
        ('{{ $labels.absent }}: {{ printf "%.2f" $value }}{{/* a comment */}}', "…: …"),
        ('{{ with query "up" }}{{ . | first | value }}{{ end }} targets', ""),
        ('{{ $x := 3 }}{{ if eq $labels.pod "a" }}b{{ end }}', ""),
        ("no template\n\tat all }}", "no template at all }}"),
    ],
)
def test_of_a_template_the_labels_are_known(template: str, text: str) -> None:
    assert rendered(template, {"pod": "web-1", "node": "n"}) == text


@pytest.mark.parametrize("status", [404, 405, 501, 403, 500])
def test_without_rules_there_are_alerts_all_the_same(status: int) -> None:
    def reply(path: str, _: object) -> tuple[int, dict[str, str], str]:
        if "/rules" in path:
            return status, {}, "no"
        return ok(["ALERTS"] if "/label/" in path else {"resultType": "vector", "result": []})

    with Server(reply) as server:
        given = fetch(server.url)
    calls = [one.call for one in given if isinstance(one, Document)]
    assert calls[:5] == ["names", "alive", "alerts", "alerts_for_state", "restarts"]
    gaps = [one.reason for one in given if isinstance(one, Gap)]
    assert bool(gaps) == (status not in (404, 405, 501))
    assert all("what the alerts mean is unknown" in gap for gap in gaps)


def test_pages_of_rules_are_followed() -> None:
    def reply(path: str, _: object) -> tuple[int, dict[str, str], str]:
        if "/rules" in path:
            assert "type=alert" in path
            return ok({"groups": [], **({} if "group_next_token=t1" in path else {"groupNextToken": "t1"})})
        return ok(["ALERTS"] if "/label/" in path else {"resultType": "vector", "result": []})

    with Server(reply) as server:
        given = fetch(server.url)
    assert [one.call for one in given if isinstance(one, Document)].count("rules") == 2


@pytest.mark.parametrize(
    "data",
    [
        5,
        {"groups": 5},
        {"groups": [5, {"rules": [5]}, {"rules": [{"type": "alerting", "name": 5}]}]},
        {"groups": [{"interval": "x", "rules": [rule(labels=5, annotations={"summary": 5}, duration=-1, query=5)]}]},
        {"result": [{"values": [[1, "x"]]}]},
        {"result": [{"values": [[1, "NaN"], [2, "1e400"]]}]},
    ],
)
@pytest.mark.parametrize("call", ["rules", "restarts"])
def test_any_answer_leaves_the_alerts(call: str, data: object) -> None:
    odd = Document(call, "GET http://prom/api/v1/rules", utc(LAST), json.dumps({"data": data}))
    assert [event.kind for event in told(odd)[0]] == [Kind.ALERT_PENDING, Kind.ALERT_FIRING, Kind.ALERT_RESOLVED]
