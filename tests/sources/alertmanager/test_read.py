import json
from collections.abc import Sequence
from datetime import timedelta

import pytest

from collector.event import Event, Kind
from collector.secrets import Scrubber
from collector.source import Document, Gap
from sources.alertmanager import AlertmanagerSettings, AlertmanagerSource
from tests.collector.build import WINDOW, at
from tests.servers.process import ROOT
from tests.sources.alertmanager.payloads import ASKED, alert, documents, silence

REAL = ROOT.parent / "shared" / "data" / "insights-operator" / "config"


def read(given: list[Document], **settings: object) -> list[Event | Gap]:
    made = AlertmanagerSettings.model_validate({"url": "http://am/", **settings})
    return list(AlertmanagerSource("am", made, Scrubber()).read(given, WINDOW))


def events(alerts: Sequence[object] = (), silences: Sequence[object] = (), **settings: object) -> list[Event]:
    found = read(documents(list(alerts), list(silences)), **settings)
    assert not [one for one in found if isinstance(one, Gap)]
    return [one for one in found if isinstance(one, Event)]


def test_a_firing_alert_has_its_annotation_and_no_end() -> None:
    (firing,) = events([alert("High", "14:06:15", labels={"prometheus": "a", "pod": "web-1"})])
    start = at("14:06:15.250")
    assert (firing.kind, firing.earliest, firing.at) == (Kind.ALERT_FIRING, start, start)
    assert firing.latest - firing.at == timedelta(milliseconds=1)
    assert (firing.description, firing.query) == ("High of checkout", "errors > 0.1")
    assert (firing.subject.service, firing.subject.namespace, firing.subject.pod) == ("checkout", "shop", "web-1")
    # As the Prometheus source has it.
    assert firing.merge_key == '{alertname="High",namespace="shop",pod="web-1",service="checkout"}'
    assert firing.summary == "alert High (namespace=shop, pod=web-1, service=checkout) fires"
    assert firing.url.startswith("http://am/#/alerts?filter=%7Balertname%3D%22High%22")


def test_labels_that_prometheus_adds_on_sending_do_not_make_it_another_alert() -> None:
    (firing,) = events([alert("High", "14:06:15", labels={"cluster": "eu"})], external_labels=["cluster"])
    assert firing.merge_key == '{alertname="High",namespace="shop",service="checkout"}'
    assert firing.subject.cluster == "eu"


@pytest.mark.parametrize(
    ("ends", "updated", "earliest", "says"),
    [
        ("14:23:45", "14:23:46", "14:23:45.250", "is resolved"),
        # Its sender died: only the lease ran out.
        ("14:23:45", "14:19:45", "14:19:45.250", "is no longer reported"),
    ],
)
def test_an_end_in_the_past_is_a_resolution(ends: str, updated: str, earliest: str, says: str) -> None:
    firing, resolved = events([alert("High", "14:06:15", ends, updated)])
    assert (resolved.kind, resolved.at, resolved.earliest) == (Kind.ALERT_RESOLVED, at("14:23:45.250"), at(earliest))
    assert says in resolved.summary
    assert firing.keys.episode == resolved.keys.episode


def test_that_it_is_silenced_or_inhibited_is_told() -> None:
    status = {"silencedBy": ["s1", "unknown"], "inhibitedBy": ["fDown"], "mutedBy": ["nights"]}
    high = alert("High", "14:06:15", status=status)
    found = events([high, alert("Down", "14:05:00")], [silence("s1", "14:18:00", "15:18:00", "14:18:00")])
    assert found[1].summary.endswith(
        ' fires; at 14:40:00 UTC it is silenced by sam ("rolling back") and silenced by unknown and inhibited by Down'
        " and muted by the time interval nights"
    )


def test_what_always_fires_or_began_after_the_window_is_left_out() -> None:
    chronic = alert("Old", "14:00:00") | {"startsAt": "2026-03-28T14:00:00Z"}
    quiet = alert("Info", "14:06:15", labels={"severity": "none"})
    assert events([alert("Watchdog", "14:06:15"), quiet, chronic, alert("Later", "14:31:00")]) == []


def test_a_silence_is_made_and_expired_by_hand() -> None:
    started, ended = events(silences=[silence("s1", "14:18:00", "14:25:00", "14:25:00")])
    assert (started.kind, started.at, started.actor) == (Kind.SILENCE_STARTED, at("14:18:00.250"), "sam")
    assert started.summary == 'Silence for alertname="High" by sam: "rolling back"'
    assert (ended.kind, ended.at, ended.actor) == (Kind.SILENCE_ENDED, at("14:25:00.250"), "")
    assert ended.summary == 'Silence for alertname="High" by sam is expired by hand: "rolling back"'
    assert started.url == "http://am/#/silences/s1"
    assert started.numbers == {"whole": 1}


