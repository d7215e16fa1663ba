"""Errors that get worse, or better in part: one time of raised errors, with each of its levels."""

import pytest

from collector.event import Event, Kind
from tests.sources.prometheus.orders import found, orders
from tests.sources.prometheus.samples import at


def levels_of(events: list[Event]) -> list[tuple[Kind, float, float, bool]]:
    return [
        (one.kind, round(one.numbers["before"], 2), round(one.numbers["after"], 2), "change" in one.numbers)
        for one in events
    ]


def near(event: Event, clock: str) -> bool:
    return event.earliest.timestamp() <= at(clock) <= event.latest.timestamp()


@pytest.mark.parametrize("every", [15, 60])
def test_errors_that_get_worse_have_both_levels_and_both_times(every: float) -> None:
    events = found(orders([("14:03:00", "14:18:00", 0.06), ("14:18:00", "14:28:00", 0.5)], every, 4))
    assert levels_of(events) == [
        (Kind.ERRORS_ROSE, 0, 0.06, False),
        (Kind.ERRORS_ROSE, 0.06, 0.5, True),
        (Kind.ERRORS_FELL, 0.5, 0, False),
    ]
    assert all(near(event, clock) for event, clock in zip(events, ("14:03:00", "14:18:00", "14:28:00"), strict=True))
    assert events[0].numbers["peak"] == pytest.approx(0.5, abs=0.01)
    assert len({event.native_id for event in events}) == 3
    assert len({event.keys.episode for event in events}) == 1


def test_a_repair_that_helps_in_part_and_a_relapse() -> None:
    levels = [("13:20:00", "13:40:00", 0.4), ("13:40:00", "14:10:00", 0.1), ("14:10:00", "14:30:00", 0.3)]
    assert levels_of(found(orders(levels, 15, 4))) == [
        (Kind.ERRORS_ROSE, 0, 0.4, False),
        (Kind.ERRORS_FELL, 0.4, 0.1, True),
        (Kind.ERRORS_ROSE, 0.1, 0.3, True),
        (Kind.ERRORS_FELL, 0.3, 0, False),
    ]


@pytest.mark.parametrize(
    "levels",
    [
        # A rolling deploy takes minutes, and each of its steps less.
        [("14:03:00", "14:05:00", 0.1), ("14:05:00", "14:07:00", 0.25), ("14:07:00", "14:20:00", 0.5)],
        # Twice as much, and no more than a few of a hundred.
        [("14:03:00", "14:12:00", 0.02), ("14:12:00", "14:22:00", 0.05)],
        # A third more.
        [("14:03:00", "14:12:00", 0.3), ("14:12:00", "14:22:00", 0.42)],
        # It worsens all the time.
        [(f"14:{3 + n:02}:00", f"14:{4 + n:02}:00", 0.015 * (n + 1)) for n in range(30)],
        [(f"14:{3 + n:02}:00", f"14:{4 + n:02}:00", 0.008 * 1.15**n) for n in range(30)],
    ],
)
def test_what_is_no_clear_step_is_one_rise(levels: list[tuple[str, str, float]]) -> None:
    assert [event.kind for event in found(orders(levels, 15, 4))][:1] == [Kind.ERRORS_ROSE]
    assert not [event for event in found(orders(levels, 15, 4)) if "change" in event.numbers]
