"""Which times of raised errors are found, and that each number is of the time that it claims to be of."""

import pytest

from collector.event import Event, Kind
from collector.source import Gap
from sources.prometheus import RatioSettings
from tests.sources.prometheus.orders import Levels, found, orders
from tests.sources.prometheus.samples import FIRST, LAST, Sampled, answer, at, documents, read, steps, up, utc


@pytest.mark.parametrize("every", [15, 30, 60])
@pytest.mark.parametrize("phase", [0.4, 20, 47])
@pytest.mark.parametrize("share", [0.4, 1.0])
def test_three_minutes_of_errors_are_seen_on_a_service_that_has_none(every: float, phase: float, share: float) -> None:
    rose, fell = found(orders([("14:05:00", "14:08:00", share)], every, phase % every))
    assert (rose.kind, fell.kind) == (Kind.ERRORS_ROSE, Kind.ERRORS_FELL)
    for event, truth in ((rose, "14:05:00"), (fell, "14:08:00")):
        assert event.earliest <= utc(at(truth)) <= event.latest
        assert abs(event.at.timestamp() - at(truth)) <= every + 15
    assert rose.numbers["before"] == fell.numbers["after"] == 0
    # Scrapes in which it begins or ends count some requests from outside of it.
    assert rose.numbers["after"] == fell.numbers["before"] == pytest.approx(share, rel=0.01)
    assert rose.numbers["peak"] == pytest.approx(share, rel=0.01)
    assert at("14:06:00") <= rose.numbers["peak_at"] <= at("14:08:00")
    assert abs(rose.numbers["requests"] - 1800) <= 10 * every
    assert rose.numbers["errors"] <= 1800 * share + 1


@pytest.mark.parametrize("remains", [0.004, 0.008, 0.02, 0.035])
@pytest.mark.parametrize("until", ["14:24:00", "23:00:00"])
def test_what_remains_of_an_incident_does_not_prolong_it(remains: float, until: str) -> None:
    rose, fell = found(orders([("14:05:00", "14:12:00", 0.45), ("14:12:00", until, remains)], 15, 4))
    assert abs(fell.at.timestamp() - at("14:12:00")) <= 30
    assert fell.numbers["before"] == pytest.approx(0.45, abs=0.001)
    assert fell.numbers["after"] == pytest.approx(remains, abs=0.0005)
    assert rose.numbers["requests"] == pytest.approx(7 * 60 * 10, rel=0.08)
    assert rose.numbers["errors"] == pytest.approx(7 * 60 * 10 * 0.45, rel=0.08)


def test_a_second_rise_from_what_remained_is_another_episode() -> None:
    events = found(
        orders([("13:20:00", "13:30:00", 0.45), ("13:30:00", "14:20:00", 0.008), ("14:20:00", "14:30:00", 0.2)], 15, 4)
    )
    assert [event.kind for event in events] == [Kind.ERRORS_ROSE, Kind.ERRORS_FELL] * 2
    assert events[2].numbers["before"] == pytest.approx(0.008, abs=0.001)
    assert events[2].numbers["after"] == pytest.approx(0.2, abs=0.001)


def test_a_recovery_in_steps_ends_with_its_last_step() -> None:
    levels = [(f"14:{10 + step}:00", f"14:{11 + step}:00", 0.4 - 0.04 * step) for step in range(10)]
    _, fell = found(orders([("14:05:00", "14:10:00", 0.4), *levels], 15, 4))
    assert abs(fell.at.timestamp() - at("14:20:00")) <= 90
    assert fell.numbers["after"] == 0


def test_errors_that_go_on_are_not_called_as_high_as_they_were() -> None:
    rose, _ = found(orders([("14:05:00", "14:12:00", 0.9), ("14:12:00", "23:00:00", 0.2)], 15, 4))
    assert rose.numbers["last"] == pytest.approx(0.2, abs=0.001)
    assert "still 20.0% at 14:44" in rose.summary


@pytest.mark.parametrize("every", [15, 30])
@pytest.mark.parametrize(("count", "minutes"), [(12, 2), (5, 5), (3, 6)])
def test_bursts_are_one_episode_that_flaps(every: float, count: int, minutes: int) -> None:
    begin = at("13:55:00")
    times = [utc(begin + 60 * minutes * index).strftime("%H:%M:%S") for index in range(2 * count)]
    bursts = [(times[2 * index], times[2 * index + 1], 0.4) for index in range(count)]
    rose, fell = found(orders(bursts, every, 4))
    assert (rose.kind, fell.kind) == (Kind.ERRORS_ROSE, Kind.ERRORS_FELL)
    assert rose.numbers["bursts"] == fell.numbers["bursts"] == count
    assert f" to 40.0% {count} times (" in rose.summary
    assert abs(rose.at.timestamp() - begin) <= 2 * every
    assert abs(fell.at.timestamp() - begin - 60 * minutes * (2 * count - 1)) <= 2 * every
    assert rose.numbers["errors"] == pytest.approx(count * minutes * 60 * 10 * 0.4, rel=0.05)
    assert rose.keys.episode == fell.keys.episode


