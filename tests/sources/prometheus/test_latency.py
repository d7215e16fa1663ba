import random

import pytest

from collector.event import Event, Kind
from tests.sources.prometheus.samples import FIRST, LAST, SCRAPE, Sampled, at, documents, read, steps, up, utc

BOUNDS = ("0.1", "0.5", "1", "5", "+Inf")


def histogram(
    slow: float, begin: float = at("14:05:00"), end: float = at("14:20:00"), per_scrape: int = 200, pods: int = 3
) -> list[Sampled]:
    """Of the requests 80 % take up to 0.1 s, 2 % up to 5 s, the rest up to 0.5 s; `slow` take 5 s in between."""
    chance = random.Random(7)
    found = []
    for pod in range(pods):
        sums = [0, 0, 0, 0, 0]
        samples: list[list[tuple[float, float]]] = [[] for _ in BOUNDS]
        for moment in steps(FIRST + chance.uniform(0, SCRAPE), LAST):
            share = slow if begin < moment <= end else 0.02
            late = sum(chance.random() < share for _ in range(per_scrape))
            counts = (round((per_scrape - late) * 0.8), per_scrape - late, per_scrape - late, per_scrape, per_scrape)
            for index, count in enumerate(counts):
                sums[index] += count
                samples[index].append((moment, sums[index]))
        labels = {"app": "checkout", "namespace": "shop", "instance": str(pod)}
        found += [
            Sampled("http_server_requests_seconds_bucket", {**labels, "le": bound}, many)
            for bound, many in zip(BOUNDS, samples, strict=True)
        ]
    return found


def told(series: list[Sampled]) -> list[Event]:
    events, gaps = read(documents([*series, up()]))
    assert gaps == []
    return events


def test_latency_rises_by_the_bound_that_nearly_all_requests_kept() -> None:
    rose, fell = told(histogram(0.4))
    assert (rose.kind, fell.kind) == (Kind.LATENCY_ROSE, Kind.LATENCY_FELL)
    for event, truth in ((rose, "14:05:00"), (fell, "14:20:00")):
        assert event.earliest <= utc(at(truth)) <= event.latest
        assert abs(event.at.timestamp() - at(truth)) <= 2 * SCRAPE
    assert rose.keys.measure == "share of requests over 0.5 s"
    assert rose.subject.service == "checkout"
    assert rose.numbers["bound"] == 0.5
    assert rose.numbers["before"] == pytest.approx(0.02, abs=0.005)
    assert rose.numbers["after"] == fell.numbers["before"] == pytest.approx(0.4, abs=0.02)
    assert rose.numbers["peak"] >= rose.numbers["after"]
    assert rose.numbers["errors"] == pytest.approx(0.4 * 60 * 3 * 200, rel=0.03)
    # By linear interpolation between the bounds, as histogram_quantile does.
    assert rose.numbers["p95_before"] == pytest.approx(0.1 + 0.4 * (0.95 - 0.784) / 0.196, abs=0.01)
    assert rose.numbers["p95_after"] == pytest.approx(1 + 4 * (0.95 - 0.6) / 0.4, abs=0.2)
    assert fell.numbers["p95_after"] == pytest.approx(rose.numbers["p95_before"], abs=0.01)
    assert rose.plot[0][1] == pytest.approx(0.02, abs=0.02)
    assert 'le="0.5"' in rose.query
    assert 'le="+Inf"' in rose.query


def test_a_little_more_is_no_event_and_a_bound_that_only_some_have_is_not_used() -> None:
    assert told(histogram(0.05)) == []
    mixed = [one for one in histogram(0.4) if (one.labels["instance"], one.labels["le"]) != ("0", "0.5")]
    assert {event.numbers["bound"] for event in told(mixed)} == {1}


def test_milliseconds_are_told_in_seconds() -> None:
    istio = {"destination_workload": "checkout", "destination_workload_namespace": "shop", "reporter": "destination"}
    thousand = {"0.1": "100", "0.5": "500", "1": "1000", "5": "5000", "+Inf": "+Inf"}
    series = [
        Sampled(
            "istio_request_duration_milliseconds_bucket",
            {**istio, "instance": one.labels["instance"], "le": thousand[one.labels["le"]]},
            one.samples,
        )
        for one in histogram(0.4)
    ]
    events, _ = read(documents([*series, up()], only={"reporter": "destination"}))
    assert [(event.kind, event.numbers["bound"]) for event in events] == [
        (Kind.LATENCY_ROSE, 0.5),
        (Kind.LATENCY_FELL, 0.5),
    ]
    assert 'le="500"' in events[0].query


def test_all_requests_beyond_the_last_bound_tell_nothing() -> None:
    assert told([one for one in histogram(0.4) if one.labels["le"] in ("0.1", "+Inf")]) == []
