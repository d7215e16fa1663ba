import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.event import SECOND, Event, Kind
from collector.merge import merge
from collector.source import Document, Gap
from sources.alert_labels import fact
from sources.grafana import GrafanaSettings
from sources.grafana.annotations import plain
from sources.grafana.read import read
from tests.servers.grafana import frame
from tests.sources.grafana.payloads import (
    ARRIVED,
    LABELS,
    SETTINGS,
    URL,
    alert_annotation,
    annotation,
    annotations,
    answer,
    change,
    history,
    ms,
    utc,
)

PENDING, FIRING, RESOLVED = Kind.ALERT_PENDING, Kind.ALERT_FIRING, Kind.ALERT_RESOLVED
ABOUT = "(namespace=shop, service=checkout)"


def told(*documents: Document, settings: GrafanaSettings = SETTINGS) -> tuple[list[Event], list[Gap]]:
    given_ = list(read(documents, "grafana", settings))
    return [one for one in given_ if isinstance(one, Event)], [one for one in given_ if isinstance(one, Gap)]


def steps(events: list[Event]) -> list[tuple[str, str, str]]:
    return [(event.kind.value, f"{event.at:%H:%M:%S}", event.summary) for event in events]


def one_annotation(text: str, *tags: str, **known: Any) -> Event:
    events, gaps = told(annotations(annotation(1, "14:02:06.500", text, *tags, **known)))
    assert gaps == []
    assert [event.kind for event in events] == [Kind.ANNOTATION]
    return events[0]


def test_an_episode_is_pending_firing_and_resolved() -> None:
    events, gaps = told(
        history(
            change("14:23:45", "Alerting", "Normal"),
            change("14:04:15.250", "Normal", "Pending"),
            change("14:06:15", "Pending", "Alerting"),
        )
    )
    assert gaps == []
    assert steps(events) == [
        ("alert.pending", "14:04:15", f"alert Checkout errors {ABOUT} is pending"),
        ("alert.firing", "14:06:15", f"alert Checkout errors {ABOUT} fires"),
        ("alert.resolved", "14:23:45", f"alert Checkout errors {ABOUT} is resolved"),
    ]
    assert len({event.keys.episode for event in events}) == 1
    assert {event.keys.alert for event in events} == {"Checkout errors"}
    assert {event.subject.service for event in events} == {"checkout"}
    assert [event.numbers["since"] * 1000 for event in events] == [
        ms("14:04:15.250"),
        ms("14:04:15.250"),
        ms("14:06:15"),
    ]
    pending = events[0]
    assert (pending.earliest, pending.latest) == (pending.at, pending.at + SECOND / 1000)
    assert pending.at.microsecond == 250_000
    assert pending.url == f"{URL}/alerting/grafana/cdx1/view"
    at = ms("14:04:15") // 1000
    assert pending.query == f"GET {URL}/api/v1/rules/history?ruleUID=cdx1&from={at}&to={at + 1}"


def test_an_alert_that_fired_before_the_first_change_says_so_and_one_that_still_fires_has_no_end() -> None:
    other = {"labels": {**LABELS, "service": "cart"}}
    events, _ = told(
        history(change("14:03:00", "Alerting", "Normal"), change("14:20:00", "Normal", "Alerting", **other))
    )
    cart, *checkout = events
    assert steps([cart]) == [("alert.firing", "14:20:00", "alert Checkout errors (namespace=shop, service=cart) fires")]
    assert [event.kind for event in checkout] == [FIRING, RESOLVED]
    assert "already fires at 2026-03-31 14:00:00 UTC, since when is unknown" in checkout[0].summary
    assert [dict(event.numbers) for event in checkout] == [{}, {}]
    assert cart.numbers["fired"] * 1000 == ms("14:20:00")
    assert len({event.keys.episode for event in events}) == 2


def test_where_the_listing_was_cut_nothing_is_known_of_before() -> None:
    rows = [change("14:10:00", "Normal", "Pending", labels={"n": str(n)}) for n in range(2)]
    whole = history(change("14:20:00", "Alerting", "Normal"), *rows, limit=3)
    # Full: of the second of its oldest row it may hold a part only.
    events, _ = told(whole)
    already = next(event for event in events if event.kind is FIRING)
    assert already.at == utc("14:10:01")


