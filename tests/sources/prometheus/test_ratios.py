import random
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from collector.event import Event, Kind
from collector.source import Gap
from sources.prometheus import RatioSettings
from tests.examples import examples
from tests.sources.prometheus.samples import (
    FIRST,
    LAST,
    SCRAPE,
    Sampled,
    alert,
    at,
    counter,
    documents,
    read,
    steps,
    up,
    utc,
)

Level = Callable[[float], float]


def pod(
    name: str, level: Level, per_scrape: int = 100, begin: float = FIRST, end: float = LAST, before: float = 5000
) -> list[Sampled]:
    """The counters of one pod: requests that succeed and that fail, the latter only once there is one."""
    phase = random.Random(name).uniform(0, SCRAPE)
    labels = {"service": "checkout", "namespace": "shop", "instance": name}
    times = steps(begin + phase, end)
    failed = {moment: round(per_scrape * level(moment)) for moment in times}
    errors = counter({**labels, "code": "500"}, times, failed.__getitem__)
    errors = Sampled(errors.name, errors.labels, [sample for sample in errors.samples if sample[1] > 0])
    return [counter({**labels, "code": "200"}, times, lambda moment: per_scrape - failed[moment], before), errors]


def between(begin: float, end: float, low: float = 0.0, high: float = 0.4) -> Level:
    return lambda moment: high if begin < moment <= end else low


def ratios(series: list[Sampled]) -> tuple[list[Event], list[Gap]]:
    return read(documents([*series, up()]))


def service(begin: str, end: str, pods: int = 3, **more: float) -> list[Sampled]:
    level = between(at(begin), at(end), **more)
    return [series for number in range(pods) for series in pod(f"p{number}", level)]


def test_a_step_is_a_rise_and_a_fall_with_its_numbers() -> None:
    found, gaps = ratios(service("14:05:00", "14:20:00", low=0.01))
    assert gaps == []
    rose, fell = found
    assert (rose.kind, fell.kind) == (Kind.ERRORS_ROSE, Kind.ERRORS_FELL)
    assert rose.earliest <= utc(at("14:05:00")) <= rose.latest
    assert fell.earliest <= utc(at("14:20:00")) <= fell.latest
    assert abs(rose.at.timestamp() - at("14:05:00")) <= 2 * SCRAPE
    assert rose.numbers["before"] == pytest.approx(0.01, abs=0.002)
    assert rose.numbers["after"] == pytest.approx(0.4, abs=0.01)
    assert rose.numbers["peak"] == pytest.approx(0.4, abs=0.001)
    assert at("14:06:00") - SCRAPE <= rose.numbers["peak_at"] <= at("14:20:00")
    assert rose.numbers["errors"] == pytest.approx(60 * 3 * 40, rel=0.02)
    assert rose.numbers["requests"] == pytest.approx(60 * 3 * 100, rel=0.03)
    assert fell.numbers["before"] == rose.numbers["after"]
    assert fell.numbers["after"] == pytest.approx(0.01, abs=0.002)
    assert "5xx ratio of checkout rises from 1.0% to 40.0% (peak 40.0% at 14:" in rose.summary
    assert rose.query.startswith(
        'sum(rate(http_requests_total{namespace="shop",service="checkout",code=~"5..|5xx"}[60s])'
    )
    assert rose.keys.episode == fell.keys.episode != ""


def test_a_rolling_deploy_is_one_rise_and_its_new_pods_count_from_zero() -> None:
    old = [
        one for n in range(6) for one in pod(f"o{n}", between(0, 0), end=at("14:04:00") if n < 3 else at("14:05:00"))
    ]
    new = [
        one
        for n in range(6)
        for one in pod(
            f"n{n}", between(0, LAST), begin=at("14:03:30") if n < 3 else at("14:04:30"), end=at("14:22:00"), before=0
        )
    ]
    back = [one for n in range(6) for one in pod(f"b{n}", between(0, 0), begin=at("14:21:30"), before=0)]
    rose, fell = ratios(old + new + back)[0]
    assert (rose.kind, fell.kind) == (Kind.ERRORS_ROSE, Kind.ERRORS_FELL)
    assert rose.earliest <= utc(at("14:03:30")) <= rose.latest
    assert fell.earliest <= utc(at("14:22:00")) <= fell.latest
    assert rose.numbers["after"] == pytest.approx(0.4, abs=0.01)
    total = sum(one.samples[-1][1] for one in new if one.labels["code"] == "500")
    assert rose.numbers["errors"] == pytest.approx(total, rel=0.02)


