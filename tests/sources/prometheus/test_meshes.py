"""Meshes and proxies count a request at several places: each request counts once, whoever of them is there."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.event import Event, Kind
from collector.source import Deadline, Document, Gap
from sources.prometheus.service_names import parsed
from tests.servers.process import require
from tests.servers.prometheus import prometheus
from tests.servers.victoriametrics import victoriametrics
from tests.sources.prometheus.samples import FIRST, LAST, WINDOW, Sampled, at, openmetrics, source, steps, up

Labels = dict[str, str]
SERVERS = {"prometheus": prometheus, "victoriametrics": victoriametrics}
PROGRAMS = {"prometheus": ("prometheus", "promtool"), "victoriametrics": ("victoria-metrics",)}


def counted(name: str, labels: Labels, calm: float, raised: float) -> Sampled:
    """So much per scrape, and `raised` from 14:05 to 14:15."""
    value, samples = 1000.0, []
    for moment in steps(FIRST + 3, LAST):
        value += raised if at("14:05:00") < moment <= at("14:15:00") else calm
        samples.append((moment, value))
    return Sampled(name, labels, samples)


def istio(reporter: str, service: str, share: float = 0.4, **labels: str) -> Iterator[Sampled]:
    """What one reporter counts of a service in the namespace shop."""
    own = {"reporter": reporter, "destination_service_name": service, "destination_service_namespace": "shop", **labels}
    yield counted("istio_requests_total", {**own, "response_code": "200"}, 100, 100 * (1 - share))
    yield counted("istio_requests_total", {**own, "response_code": "503"}, 0, 100 * share)


def met(service: str) -> Labels:
    """The labels of a request that met a proxy of the service."""
    return {"destination_workload": service, "destination_workload_namespace": "shop"}


def linkerd(direction: str, labels: Labels, share: float) -> Iterator[Sampled]:
    for outcome, calm, raised in (("success", 100, 100 * (1 - share)), ("failure", 0, 100 * share)):
        yield counted("response_total", {"direction": direction, "classification": outcome, **labels}, calm, raised)


def envoy(labels: Labels, share: float) -> Iterator[Sampled]:
    for outcome, calm, raised in (("2", 100, 100 * (1 - share)), ("5", 0, 100 * share)):
        own = {"envoy_response_code_class": outcome, **labels}
        yield counted("envoy_cluster_upstream_rq_xx", own, calm, raised)


def hubble(reporter: str, labels: Labels, share: float, name: str = "requests") -> Iterator[Sampled]:
    """Counted by one of Cilium's agents, which the labels from Prometheus describe."""
    agent = {
        "reporter": reporter,
        "namespace": "kube-system",
        "job": "hubble-metrics",
        "pod": "cilium-1",
        "method": "GET",
    }
    for status, calm, raised in (("200", 100, 100 * (1 - share)), ("503", 0, 100 * share)):
        yield counted(f"hubble_http_{name}_total", {**agent, **labels, "status": status}, calm, raised)


def samples() -> list[Sampled]:
    unknown = {"destination_workload": "unknown", "destination_workload_namespace": "unknown"}
    caller = {"deployment": "web", "namespace": "front"}
    return [
        up(),
        # With a waypoint; with proxies at both ends; outside of the mesh, known to its callers alone.
        *istio("waypoint", "basket", **met("basket")),
        *istio("destination", "cart", **met("cart")),
        *istio("source", "cart", **met("cart"), source_workload="web"),
        *istio("source", "cart", 1.0, **unknown, source_workload="web"),
        *istio("source", "bank", **unknown, source_workload="web"),
        *linkerd("outbound", {**caller, "dst_deployment": "mail", "dst_namespace": "post", "dst_service": "mail"}, 0.3),
        *envoy({"app": "web", "envoy_cluster_name": "outbound|80|v1|stock.shop.svc.cluster.local"}, 0.2),
        *envoy({"app": "web", "envoy_cluster_name": "outbound|80|v2|stock.shop.svc.cluster.local"}, 0.2),
        *envoy({"app": "web", "envoy_cluster_name": "xds-grpc"}, 0.9),
        *envoy({"app": "tax", "namespace": "shop", "envoy_cluster_name": "inbound|8080||"}, 0.5),
        *envoy({"app": "web", "envoy_cluster_name": "outbound|80||tax.shop.svc.cluster.local"}, 0.5),
    ]


@pytest.fixture(scope="module", params=list(SERVERS))
def url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    require(*PROGRAMS[request.param])
    with SERVERS[request.param](tmp_path_factory.mktemp(request.param), openmetrics(samples())) as base:
        yield base


def ask(url: str, **settings: object) -> tuple[list[Document], list[Event], list[Gap]]:
    mine = source(url=url, **settings)
    fetched = list(mine.fetch(WINDOW, Deadline(60)))
    given = [one for one in fetched if isinstance(one, Document)]
    found = [*fetched, *mine.read(given, WINDOW)]
    return given, [one for one in found if isinstance(one, Event)], [one for one in found if isinstance(one, Gap)]