@pytest.mark.parametrize(
    ("state", "name", "reason"),
    [
        ("Alerting (NoData)", "Checkout errors (NoData)", "fires (NoData)"),
        ("NoData", "Checkout errors (NoData)", "fires (NoData)"),
        ("Error", "Checkout errors (Error)", "fires (Error)"),
        ("Alerting (Error)", "Checkout errors (Error)", "fires (Error)"),
    ],
)
def test_no_data_and_errors_fire_under_a_name_of_their_own(state: str, name: str, reason: str) -> None:
    events, _ = told(history(change("14:06:15", "Normal", state, error="no\nroute")))
    assert [event.kind for event in events] == [FIRING]
    assert events[0].keys.alert == name
    assert events[0].summary.endswith(reason)
    assert events[0].description == "no route"


def test_states_that_an_alert_goes_through_while_it_fires_are_one_episode() -> None:
    events, _ = told(
        history(
            change("14:06:00", "Normal", "Alerting"),
            change("14:07:00", "Alerting", "Alerting (NoData, KeepLast)"),
            change("14:08:00", "Alerting (NoData, KeepLast)", "Alerting"),
            change("14:09:00", "Alerting", "Recovering"),
            change("14:10:00", "Recovering", "Normal (Paused)"),
            change("14:11:00", "Normal (Paused)", "Normal (Updated)"),
        )
    )
    assert [event.kind for event in events] == [FIRING, Kind.OTHER, Kind.OTHER, Kind.OTHER, RESOLVED]
    assert events[1].summary.endswith("is now Alerting (NoData, KeepLast)")
    # A pause is no recovery, so it says why.
    assert events[-1].summary.endswith("is resolved (Paused)")


def test_replicas_that_report_the_same_change_are_one_and_two_sources_merge() -> None:
    rows = [change("14:04:15", "Normal", "Pending"), change("14:06:15", "Pending", "Alerting")]
    late = [(at + 10_000, line) for at, line in rows]
    once, _ = told(history(*rows))
    assert told(history(*rows, *late, *rows))[0] == once
    elsewhere = list(read([history(*late)], "grafana-b", SETTINGS))
    facts = merge([*once, *(one for one in elsewhere if isinstance(one, Event))])
    assert [len(merged.events) for merged in facts] == [2, 2]
    assert once[0].merge_key == fact({"alertname": "Checkout errors", "namespace": "shop", "service": "checkout"})


def test_alerts_that_always_fire_are_left_out() -> None:
    assert told(history(change("14:06:15", "Normal", "Alerting", ruleTitle="Watchdog"))) == ([], [])


def test_frames_may_be_split_and_have_their_columns_in_any_order_or_unnamed() -> None:
    rows = [change("14:04:15", "Normal", "Pending"), change("14:06:15", "Pending", "Alerting")]
    expected, _ = told(history(*rows))
    turned = frame(rows, ("labels", "line", "time"))
    assert told(answer("history", asked(), turned)) == (expected, [])
    assert told(answer("history", asked(), [frame(rows[:1]), frame(rows[1:], ("line", "time"))])) == (expected, [])
    unnamed = {**frame(rows), "schema": None}
    assert told(answer("history", asked(), unnamed)) == (expected, [])
    written = frame([(at, json.dumps(line)) for at, line in rows])  # type: ignore[misc]
    assert told(answer("history", asked(), written)) == (expected, [])


def test_one_bad_row_costs_only_itself() -> None:
    body = frame([change("14:04:15", "Normal", "Pending"), change("14:05:15", "Normal", "Whatever")])
    body["data"]["values"][0].append(ms("14:06:15"))
    events, gaps = told(answer("history", asked(), body))
    assert [event.kind for event in events] == [PENDING]
    assert [gap.reason for gap in gaps] == ["history: 2 of 3 could not be read and were left out"]


def test_a_frame_without_its_values_is_a_gap() -> None:
    body = frame([change("14:04:15", "Normal", "Pending")])
    for odd in ({}, {"values": None}):
        events, gaps = told(answer("history", asked(), {**body, "data": odd}))
        assert ([*events], len(gaps)) == ([], 1)


def test_a_grafana_that_keeps_no_history_is_a_gap() -> None:
    _, gaps = told(answer("history", asked(), {"schema": {"name": "states", "fields": []}, "data": {"values": []}}))
    assert ["does not keep" in gap.reason for gap in gaps] == [True]


