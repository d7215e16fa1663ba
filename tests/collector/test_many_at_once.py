"""One cause over many services is a row, not a table; many that are alike are called what they are."""

from collections.abc import Iterable, Iterator

import pytest

from collector.event import Event, Kind
from collector.gather import Gathered
from collector.scope import Scope
from collector.timeline import draft
from tests.collector.build import WINDOW, alert, errors, event

_NAMES = ("cart", "login", "mail", "orders", "prices", "search")


def rows(events: Iterable[Event], scope: Scope | None = None) -> list[str]:
    found = draft(Gathered(tuple(events), ()), WINDOW, scope or Scope()).rows
    return [f"{row.at:%H:%M} {row.text}" for row in found]


def _outage(names: Iterable[str] = _NAMES, resolves: str = "14:23:00") -> Iterator[Event]:
    for place, name in enumerate(names):
        known = {"service": name, "namespace": "shop", "episode": name}
        yield from errors(f"14:03:{place:02}", f"14:20:{place:02}", after=0.6 + place / 100, **known)
        one = {"service": name, "namespace": "shop", "merge_key": f"HighErrors {name}"}
        yield from alert("HighErrors", f"14:05:{place:02}", resolves, name, **one)


def test_one_alert_of_many_services_has_two_rows_and_their_errors_one_more() -> None:
    assert rows(_outage()) == [
        "14:05 Alert HighErrors fires for 6 services (cart, login, mail and 3 more): "
        "5xx ratio rises to as much as 65%, since 14:03",
        "14:20 5xx ratio of 6 services falls to 0% (cart, login, mail and 3 more)",
        "14:23 Alert HighErrors resolved for all 6 after 18 min",
    ]


def surge(name: str, clock: str, before: float, load: float) -> Event:
    numbers = {"load_before": before, "load": load, "surge": 1.0}
    return event(Kind.TRAFFIC_ROSE, clock, service=name, namespace="shop", numbers=numbers, native_id=f"surge {name}")


def test_the_surges_before_an_alert_of_many_services_have_one_row_with_the_sharpest() -> None:
    surges = [surge("cart", "14:01:00", 20, 82), surge("mail", "14:01:10", 5, 50), surge("login", "14:02:10", 30, 62)]
    expected = (
        "14:01 Traffic of 3 services rises (cart, login, mail, 14:01 to 14:02), "
        "most sharply that of mail: from 5 to 50 requests/s"
    )
    without_errors = [one for one in _outage() if not one.keys.measure]
    without_alerts = [one for one in _outage() if not one.keys.alert]
    for others in (list(_outage()), without_errors, without_alerts):
        found = rows([*others, *surges])
        assert found[0] == expected
        assert found[1:] == rows(others)
        assert rows([*others, surges[0]])[0] == "14:01 Traffic of cart rises from 20 to 82 requests/s"


def test_rows_of_many_services_belong_to_none_of_them_and_last_until_the_last_alert_is_over() -> None:
    found = draft(Gathered(tuple(_outage()), ()), WINDOW, Scope()).rows
    assert {row.service for row in found} == {""}
    firing, _, resolved = found
    assert firing.end == resolved.at


def test_the_alert_of_three_services_has_rows_for_each() -> None:
    assert sum("Alert HighErrors fires" in text for text in rows(_outage(_NAMES[:3]))) == 3


def test_that_some_still_fire_is_in_the_row_of_those_that_are_resolved() -> None:
    later = [*_outage(_NAMES[:4]), *_outage(_NAMES[4:], "14:29:59")]
    open_ = [one for one in later if not (one.kind == Kind.ALERT_RESOLVED and one.subject.service in _NAMES[4:])]
    assert "14:23 Alert HighErrors resolved for 4 of 6 services after 18 min" in rows(open_)


def test_a_service_that_is_asked_for_keeps_its_own_rows() -> None:
    found = rows(_outage(), Scope(services=("mail",)))
    assert any("Alert HighErrors fires for mail" in text for text in found)


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [(8.9, 0.756, "from 8.9 to 0.76 requests/s"), (0.5, 0.1, "from 30 to 6 requests/min")],
)
def test_both_ends_of_a_fall_of_traffic_are_in_one_unit(low: float, high: float, words: str) -> None:
    known = {"service": "web", "namespace": "shop", "numbers": {"before": low, "after": high}}
    found = rows([event(Kind.TRAFFIC_FELL, "14:03:00", **known)])
    assert any(words in text for text in found), found


def _unready(count: int, at: str = "14:02") -> Iterator[Event]:
    for number in range(count):
        # Of a kind each, so that no ten minutes have four that are alike.
        known = {"service": f"s{number:02}", "namespace": "shop", "workload": f"Deployment/s{number:02}"}
        yield event(Kind.POD_UNREADY, f"{at}:{number:02}", pod=f"s{number:02}-1", seconds=240, **known)


def test_pods_of_many_services_are_called_what_they_are_and_one_minute_once() -> None:
    found = rows([*_unready(20), event(Kind.NODE_NOT_READY, "14:01:50", node="n-1", workload="Node/n-1")])
    text = " ".join(found)
    assert "stories" not in text
    assert "14:02 to 14:02" not in text


@pytest.mark.parametrize(
    ("kind", "pods", "words"),
    [
        (Kind.POD_UNSCHEDULABLE, 2, "2 pods of web cannot be scheduled"),
        (Kind.POD_EVICTED, 2, "2 pods of web are evicted"),
        (Kind.POD_NOT_READY, 3, "3 new pods of web do not become ready"),
        (Kind.POD_UNREADY, 2, "2 pods of web are not ready any more"),
    ],
)
def test_so_many_pods_are_the_subject_of_their_sentence(kind: Kind, pods: int, words: str) -> None:
    known = {"service": "web", "namespace": "shop", "workload": "Deployment/web", "seconds": 300}
    found = rows(event(kind, f"14:02:{n:02}", pod=f"web-{n}", native_id=f"{n}", **known) for n in range(pods))
    assert any(words in text for text in found), found
