"""A surge of requests before errors begin is an event of its own, with its time; one that is nothing new is none."""

import pytest

from collector.event import Event, Kind
from tests.sources.prometheus.orders import found
from tests.sources.prometheus.samples import FIRST, LAST, Sampled, alert, at, counter, steps

Loads = list[tuple[str, str, float]]
"""From when to when how many requests per second come; 10 at other times."""


def shop(loads: Loads, failing: tuple[str, str] | None, share: float = 0.3) -> list[Sampled]:
    """The counters of a target of which a share of the requests fails for some time."""
    times = steps(FIRST + 4, LAST, 15)

    def rate(time: float) -> float:
        return next((load for begin, end, load in loads if at(begin) < time <= at(end)), 10.0)

    def failed(time: float) -> float:
        return share if failing and at(failing[0]) < time <= at(failing[1]) else 0.0

    labels = {"service": "orders", "namespace": "shop", "instance": "a"}
    bad = counter({**labels, "code": "503"}, times, lambda time: 15 * rate(time) * failed(time))
    good = counter({**labels, "code": "200"}, times, lambda time: 15 * rate(time) * (1 - failed(time)), 1000)
    return [good, Sampled(bad.name, bad.labels, [sample for sample in bad.samples if sample[1] > 0])]


def surges(events: list[Event]) -> list[Event]:
    return [event for event in events if "surge" in event.numbers]


@pytest.mark.parametrize("since", ["13:40:00", "13:55:00", "14:03:00"])
def test_requests_that_multiply_before_the_errors_begin_have_their_time(since: str) -> None:
    events = found(shop([(since, "14:25:00", 40)], ("14:07:00", "14:25:00")))
    (surge,) = surges(events)
    assert (surge.kind, events.index(surge)) == (Kind.TRAFFIC_ROSE, 0)
    assert abs(surge.at.timestamp() - at(since)) <= 45
    assert surge.earliest.timestamp() <= at(since) + 15 <= surge.latest.timestamp() + 30
    assert surge.numbers["load_before"] == pytest.approx(10, rel=0.05)
    assert surge.numbers["load"] == pytest.approx(40, rel=0.05)
    assert "from 10 to 40 requests/s" in surge.summary
    rose = next(event for event in events if event.kind == Kind.ERRORS_ROSE)
    assert rose.numbers["load"] == surge.numbers["load"]
    assert rose.native_id != surge.native_id


@pytest.mark.parametrize(
    ("loads", "failing"),
    [
        # Clients that try again once it fails are in the row of the errors.
        ([("14:08:00", "14:25:00", 40.0)], ("14:07:00", "14:25:00")),
        # No errors, no row.
        ([("13:55:00", "14:25:00", 40.0)], None),
        # Twice as many.
        ([("13:55:00", "14:25:00", 22.0)], ("14:07:00", "14:25:00")),
        # As many as before it was away.
        ([("12:00:00", "13:15:00", 40.0), ("13:45:00", "14:25:00", 40.0)], ("14:07:00", "14:25:00")),
    ],
)
def test_what_is_no_surge_of_its_own_is_none(loads: Loads, failing: tuple[str, str] | None) -> None:
    assert not surges(found(shop(loads, failing)))


def throttled(begin: str, fires: str, end: str, service: str = "orders") -> list[Sampled]:
    """An alert of the service that is pending from `begin` on; nothing fails meanwhile."""
    since = at(begin)
    pending, firing = steps(since, at(fires) - 1, 30), steps(at(fires), at(end), 30)
    about = {"service": service, "namespace": "shop"}
    first = alert("Throttled", "pending", pending, since, **about)
    return [*first, *alert("Throttled", "firing", firing, since, **about)[:1]]


def test_requests_that_multiply_before_an_alert_of_a_service_without_errors_have_their_time() -> None:
    events = found([*shop([("14:00:40", "14:25:00", 40)], None), *throttled("14:02:15", "14:07:15", "14:17:15")])
    (surge,) = surges(events)
    assert surge.kind == Kind.TRAFFIC_ROSE
    assert abs(surge.at.timestamp() - at("14:00:40")) <= 45
    assert surge.numbers["load"] == pytest.approx(40, rel=0.05)
    assert surge.query.startswith("sum(rate(http_requests_total")


@pytest.mark.parametrize(
    ("loads", "service"),
    [
        # Of another service.
        ([("14:00:40", "14:25:00", 40.0)], "cart"),
        # Twice as many.
        ([("14:00:40", "14:25:00", 22.0)], "orders"),
        # After the alert, as by clients that try again.
        ([("14:08:00", "14:25:00", 40.0)], "orders"),
        # As many come every few minutes.
        (
            [(f"13:{minute}:00", f"13:{minute + 3}:00", 40.0) for minute in range(10, 55, 9)]
            + [("14:00:40", "14:25:00", 40.0)],
            "orders",
        ),
    ],
    ids=["another service", "twice", "after", "often"],
)
def test_what_does_not_explain_an_alert_is_no_surge(loads: Loads, service: str) -> None:
    firing = throttled("14:02:15", "14:07:15", "14:17:15", service)
    assert not surges(found([*shop(loads, None), *firing]))