def test_every_request_counts_once_whoever_reports_it(url: str) -> None:
    _, events, gaps = ask(url)
    assert gaps == []
    rises = {event.subject.service: event for event in events if event.kind is Kind.ERRORS_ROSE}
    shares = {name: round(event.numbers["after"], 2) for name, event in rises.items()}
    assert shares == {"basket": 0.4, "cart": 0.4, "bank": 0.4, "mail": 0.3, "stock": 0.2, "tax": 0.5}
    homes = {name: event.subject.namespace for name, event in rises.items()}
    assert homes == {"basket": "shop", "cart": "shop", "bank": "shop", "mail": "post", "stock": "shop", "tax": "shop"}
    requests = {name: event.numbers["requests"] for name, event in rises.items()}
    # Two subsets of one service are two clusters.
    assert requests == dict.fromkeys(shares, 4000.0) | {"stock": 8000.0}
    assert rises["mail"].subject.workload == "Deployment/mail"
    assert 'reporter="waypoint"' in rises["basket"].query
    assert "v1" in rises["stock"].query
    assert "v2" in rises["stock"].query


def test_callers_are_asked_only_for_what_nobody_else_reports(tmp_path: Path) -> None:
    require("prometheus", "promtool")
    series = [up(), *istio("destination", "cart", **met("cart")), *istio("source", "cart", **met("cart"))]
    with prometheus(tmp_path, openmetrics(series)) as url:
        given, events, gaps = ask(url)
    assert gaps == []
    assert [event.numbers["requests"] for event in events if event.kind is Kind.ERRORS_ROSE] == [4000]
    assert not [one for one in given if one.call == "counters" and "source" in one.asked]


def test_a_metric_that_is_there_but_is_not_read_is_named(tmp_path: Path) -> None:
    require("prometheus", "promtool")
    with prometheus(tmp_path, openmetrics([up(), *istio("gateway", "cart", **met("cart"))])) as url:
        _, events, gaps = ask(url)
    assert events == []
    assert [gap.reason for gap in gaps] == [
        'istio_requests_total: exists, but has no series with {reporter="destination"} or {reporter="waypoint"} or '
        '{reporter="source"}'
    ]


def test_where_nothing_fits_it_is_said_what_was_looked_for(tmp_path: Path) -> None:
    require("prometheus", "promtool")
    with prometheus(tmp_path, openmetrics([up()])) as url:
        _, _, gaps = ask(url)
    assert len(gaps) == 1
    for name in ("http_requests_total", "istio_requests_total", "grpc_server_handled_total"):
        assert name in gaps[0].reason


CART = {"destination_workload": "cart", "destination_namespace": "shop"}
WEB = {"source_workload": "web", "source_namespace": "front"}
REQUESTS = [counted("hubble_http_requests_total", {**CART, "reporter": "server"}, 100, 100)]
SWAPPED = {"source_workload": "cart", "source_namespace": "shop", "destination_workload": "web"}


@pytest.mark.parametrize(
    "series",
    [
        # Where both ends have a policy for HTTP, both count.
        [*hubble("server", {**WEB, **CART}, 0.4), *hubble("client", {**WEB, **CART}, 0.9)],
        [*hubble("client", {**WEB, "destination_app": "cart", "destination_namespace": "shop"}, 0.4)],
        # The metrics `http`, of older installations: the source of a response is the server.
        [*hubble("server", SWAPPED, 0.4, "responses"), *REQUESTS],
    ],
)
def test_hubble_counts_requests_at_the_server_else_at_the_client(series: list[Sampled], tmp_path: Path) -> None:
    require("prometheus", "promtool")
    with prometheus(tmp_path, openmetrics([up(), *series])) as url:
        _, events, gaps = ask(url)
    assert gaps == []
    (rise,) = [event for event in events if event.kind is Kind.ERRORS_ROSE]
    assert (rise.subject.service, rise.subject.namespace) == ("cart", "shop")
    assert (round(rise.numbers["after"], 2), rise.numbers["requests"]) == (0.4, 4000)


@pytest.mark.parametrize(
    ("label", "value", "namespace", "service"),
    [
        ("envoy_cluster_name", "outbound|80||basket.shop.svc.cluster.local", "shop", "basket"),
        ("envoy_cluster_name", "outbound|8080|canary|basket.shop.svc.cluster.local;", "shop", "basket"),
        ("envoy_cluster_name", "outbound_.80_._.basket.shop.svc.cluster.local", "shop", "basket"),
        ("envoy_cluster_name", "outbound|443||api.bank.example", "", "api.bank.example"),
        ("destination_service_name", "basket.shop.svc.cluster.local", "shop", "basket"),
        ("service", "shop-basket-80@kubernetes", "", "shop-basket-80@kubernetes"),
        ("job", "shop/basket", "", "basket"),
        ("app", "team/basket", "", "team/basket"),
        ("service", "basket", "", "basket"),
    ],
)
def test_a_name_says_what_it_says_for_sure(label: str, value: str, namespace: str, service: str) -> None:
    assert parsed(label, value) == (namespace, service)
