"""An alert is worded with the errors that it is about, and with none that are something else to it."""

import pytest
from msgspec.structs import replace

from collector.event import Event, Kind
from collector.gather import Gathered
from collector.timeline import Scope, draft
from tests.collector.build import WINDOW, alert, errors, event


def texts(*events: Event) -> list[str]:
    return [row.text for row in draft(Gathered(events, ()), WINDOW, Scope()).rows]


@pytest.mark.parametrize("name", ["CheckoutErrors", "SLOBurn", "checkout_down", "HighErrorRate", "PagerAlert"])
def test_an_alert_about_requests_has_the_errors_in_its_row(name: str) -> None:
    rows = texts(*errors("14:03:30", "14:20:00"), *alert(name, "14:06:00", "14:22:00"))
    assert [row for row in rows if name in row and "5xx ratio up" in row]


@pytest.mark.parametrize(
    "name",
    ["KubePodOOMKilled", "KubeHpaMaxedOut", "KubePodCrashLooping", "disk_fill_4d", "HighMemoryUsage", "queue_backlog"],
)
def test_an_alert_about_what_a_service_runs_on_has_not(name: str) -> None:
    rows = texts(*errors("14:03:30", "14:20:00"), *alert(name, "14:06:00", "14:22:00"))
    assert not [row for row in rows if name in row and "5xx ratio" in row]
    assert [row for row in rows if row.startswith("5xx ratio of checkout rises")]


def test_errors_that_were_over_before_the_alert_fired_have_rows_of_their_own() -> None:
    rows = texts(*errors("14:03:30", "14:05:00"), *alert("CheckoutErrors", "14:06:00", "14:08:00"))
    rises, falls, fires = (
        next(place for place, row in enumerate(rows) if words in row) for words in ("rises", "falls", "fires")
    )
    assert rises < falls < fires


@pytest.mark.parametrize(("to", "shown"), [(8, True), (7, True), (6, False), (5, False)])
def test_an_autoscaler_that_adds_several_pods_to_those_of_a_service_in_trouble_has_a_row(to: int, shown: bool) -> None:
    known = {"service": "checkout", "namespace": "shop", "workload": "Deployment/checkout"}
    words = f"Deployment checkout scaled from 4 to {to} by its autoscaler"
    scaled = event(Kind.SCALED, "14:02:00", words, numbers={"was": 4, "replicas": to}, **known)
    assert (words in texts(scaled, *errors("14:03:30", "14:20:00"))) is shown
    assert words not in texts(scaled, *errors("14:03:30", "14:20:00", service="search"))


def test_of_an_autoscaler_that_goes_up_and_down_both_steps_are_in_the_row() -> None:
    known = {"service": "checkout", "namespace": "shop", "workload": "Deployment/checkout"}
    steps = [
        event(Kind.SCALED, at, "scaled by its autoscaler", numbers={"was": was, "replicas": to}, **known)
        for at, was, to in (("14:02:00", 6, 10), ("14:21:00", 10, 6))
    ]
    rows = texts(*steps, *errors("14:03:30", "14:20:00"))
    assert "checkout is scaled from 6 to 10 by its autoscaler, then to 6 at 14:21" in rows


def test_several_times_as_many_requests_stand_beside_the_errors_that_came_with_them() -> None:
    rose, fell = errors("14:03:30", "14:22:00")
    surge = replace(rose, numbers={**rose.numbers, "load_before": 39.9, "load": 221.0})
    assert texts(surge, fell)[0].startswith(
        "5xx ratio of checkout rises from 0.1% to 40%, traffic rises from 39.9 to 221 requests/s"
    )


@pytest.mark.parametrize(
    ("known", "words"),
    [
        ({"workload": "Job/report-29"}, "for Job report-29"),
        ({"workload": "PersistentVolumeClaim/data-0", "node": "worker-3"}, "for PersistentVolumeClaim data-0"),
        ({"node": "worker-3"}, "for node worker-3"),
        ({"pod": "till-5d-x", "node": "worker-3"}, "for pod till-5d-x"),
    ],
)
def test_an_alert_of_no_service_names_its_object(known: dict[str, str], words: str) -> None:
    rows = texts(*alert("Trouble", "14:06:00", "14:22:00", service="", namespace="shop", **known))
    assert rows == [f"Alert Trouble fires {words}", f"Alert Trouble {words} resolved after 16 min"]


def test_nodes_of_an_alert_are_named_without_the_domain_that_they_share() -> None:
    fired = [alert("NodeDown", f"14:0{n}:00", None, f"{n}", service="", node=f"n{n}.eu.example.com") for n in (1, 2)]
    (row,) = texts(*(each for one in fired for each in one))
    assert row.startswith("Alert NodeDown fires for nodes n1, n2 (2 instances")


def test_an_address_is_the_name_of_a_node_and_stays_whole() -> None:
    (row,) = texts(*alert("NodeDown", "14:06:00", None, service="", node="10.0.5.17"))
    assert row.startswith("Alert NodeDown fires for node 10.0.5.17")


def test_an_alert_of_several_objects_names_them() -> None:
    fired = [
        alert("KubeJobFailed", f"14:0{n}:00", None, f"{n}", service="", workload=f"Job/report-{n}") for n in range(4)
    ]
    assert texts(*(each for one in fired for each in one)) == [
        "Alert KubeJobFailed fires for Jobs report-0, report-1, report-2 and 1 more (4 instances, the last at 14:03),"
        " its end not seen by 14:30"
    ]