def test_the_end_of_a_silence_that_lies_ahead_is_not_told_and_that_it_was_planned_is() -> None:
    matchers = [
        {"name": "service", "value": "checkout", "isRegex": False},
        {"name": "pod", "value": 'web-"1".*', "isRegex": True, "isEqual": True},
        {"name": "severity", "value": "page", "isRegex": False, "isEqual": False},
        {"name": "zone", "value": "a|b", "isRegex": True, "isEqual": False},
    ]
    planned = silence("s1", "14:18:00", "15:00:00", "12:00:00", matchers=matchers, comment="")
    (started,) = events(silences=[planned])
    wanted = r'service="checkout", pod=~"web-\"1\".*", severity!="page", zone!~"a|b"'
    assert started.summary == f"Silence for {wanted} by sam (planned at 2026-04-01 12:00:00 UTC)"
    assert started.subject.service == "checkout"
    (ran,) = events(silences=[silence("s1", "14:18:00", "14:30:00", "14:18:00")])[1:]
    assert "runs out" in ran.summary


def test_silences_of_other_times_and_those_never_in_effect_are_left_out() -> None:
    before = silence("s1", "10:00:00", "11:00:00", "10:00:00")
    cancelled = silence("s2", "14:10:00", "14:10:00", "14:10:00")
    ahead = silence("s3", "14:50:00", "15:50:00", "14:20:00", status={"state": "pending"})
    assert events(silences=[before, cancelled, ahead]) == []


def test_bad_items_lose_no_others_and_are_counted() -> None:
    odd = [5, {}, alert("A", "14:06:15") | {"startsAt": "2026-04-01 14:06"}, {"labels": {"a": 1}, "startsAt": ""}]
    found = read(documents([*odd, alert("High", "14:06:15")], {"error": "x"}))
    assert [one.reason for one in found if isinstance(one, Gap)] == [
        "alerts: 4 of 5 could not be read and were left out",
        "silences: expected a list, got dict",
    ]
    assert [one.keys.alert for one in found if isinstance(one, Event)] == ["High"]


def test_an_alert_of_two_answers_is_one() -> None:
    first = documents([alert("High", "14:06:15")], [])
    later = documents([alert("High", "14:06:15", "14:41:00", "14:41:00")], [], ASKED + timedelta(minutes=5))
    for given in ([*first, *later], [*later, *first]):
        found = [one for one in read(given) if isinstance(one, Event) and one.keys.alert == "High"]
        assert [one.kind for one in found] == [Kind.ALERT_FIRING, Kind.ALERT_RESOLVED]


@pytest.mark.skipif(not REAL.exists(), reason="these payloads are not part of the project")
@pytest.mark.parametrize("name", ["alerts.json", "silenced_alerts.json"])
def test_real_payloads_are_read_whole(name: str) -> None:
    items = json.loads((REAL / name).read_text())
    text = json.dumps(items)
    for then, day in (("2022-01-04", "2026-03-31"), ("2022-01-05", "2026-04-01"), ("2021-11-26", "2026-04-01")):
        text = text.replace(then, day)
    moved = json.loads(text)
    found = read(documents(moved, []))
    assert not [one for one in found if isinstance(one, Gap)]
    firing = [one for one in found if isinstance(one, Event) and one.kind == Kind.ALERT_FIRING]
    assert firing
    assert all(one.description and one.keys.alert for one in firing)


@pytest.mark.parametrize(
    ("call", "key", "readable"),
    [
        ("silences", "startsAt", False),
        ("silences", "endsAt", False),
        ("silences", "updatedAt", True),
        ("alerts", "startsAt", False),
        ("alerts", "endsAt", True),
        ("alerts", "updatedAt", True),
    ],
)
def test_a_time_that_go_writes_for_none_ends_nothing(call: str, key: str, readable: bool) -> None:
    one = (
        alert("Slow", "14:06:15", "14:20:00") if call == "alerts" else silence("s", "14:06:00", "14:20:00", "14:06:00")
    )
    other = (
        alert("Fast", "14:06:15", "14:20:00") if call == "alerts" else silence("t", "14:06:00", "14:20:00", "14:06:00")
    )
    items = [{**one, key: "0001-01-01T00:00:00Z"}, other]
    found = read(documents(items, []) if call == "alerts" else documents([], items))
    gaps = [one.reason for one in found if isinstance(one, Gap)]
    assert gaps == ([] if readable else [f"{call}: 1 of 2 could not be read and were left out"])
    events = [one for one in found if isinstance(one, Event)]
    assert events
    assert {event.at.year for event in events} == {WINDOW.start.year}


@pytest.mark.parametrize(
    ("name", "operator", "whole"),
    [("namespace", {}, True), ("namespace", {"isRegex": True}, False), ("severity", {}, False)],
)
def test_a_silence_is_whole_if_its_name_and_subject_are_all_that_it_asks_of_an_alert(
    name: str, operator: dict[str, bool], whole: bool
) -> None:
    by_name = {"name": "alertname", "value": "High", "isRegex": False, "isEqual": True}
    matchers = [by_name, {"name": name, "value": "shop", "isRegex": False, "isEqual": True, **operator}]
    (started, _) = events(silences=[silence("s1", "14:18:00", "14:25:00", "14:25:00", matchers=matchers)])
    assert bool(started.numbers) == whole