def test_a_reset_counts_from_zero_and_an_old_counter_that_appears_does_not() -> None:
    level = between(at("14:05:00"), at("14:20:00"))
    reset = [one for n in range(3) for one in pod(f"p{n}", level)]
    for number, one in enumerate(reset):
        broken = [(t, v if t < at("14:10:00") else v - value_at(one, at("14:10:00"))) for t, v in one.samples]
        reset[number] = Sampled(one.name, one.labels, broken)
    relabelled = [one for n in range(3) for one in pod(f"q{n}", level, begin=at("14:12:00"), before=9_000_000)]
    found, _ = ratios(reset + relabelled)
    assert [event.kind for event in found] == [Kind.ERRORS_ROSE, Kind.ERRORS_FELL]
    errors = 60 * 3 * 40 + 32 * 3 * 40
    assert found[0].numbers["errors"] == pytest.approx(errors, rel=0.03)
    assert found[0].numbers["requests"] == pytest.approx(errors / 0.4, rel=0.05)


def value_at(one: Sampled, moment: float) -> float:
    return max((value for time_, value in one.samples if time_ < moment), default=0)


def test_lost_scrapes_are_a_gap_and_nothing_is_made_up_for_them() -> None:
    series = service("14:05:00", "14:20:00")
    holed = [
        Sampled(one.name, one.labels, [s for s in one.samples if not at("14:08:00") < s[0] < at("14:13:00")])
        for one in series
    ]
    found, gaps = ratios(holed)
    assert [event.kind for event in found] == [Kind.ERRORS_ROSE, Kind.ERRORS_FELL]
    assert found[0].numbers["errors"] == pytest.approx(40 * 3 * 40, rel=0.05)
    assert len(gaps) == 1
    assert "no samples of http_requests_total of checkout 14:07:59-14:13:14 UTC" in gaps[0].reason


def test_an_episode_that_the_answers_cut_is_told_as_such() -> None:
    rose = ratios(service("14:25:00", "23:00:00"))[0]
    assert [event.kind for event in rose] == [Kind.ERRORS_ROSE]
    assert "still 40.0% at 14:44:59 UTC" in rose[0].summary
    fell = ratios(service("01:00:00", "14:10:00"))[0]
    assert [event.kind for event in fell] == [Kind.ERRORS_FELL]
    assert "it was raised before 13:00:14 UTC already" in fell[0].summary


def test_errors_that_are_there_from_the_first_data_to_the_last_are_a_gap_as_no_change_is_seen() -> None:
    events, gaps = ratios(service("01:00:00", "23:00:00"))
    assert events == []
    assert [gap.reason.split(" (")[0] for gap in gaps] == [
        "whether this is usual is not known, as it does not change: 5xx ratio of checkout 40.0%"
    ]


def test_a_counter_that_falls_to_more_than_can_have_been_counted_since_was_not_reset() -> None:
    series = service("14:05:00", "14:20:00")
    mixed = [
        Sampled(
            one.name,
            one.labels,
            # The failed ones begin to count only later.
            [
                (t, v + (0 if one.labels["code"] == "500" else 90_000 if t < at("13:40:00") else 30_000))
                for t, v in one.samples
            ],
        )
        for one in series
    ]
    assert [event.numbers for event in ratios(mixed)[0]] == [event.numbers for event in ratios(series)[0]]