def test_annotations_of_alerts_tell_the_same_as_the_history() -> None:
    items = [
        alert_annotation(3, "14:23:45", "Alerting", "Normal"),
        alert_annotation(2, "14:06:15", "Pending", "Alerting", dashboardUID="d1", panelId=4),
        alert_annotation(1, "14:04:15", "Normal", "Pending"),
    ]
    made_up = [{name: value for name, value in item.items() if name not in ("id", "timeEnd")} for item in items]
    rows = [change(c, b, a) for c, b, a in (("14:04:15", "Normal", "Pending"), ("14:06:15", "Pending", "Alerting"))]
    expected, _ = told(history(*rows, change("14:23:45", "Alerting", "Normal")))
    for listed in (items, made_up):
        events, gaps = told(annotations(*listed, call="alert_annotations"))
        assert gaps == []
        assert steps(events) == steps(expected)
        assert [event.merge_key for event in events] == [event.merge_key for event in expected]
    shown = f"from={ms('13:36:15')}&to={ms('14:36:15')}&viewPanel=4"
    assert events[1].url == f"{URL}/d/d1?{shown}"
    assert told(annotations(*items, call="alert_annotations"))[0][0].query == f"GET {URL}/api/annotations/1"
    # Given where only those that people made were asked for, they are no news.
    assert told(annotations(*items)) == ([], [])


def test_the_text_of_an_alert_is_parsed_as_far_as_it_can_be() -> None:
    texts = {
        "A {b} c {alertname=A {b} c, service=x, note=1, 2 {3}} - A=1, B=2": ("A {b} c", "x"),
        "Disk full": ("Disk full", ""),
        "Disk {} - A=1": ("Disk", ""),
    }
    for text, expected in texts.items():
        item = alert_annotation(1, "14:06:15", "Normal", "Alerting", text=text)
        (event,), gaps = told(annotations(item, call="alert_annotations"))
        assert gaps == []
        assert (event.keys.alert, event.subject.service) == expected


def test_a_deploy_marker_names_service_version_and_commit() -> None:
    sha = "4f1d2c9a" * 5
    event = one_annotation(
        '<b>Deployed</b> checkout<br>by <a href="https://ci">run 482</a> &amp; co\n',
        "deploy",
        "service:checkout",
        "version:v1.5.0",
        f"commit:{sha}",
        "env:production",
        login="dana-reyes",
        dashboardUID="d/1",
        panelId=2,
    )
    assert event.summary == (
        "Deployed checkout by run 482 & co "
        f"(tags deploy, service:checkout, version:v1.5.0, commit:{sha}, env:production)"
    )
    assert (event.subject.service, event.subject.environment) == ("checkout", "production")
    assert (event.keys.version, event.keys.commit, event.actor) == ("1.5.0", sha, "dana-reyes")
    assert event.at == utc("14:02:06.500")
    assert event.url.startswith(f"{URL}/d/d%2F1?from=")
    assert event.url.endswith("&viewPanel=2")
    assert event.query == f"GET {URL}/api/annotations/1"


@pytest.mark.parametrize(
    ("text", "tags", "version", "commit"),
    [
        ("Release v1.5.0 is out.", [], "1.5.0", ""),
        ("Rolled back to checkout-1.4.9", [], "1.4.9", ""),
        ("rollback", ["v1.4.9"], "1.4.9", ""),
        ("Deploy", ["release=2026.4-b"], "2026.4-b", ""),
        ("deploy of commit ABCDEF1", [], "", "abcdef1"),
        # Not sure, so not said: two versions, an address, no deploy, a number that is no commit.
        ("Deploy 1.4.9 -> 1.5.0", [], "", ""),
        ("Deploy to 10.0.0.1", [], "", ""),
        ("We looked at 1.5.0", ["v1.5.0"], "", ""),
        ("deploy 1234567 items", ["commit:main"], "", ""),
    ],
)
def test_a_version_or_commit_is_told_only_where_it_is_sure(
    text: str, tags: list[str], version: str, commit: str
) -> None:
    keys = one_annotation(text, *tags).keys
    assert (keys.version, keys.commit) == (version, commit)


def test_a_span_of_time_says_until_when_and_a_long_text_is_told_in_full_elsewhere() -> None:
    event = one_annotation("Maintenance", timeEnd=ms("16:00:00"))
    assert event.summary == "Maintenance, until 2026-04-01 16:00:00 UTC"
    assert event.numbers["until"] * 1000 == ms("16:00:00")
    assert event.latest == event.at + SECOND / 1000
    long = one_annotation("word " * 100)
    assert len(long.summary) <= 200
    assert long.description == ("word " * 100).strip()