def test_two_incidents_are_two_and_a_short_lull_is_none() -> None:
    apart = found(orders([("14:02:00", "14:07:00", 0.4), ("14:16:00", "14:22:00", 0.3)], 15, 4))
    assert [round(event.numbers["after"], 2) for event in apart] == [0.4, 0.0, 0.3, 0.0]
    assert all("bursts" not in event.numbers for event in apart)
    rose, _ = found(orders([("14:02:00", "14:07:00", 0.4), ("14:08:00", "14:12:00", 0.4)], 15, 4))
    assert rose.numbers["bursts"] == 2


def test_a_ratio_of_the_whole_window_is_not_called_raised() -> None:
    events, gaps = read(documents([*orders([("01:00:00", "14:36:00", 0.08)], 15, 4), up()]))
    assert events == []
    assert len(gaps) == 1
    assert "raised" not in gaps[0].reason
    assert "5xx ratio of orders 7." in gaps[0].reason
    assert "13:00:05-14:44:50 UTC" in gaps[0].reason


@pytest.mark.parametrize("value", [1e15, float("nan"), float("inf"), -1e300])
@pytest.mark.parametrize("code", ["200", "503"])
def test_one_broken_sample_is_left_out_and_counted(value: float, code: str) -> None:
    whole = orders([("14:05:00", "14:12:00", 0.4)], 15, 4)
    broken = [
        Sampled(
            one.name,
            one.labels,
            [(time, value if one.labels["code"] == code and time == at("14:08:04") else v) for time, v in one.samples],
        )
        for one in whole
    ]
    events, gaps = read(documents([*broken, up()]))
    assert [event.kind for event in events] == [Kind.ERRORS_ROSE, Kind.ERRORS_FELL]
    assert events[0].numbers["after"] == pytest.approx(0.4, abs=0.01)
    assert events[0].numbers["requests"] == pytest.approx(found(whole)[0].numbers["requests"], rel=0.08)
    assert [" 1 samples " in gap.reason for gap in gaps] == [True]


QUERY = "sum(rate(failed_total[2m])) / sum(rate(orders_total[2m]))"


def sampled(levels: Levels, *broken: tuple[str, float]) -> tuple[list[Event], list[Gap]]:
    """The same of a query that gives the ratio."""
    spans = [(at(begin), at(end), share) for begin, end, share in levels]
    values = {
        time: sum(max(0.0, min(time, end) - max(time - 120, begin)) * share for begin, end, share in spans) / 120
        for time in steps(FIRST, LAST)
    } | {at(time): value for time, value in broken}
    items = [{"metric": {}, "values": [[time, str(value)] for time, value in values.items()]}]
    given = answer("ratio", "query_range", {"query": QUERY, "start": FIRST, "end": LAST, "step": 15}, items)
    return read([*documents([up()]), given], RatioSettings(service="orders", ratio_query=QUERY))


def test_a_ready_made_ratio_is_judged_in_the_same_way() -> None:
    (rose, fell), _ = sampled([("14:05:00", "14:12:00", 0.45), ("14:12:00", "23:00:00", 0.008)])
    assert abs(fell.at.timestamp() - at("14:12:00")) <= 30
    assert fell.numbers["after"] == pytest.approx(0.008, abs=0.0001)
    assert rose.numbers["peak"] == pytest.approx(0.45)
    (rose, fell), _ = sampled([(f"14:{minute:02}:00", f"14:{minute + 3:02}:00", 0.4) for minute in range(0, 42, 6)])
    assert rose.numbers["bursts"] == fell.numbers["bursts"] == 7


def test_one_broken_sample_of_a_ready_made_ratio_is_left_out() -> None:
    events, gaps = sampled([("14:05:00", "14:12:00", 0.45)], ("14:08:00", 1e15), ("14:09:00", -1))
    assert [event.kind for event in events] == [Kind.ERRORS_ROSE, Kind.ERRORS_FELL]
    assert [gap.reason for gap in gaps] == ["ratio_query of orders: 2 samples that are no ratio were left out"]