def test_few_requests_are_told_with_what_they_leave_open_and_too_few_tell_nothing() -> None:
    minute = between(at("14:05:00"), at("14:06:00"), high=1.0)
    rose, fell = ratios(pod("p", minute, per_scrape=2))[0]
    assert "8 of 8 requests" in rose.summary
    assert "anything from 68% to 100%" in rose.summary
    assert (round(rose.numbers["low"], 2), rose.numbers["high"]) == (0.68, 1.0)
    assert fell.numbers["requests"] == 8
    assert (
        "4 of 8 requests"
        in ratios(pod("p", between(at("14:05:00"), at("14:06:00"), high=0.5), per_scrape=2))[0][0].summary
    )
    assert ratios(pod("p", between(at("14:05:00"), at("14:05:30"), high=1.0), per_scrape=1))[0] == []
    assert len(ratios(pod("p", between(at("14:05:00"), at("14:20:00"), high=0.5), per_scrape=2))[0]) == 2


def test_configured_ratio_speaks_for_its_service() -> None:
    series = service("14:05:00", "14:20:00")
    errors = [Sampled("failed_total", one.labels, one.samples) for one in series if one.labels["code"] == "500"]
    total = [Sampled("all_total", one.labels, one.samples) for one in series]
    mine = RatioSettings(service="checkout", name="failure rate", error_query="failed_total", total_query="all_total")
    found, gaps = read(documents([*series, *errors, *total, up()]), mine)
    assert [event.summary.split(" from ")[0] for event in found] == [
        "failure rate of checkout rises",
        "failure rate of checkout falls",
    ]
    assert found[0].numbers["errors"] == pytest.approx(60 * 3 * 40, rel=0.03)
    assert gaps == []


def test_copies_of_two_prometheis_count_once_and_double_reporters_are_told_apart() -> None:
    series = service("14:05:00", "14:20:00")
    copies = [
        Sampled(one.name, {**one.labels, "prometheus_replica": name}, one.samples) for name in "ab" for one in series
    ]
    assert ratios(copies)[0][0].numbers == ratios(series)[0][0].numbers


def test_counters_without_an_outcome_are_a_gap() -> None:
    bare = counter({"service": "checkout", "instance": "p"}, steps(FIRST, LAST), lambda moment: 10)
    found, gaps = ratios([bare])
    assert found == []
    assert "no series of checkout has one of the labels code, status, status_code" in gaps[0].reason


@examples(15)
@given(
    onset=st.floats(at("14:00:00"), at("14:10:00")),
    lasts=st.floats(120, 900),
    high=st.floats(0.05, 1.0),
    phases=st.lists(st.floats(0, SCRAPE - 0.01), min_size=1, max_size=3),
)
def test_a_known_step_is_told_by_the_scrape_after_it(
    onset: float, lasts: float, high: float, phases: list[float]
) -> None:
    series = []
    for number, phase in enumerate(phases):
        labels = {"service": "checkout", "instance": str(number)}
        times = steps(FIRST + phase, LAST)
        failed = {
            moment: high * 100 * max(0.0, min(moment, onset + lasts) - max(moment - SCRAPE, onset)) / SCRAPE
            for moment in times
        }
        series.append(counter({**labels, "code": "500"}, times, failed.__getitem__, 10))
        series.append(counter({**labels, "code": "200"}, times, lambda moment, f=failed: 100 - f[moment], 1000))
    found, _ = ratios(series)
    assert [event.kind for event in found] == [Kind.ERRORS_ROSE, Kind.ERRORS_FELL]
    for event, truth in zip(found, (onset, onset + lasts), strict=True):
        assert event.earliest <= utc(truth) <= event.latest
        # The scrape itself comes within one interval, and is told at the end of its bin.
        assert -0.01 <= event.at.timestamp() - truth <= 3 * SCRAPE
    assert found[0].numbers["after"] == pytest.approx(high, rel=0.05)