def test_pages_that_overlap_give_each_annotation_once_and_copies_on_several_dashboards_are_one_fact() -> None:
    items = [annotation(n, "14:02:06", "deploy", "v1.5.0", dashboardUID=f"d{n}") for n in (1, 2)]
    events, _ = told(annotations(*items), annotations(items[1]))
    assert [event.native_id for event in events] == ["annotation/1", "annotation/2"]
    assert len(merge(events)) == 1


def test_html_is_stripped_but_not_what_only_looks_like_it() -> None:
    assert plain("p99 < 5ms <i>and</i> a<b & x &lt;y&gt;<li>z") == "p99 < 5ms and a<b & x <y> z"
    assert plain("<" * 50_000 + "<a " * 50_000).startswith("<<<")


def asked() -> str:
    return f"/api/v1/rules/history?from={ms('2026-03-31T14:00:00') // 1000}&to={ms('14:45:00') // 1000}"


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from([ms("14:00:00"), 1 << 70]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
STATES = st.sampled_from(["Normal", "Pending", "Alerting", "NoData", "Error", "Alerting (NoData)", "Normal (Paused)"])
TIMES = st.integers(0, 5).map(lambda n: ms("14:00:00") + n)
LINES = st.fixed_dictionaries(
    {"previous": STATES | JUNK, "current": STATES | JUNK},
    optional={"ruleUID": st.sampled_from(["a", "b"]) | JUNK, "ruleTitle": st.just("T") | JUNK, "labels": JUNK},
)
ITEMS = st.fixed_dictionaries(
    {"time": TIMES | JUNK},
    optional={
        name: JUNK | sensible
        for name, sensible in {
            "id": st.integers(0, 3),
            "timeEnd": TIMES,
            "text": st.sampled_from(["T {alertname=T} - A=1", "deploy 1.5.0"]),
            "tags": st.lists(st.sampled_from(["deploy", "service:a", "sha:1234567"])),
            "newState": STATES,
            "prevState": STATES,
            "alertId": st.integers(0, 2),
            "dashboardUID": st.text(),
            "panelId": st.integers(),
        }.items()
    },
)


@given(st.lists(st.tuples(TIMES | JUNK, LINES | JUNK), max_size=8), st.lists(ITEMS | JUNK, max_size=8), JUNK)
def test_whatever_comes_is_read_without_a_fault(rows: list[Any], items: list[Any], junk: Any) -> None:
    documents = [
        answer("history", asked(), frame(rows)),
        answer("history", asked(), {"schema": junk, "data": {"values": junk}}, limit=2),
        answer("history", asked(), junk),
        annotations(*items),
        annotations(*items, call="alert_annotations", limit=2),
        answer("annotations", "/api/annotations?from=x&to=1", items),
    ]
    events, gaps = told(*documents)
    assert events == told(*documents[::-1])[0]
    keys = [(event.kind, event.native_id) for event in events]
    assert len(set(keys)) == len(keys)
    assert all(event.summary and "\n" not in event.summary and event.query for event in events)
    assert all("\n" not in gap.reason for gap in gaps)


@pytest.mark.parametrize("odd", [["a"], {"a": 1}, 5, None, "Odd"])
def test_an_odd_name_of_a_column_hides_no_other(odd: object) -> None:
    at, line = change("14:06:15", "Normal", "Alerting")
    body = {
        "schema": {"fields": [{"name": odd}, {"name": "Time"}, {"name": "line"}]},
        "data": {"values": [[1], [at], [line]]},
    }
    asked = history((at, line)).asked
    events, gaps = told(Document("history", asked, ARRIVED, json.dumps(body)))
    assert [event.kind for event in events] == [FIRING]
    assert gaps == []


@pytest.mark.parametrize("names", [["when", "line"], ["time"], []])
def test_columns_that_are_not_there_are_a_gap(names: list[str]) -> None:
    at, line = change("14:06:15", "Normal", "Alerting")
    body = {"schema": {"fields": [{"name": name} for name in names] or [{}]}, "data": {"values": [[at], [line]]}}
    _, gaps = told(Document("history", history((at, line)).asked, ARRIVED, json.dumps(body)))
    assert "history: 1 frames without the columns time and line were left out" in [gap.reason for gap in gaps]
