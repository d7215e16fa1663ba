"""Ratios and latencies that people configure: what a typo in them leads to, and histograms of one's own."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from collector.event import Event, Kind
from collector.source import Deadline, Document, Gap
from sources.prometheus import LatencySettings, PrometheusSettings
from tests.servers.process import require
from tests.servers.prometheus import prometheus
from tests.sources.prometheus.samples import FIRST, LAST, WINDOW, Sampled, at, openmetrics, source, steps, up

BOUNDS = ("100", "500", "2000", "+Inf")


def orders(slow: float = 0.3) -> list[Sampled]:
    """One target: how long its orders take, in milliseconds, and how many fail, from 14:05 to 14:15."""
    labels = {"job": "till", "instance": "a"}
    kept: dict[str, list[tuple[float, float]]] = {bound: [] for bound in BOUNDS}
    failed, sums = [], dict.fromkeys(BOUNDS, 0.0)
    for number, moment in enumerate(steps(FIRST + 3, LAST)):
        share = slow if at("14:05:00") < moment <= at("14:15:00") else 0.02
        for bound, part in zip(BOUNDS, (0.8 * (1 - share), 1 - share, 1, 1), strict=True):
            sums[bound] += 200 * part
            kept[bound].append((moment, sums[bound]))
        failed.append((moment, 10.0 * number))
    buckets = [Sampled("shop_order_ms_bucket", {**labels, "le": bound}, many) for bound, many in kept.items()]
    return [up(), *buckets, Sampled("shop_orders_total", labels, kept["+Inf"]), Sampled("shop_failed", labels, failed)]


def ask(folder: Path, series: list[Sampled], **settings: object) -> tuple[list[Event], list[Gap]]:
    require("prometheus", "promtool")
    with prometheus(folder, openmetrics(series)) as url:
        mine = source(url=url, **settings)
        fetched = list(mine.fetch(WINDOW, Deadline(60)))
    found = [*fetched, *mine.read([one for one in fetched if isinstance(one, Document)], WINDOW)]
    return [one for one in found if isinstance(one, Event)], [one for one in found if isinstance(one, Gap)]


def test_a_histogram_of_ones_own_tells_of_latency(tmp_path: Path) -> None:
    own = {"service": "checkout", "buckets_query": 'shop_order_ms_bucket{job="till"}', "unit": "ms"}
    events, gaps = ask(tmp_path, orders(), latencies=[own])
    assert gaps == []
    rose, fell = events
    assert (rose.kind, fell.kind) == (Kind.LATENCY_ROSE, Kind.LATENCY_FELL)
    assert rose.subject.service == "checkout"
    assert rose.numbers["bound"] == 0.5
    assert rose.numbers["before"] == pytest.approx(0.02, abs=0.001)
    assert rose.numbers["after"] == pytest.approx(0.3, abs=0.001)
    assert rose.keys.measure == "share of requests over 0.5 s"
    assert 'shop_order_ms_bucket{job="till",le="500"}' in rose.query


def test_its_bound_and_name_may_be_chosen_and_a_bound_that_is_none_is_named(tmp_path: Path) -> None:
    own = {"service": "checkout", "buckets_query": "shop_order_ms_bucket", "unit": "ms"}
    chosen = {**own, "bound": 0.1, "name": "slow orders"}
    rose, _ = ask(tmp_path / "chosen", orders(0.9), latencies=[chosen])[0]
    assert (rose.numbers["bound"], rose.keys.measure) == (0.1, "slow orders")
    assert 'shop_order_ms_bucket{le="100"}' in rose.query
    events, gaps = ask(tmp_path / "none", orders(), latencies=[{**own, "bound": 0.4}])
    assert events == []
    assert [(gap.reason, gap.hint) for gap in gaps] == [
        (
            "latencies of checkout: shop_order_ms_bucket has no bound of 0.4 s",
            "it has these, in seconds: 0.1, 0.5, 2",
        )
    ]


def test_a_name_that_does_not_exist_is_named_with_those_that_are_near(tmp_path: Path) -> None:
    ratios = [
        {"service": "checkout", "error_query": "shop_failed", "total_query": 'shop_order_total{job="till"}'},
        {"service": "search", "ratio_query": "sum(rate(shop_faild[5m])) / sum(rate(shop_orders_total[5m]))"},
    ]
    latencies = [{"service": "checkout", "buckets_query": "quite_another_thing"}]
    _, gaps = ask(tmp_path, orders(), ratios=ratios, latencies=latencies)
    assert [(gap.reason, gap.hint) for gap in gaps[:3]] == [
        (
            "ratios: total_query of checkout names shop_order_total, which does not exist here",
            "nearest: shop_orders_total, shop_order_ms_bucket",
        ),
        ("ratios: ratio_query of search names shop_faild, which does not exist here", "nearest: shop_failed"),
        (
            "latencies: buckets_query of checkout names quite_another_thing, which does not exist here",
            "is the name right, and is it scraped?",
        ),
    ]


def test_labels_that_select_nothing_are_a_gap_and_no_errors_yet_are_none(tmp_path: Path) -> None:
    ratios = [
        {"service": "a", "error_query": 'shop_failed{job="none"}', "total_query": 'shop_orders_total{job="none"}'},
        {"service": "b", "error_query": 'shop_failed{job="none"}', "total_query": "shop_orders_total"},
    ]
    latencies = [{"service": "c", "buckets_query": 'shop_order_ms_bucket{job="none"}'}]
    _, gaps = ask(tmp_path, orders(), ratios=ratios, latencies=latencies)
    reasons = [gap.reason for gap in gaps]
    assert "ratios: no samples for a" in reasons
    assert "latencies: no samples for c" in reasons
    assert not [reason for reason in reasons if reason.endswith(" b")]


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"buckets_query": "sum(rate(x_bucket[5m])) by (le)"}, "must select buckets by name"),
        ({"buckets_query": 'x_bucket{le="0.5"}'}, "without the label le"),
        ({"buckets_query": "x_bucket", "unit": "minutes"}, "'s', 'ms' or 'us'"),
        ({"buckets_query": "x_bucket", "bound": 0}, "greater than 0"),
        ({}, "Field required"),
    ],
)
def test_settings_that_cannot_be_are_refused_with_a_reason(wrong: dict[str, object], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        LatencySettings.model_validate({"service": "checkout", **wrong})
    with pytest.raises(ValidationError, match=why):
        PrometheusSettings.model_validate({"url": "http://prom", "latencies": [{"service": "checkout", **wrong}]})