@pytest.mark.thorough
# What holds with 95 % confidence is tried with the same numbers each time.
@examples(2, derandomize=True)
@given(
    seed=st.integers(0, 10_000),
    onset=st.floats(at("14:00:00"), at("14:10:00")),
    lasts=st.floats(180, 900),
    rate=st.sampled_from([40, 200, 2000]),
    high=st.floats(0.1, 0.9),
    low=st.sampled_from([0.0, 0.001, 0.004]),
)
def test_a_noisy_step_is_found_where_it_was(
    seed: int, onset: float, lasts: float, rate: int, high: float, low: float
) -> None:
    found, _ = ratios(noisy(seed, rate, between(onset, onset + lasts, low, high)))
    assert [event.kind for event in found] == [Kind.ERRORS_ROSE, Kind.ERRORS_FELL]
    for event, truth in zip(found, (onset, onset + lasts), strict=True):
        assert event.earliest <= utc(truth) <= event.latest
        assert abs(event.at.timestamp() - truth) <= 5 * SCRAPE
    assert found[0].numbers["after"] == pytest.approx(high, rel=0.25, abs=0.05)


@pytest.mark.thorough
# What holds with 95 % confidence is tried with the same numbers each time.
@examples(2, derandomize=True)
@given(
    seed=st.integers(0, 10_000), rate=st.sampled_from([1, 5, 100, 2000]), ratio=st.sampled_from([0.0, 0.002, 0.03, 0.5])
)
def test_a_constant_ratio_is_no_event(seed: int, rate: int, ratio: float) -> None:
    assert ratios(noisy(seed, rate, between(0, LAST, high=ratio)))[0] == []


@examples(8)
@given(st.lists(st.integers(1, int(LAST - FIRST) - 1).map(lambda offset: FIRST + offset), max_size=4, unique=True))
def test_where_pages_are_cut_changes_nothing(seams: list[float]) -> None:
    series = [
        *service("14:05:00", "14:20:00"),
        *alert("A", "firing", steps(at("14:06:00"), at("14:20:00")), at("14:06:00")),
    ]
    assert ratios(series) == read(documents([*series, up()], seams))


@examples(8)
@given(
    values=st.lists(st.lists(st.floats() | st.integers(0, 500), min_size=1, max_size=40), max_size=4),
    every=st.sampled_from([0.001, 1, 15, 60, 600]),
)
@example(values=[[0.0], [0.0, 0.0, 2.0, 1.0], [-4.0]], every=15)  # a series begins below 0
def test_any_numbers_are_survived(values: list[list[float]], every: float) -> None:
    series = [
        Sampled(
            "http_requests_total",
            {"service": "checkout", "instance": str(number // 2), "code": ("200", "500")[number % 2]},
            [(FIRST + 60 * number + every * place, value) for place, value in enumerate(many)],
        )
        for number, many in enumerate(values)
    ]
    for event in ratios(series)[0]:
        if event.kind in (Kind.TRAFFIC_FELL, Kind.TRAFFIC_ROSE):
            assert event.numbers["requests"] >= 0
            continue
        assert 0 <= event.numbers["before"] <= 1
        assert 0 <= event.numbers["after"] <= 1
        assert event.numbers["errors"] <= event.numbers["requests"]


def noisy(seed: int, rate: int, level: Level) -> list[Sampled]:
    """Two pods with random arrivals, counted exactly to the moment of each scrape."""
    chance = random.Random(seed)
    series = []
    for number in range(2):
        labels = {"service": "checkout", "namespace": "shop", "instance": str(number)}
        times = steps(FIRST + chance.uniform(0, SCRAPE), LAST)
        counts = {moment: max(0, round(chance.gauss(rate, rate**0.5))) for moment in times}
        failed = {
            # A scrape that the change falls between counts a part at each level.
            moment: sum(chance.random() < level(moment - chance.uniform(0, SCRAPE)) for _ in range(counts[moment]))
            for moment in times
        }
        series.append(counter({**labels, "code": "500"}, times, failed.__getitem__, 10))
        series.append(counter({**labels, "code": "200"}, times, lambda m, c=counts, f=failed: c[m] - f[m], 1000))
    return series
