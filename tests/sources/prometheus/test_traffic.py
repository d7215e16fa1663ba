import random
from collections.abc import Callable

import pytest

from collector.event import Event, Kind
from collector.source import Gap
from tests.sources.prometheus.samples import FIRST, LAST, SCRAPE, Sampled, at, counter, documents, read, steps, up, utc

Rate = Callable[[float], float]


def pods(
    rate: Rate, count: int = 3, seed: int = 1, lost: Callable[[int, float], bool] = lambda pod, at: False
) -> list[Sampled]:
    """Pods with random arrivals at `rate(moment)` per second in all; `lost` says which scrapes fail."""
    chance = random.Random(seed)
    found = []
    for pod in range(count):
        times = steps(FIRST + chance.uniform(0, SCRAPE), LAST)
        mean = {moment: rate(moment) * SCRAPE / count for moment in times}
        counts = {moment: max(0, round(chance.gauss(mean[moment], mean[moment] ** 0.5))) for moment in times}
        labels = {"service": "checkout", "namespace": "shop", "instance": str(pod), "code": "200"}
        one = counter(labels, times, counts.__getitem__, 1000)
        found.append(Sampled(one.name, one.labels, [sample for sample in one.samples if not lost(pod, sample[0])]))
    return found


def told(series: list[Sampled]) -> tuple[list[Event], list[Gap]]:
    return read(documents([*series, up()]))


def between(begin: str, end: str, low: float, usual: float = 20) -> Rate:
    return lambda moment: low if at(begin) < moment <= at(end) else usual


@pytest.mark.parametrize("low", [0.0, 2.0])
def test_a_collapse_and_its_end_are_told_though_nothing_fails(low: float) -> None:
    fell, rose = told(pods(between("14:05:00", "14:15:00", low)))[0]
    assert (fell.kind, rose.kind) == (Kind.TRAFFIC_FELL, Kind.TRAFFIC_ROSE)
    for event, truth in ((fell, "14:05:00"), (rose, "14:15:00")):
        assert event.earliest <= utc(at(truth)) <= event.latest
        assert abs(event.at.timestamp() - at(truth)) <= 2 * SCRAPE
    assert fell.numbers["before"] == pytest.approx(20, rel=0.1)
    assert fell.numbers["after"] == rose.numbers["before"] == pytest.approx(low, abs=0.5)
    assert rose.numbers["after"] == pytest.approx(20, rel=0.1)
    assert fell.numbers["lowest"] <= fell.numbers["after"] + 0.1
    assert fell.keys == rose.keys
    assert fell.keys.measure == "requests/s"
    assert "traffic of checkout falls from " in fell.summary
    assert 10 < len(fell.plot) <= 120
    assert max(value for _, value in fell.plot) == pytest.approx(20, rel=0.3)


def test_a_collapse_in_steps_is_one_that_begins_with_the_first() -> None:
    def rate(moment: float) -> float:
        return 40 if moment <= at("14:05:00") else 25 if moment <= at("14:07:00") else 4

    (fell,) = told(pods(rate))[0]
    assert fell.kind == Kind.TRAFFIC_FELL
    assert abs(fell.at.timestamp() - at("14:05:00")) <= 2 * SCRAPE
    assert fell.numbers["after"] == pytest.approx(4, rel=0.2)
    assert "still so at 14:4" in fell.summary


def test_what_is_no_collapse_is_not_told() -> None:
    day = 86400.0
    nothing = {
        "night falls": pods(lambda moment: 20 * 0.25 ** ((moment - FIRST) / (LAST - FIRST))),
        "a cron job each five minutes": pods(lambda moment: 60 if moment % 300 < 60 else 2),
        "a third less": pods(between("14:05:00", "14:15:00", 13)),
        "few requests": pods(between("14:05:00", "14:07:00", 0, usual=0.1)),
        "one pod is not scraped": pods(
            lambda m: 20, lost=lambda pod, m: pod > 0 and at("14:05:00") < m < at("14:10:00")
        ),
        "a new day": pods(lambda moment: 20 + 10 * (moment % day) / day),
    }
    for what, series in nothing.items():
        events, _ = told(series)
        assert events == [], what


def test_no_samples_are_no_collapse_but_a_gap() -> None:
    events, gaps = told(pods(lambda m: 20, lost=lambda pod, m: at("14:05:00") < m < at("14:12:00")))
    assert events == []
    assert [gap.reason.startswith("no samples of http_requests_total of checkout 14:0") for gap in gaps] == [True]


def test_a_rollout_hands_the_traffic_over() -> None:
    def series(begin: float, end: float, before: float, name: str) -> Sampled:
        labels = {"service": "checkout", "namespace": "shop", "instance": name, "code": "200"}
        return counter(labels, steps(begin, end), lambda moment: 100, before)

    old = [series(FIRST + n, at("14:05:00") + 30 * n, 5000, f"old-{n}") for n in range(3)]
    new = [series(at("14:05:00") + 30 * n, LAST, 0, f"new-{n}") for n in range(3)]
    assert told([*old, *new])[0] == []
