"""Every family of request metrics, as its makers document it, through the whole of `read`."""

import pytest

from collector.event import Event, Kind
from sources.prometheus.metrics import METRICS
from tests.sources.prometheus.samples import FIRST, LAST, Sampled, at, documents, read, steps, up, utc

Labels = dict[str, str]
SHOP = {"namespace": "shop", "job": "pods", "instance": "10.0.0.1:8080"}
ISTIO = {"destination_workload": "checkout", "destination_workload_namespace": "shop", "reporter": "destination"}
LINKERD = {"deployment": "checkout", "direction": "inbound"}
NGINX = {"service": "ingress-nginx", "exported_service": "checkout", "exported_namespace": "shop"}
APP = {"service": "checkout"}
FAMILIES: list[tuple[str, Labels, Labels, list[Labels], list[Labels]]] = [
    # Name, labels of the owner, labels asked for, outcomes that are no faults, and that are.
    ("http_requests_total", APP, {}, [{"code": "200"}, {"code": "404"}], [{"code": "500"}, {"code": "503"}]),
    ("http_requests_total", APP, {}, [{"status": "2xx"}, {"status": "4xx"}], [{"status": "5xx"}]),
    (
        "http_request_duration_seconds_count",
        {"app": "checkout"},
        {},
        [{"status_code": "201"}],
        [{"status_code": "502"}],
    ),
    (
        "http_server_requests_seconds_count",
        {"app": "checkout"},
        {},
        [{"status": "200", "outcome": "SUCCESS"}, {"status": "UNKNOWN", "outcome": "UNKNOWN"}],
        [{"status": "500", "outcome": "SERVER_ERROR"}],
    ),
    (
        "http_server_request_duration_seconds_count",
        {"job": "shop/checkout"},
        {},
        [{"http_response_status_code": "200"}],
        [{"http_response_status_code": "500"}],
    ),
    (
        "http_server_duration_milliseconds_count",
        {"service_name": "checkout"},
        {},
        [{"http_status_code": "200"}],
        [{"http_status_code": "500"}],
    ),
    (
        "istio_requests_total",
        ISTIO,
        {"reporter": "destination"},
        [{"response_code": "200"}, {"response_code": "0"}],
        [{"response_code": "503"}],
    ),
    ("nginx_ingress_controller_requests", NGINX, {}, [{"status": "200"}, {"status": "499"}], [{"status": "502"}]),
    ("traefik_service_requests_total", {"exported_service": "checkout"}, {}, [{"code": "200"}], [{"code": "502"}]),
    ("traefik_backend_requests_total", {"backend": "checkout"}, {}, [{"code": "499"}], [{"code": "500"}]),
    (
        "envoy_cluster_upstream_rq_xx",
        {"app": "gateway", "envoy_cluster_name": "checkout"},
        {},
        [{"envoy_response_code_class": "2"}, {"envoy_response_code_class": "4"}],
        [{"envoy_response_code_class": "5"}],
    ),
    (
        "envoy_http_downstream_rq_xx",
        {"app": "checkout"},
        {},
        [{"envoy_response_code_class": "2"}],
        [{"envoy_response_code_class": "5"}],
    ),
    (
        "grpc_server_handled_total",
        {"app": "checkout"},
        {},
        [{"grpc_code": "OK"}, {"grpc_code": "NotFound"}, {"grpc_code": "Canceled"}],
        [{"grpc_code": "Unavailable"}, {"grpc_code": "Internal"}],
    ),
    (
        "grpc_server_call_duration_seconds_count",
        {"app": "checkout"},
        {},
        [{"grpc_status": "OK"}, {"grpc_status": "NOT_FOUND"}, {"grpc_status": "CANCELLED"}],
        [{"grpc_status": "UNAVAILABLE"}, {"grpc_status": "DEADLINE_EXCEEDED"}],
    ),
    ("kong_http_requests_total", {"service": "checkout"}, {}, [{"code": "200"}, {"code": "429"}], [{"code": "502"}]),
    ("flask_http_request_total", APP, {}, [{"status": "200"}, {"status": "404"}], [{"status": "500"}]),
    ("django_http_responses_total_by_status_total", APP, {}, [{"status": "200"}], [{"status": "502"}]),
    ("http_requests_received_total", APP, {}, [{"code": "200"}], [{"code": "500"}]),
    ("http_server_requests_total", APP, {}, [{"code": "200"}], [{"code": "500"}]),
    ("gin_requests_total", APP, {}, [{"code": "200"}], [{"code": "503"}]),
    (
        "haproxy_backend_http_responses_total",
        {"backend": "https", "route": "checkout", "exported_namespace": "shop", "namespace": "openshift-ingress"},
        {},
        [{"code": "2xx"}],
        [{"code": "5xx"}],
    ),
    (
        "rpc_server_duration_milliseconds_count",
        {"service_name": "checkout"},
        {},
        [{"rpc_grpc_status_code": "0"}, {"rpc_grpc_status_code": "5"}],
        [{"rpc_grpc_status_code": "14"}],
    ),
    (
        "haproxy_backend_http_responses_total",
        {"proxy": "checkout"},
        {},
        [{"code": "2xx"}, {"code": "other"}],
        [{"code": "5xx"}],
    ),
    (
        "response_total",
        LINKERD,
        {"direction": "inbound"},
        [{"classification": "success"}],
        [{"classification": "failure"}],
    ),
    (
        "hubble_http_requests_total",
        {"destination_workload": "checkout", "destination_namespace": "shop", "reporter": "server"},
        {"reporter": "server"},
        [{"status": "200"}, {"status": "404"}],
        [{"status": "503"}],
    ),
    (
        "hubble_http_responses_total",
        {"source_workload": "checkout", "source_namespace": "shop", "reporter": "server"},
        {"reporter": "server"},
        [{"status": "200"}],
        [{"status": "500"}],
    ),
]


def counted(name: str, labels: Labels, per_scrape: float, raised: float) -> Sampled:
    """So much per scrape, and `raised` from 14:05 to 14:20."""
    value, samples = 1000.0, []
    for moment in steps(FIRST + 3, LAST):
        value += raised if at("14:05:00") < moment <= at("14:20:00") else per_scrape
        samples.append((moment, value))
    return Sampled(name, labels, samples)


def test_every_metric_is_tried_here() -> None:
    # Names that need quotes are tried beside.
    assert {name for name, *_ in FAMILIES} == {metric.name for metric in METRICS if metric.name.isidentifier()}


@pytest.mark.parametrize(("name", "owner", "only", "fine", "faults"), FAMILIES)
def test_a_family_is_found_by_its_name_and_its_faults_by_their_label(
    name: str, owner: Labels, only: Labels, fine: list[Labels], faults: list[Labels]
) -> None:
    labels = {**SHOP, **owner}
    series = [counted(name, {**labels, **outcome}, 300 / len(fine), 180 / len(fine)) for outcome in fine]
    series += [counted(name, {**labels, **outcome}, 0, 120 / len(faults)) for outcome in faults]
    # The other side of a mesh counts each request again.
    twice = [Sampled(one.name, {**one.labels, **dict.fromkeys(only, "other")}, one.samples) for one in series if only]
    events, gaps = read(documents([*series, *twice, up()], only=only))
    assert gaps == []
    rose, fell = events
    assert (rose.kind, fell.kind) == (Kind.ERRORS_ROSE, Kind.ERRORS_FELL)
    assert (rose.subject.service, rose.subject.namespace) == ("checkout", "shop")
    assert rose.numbers["after"] == pytest.approx(0.4, abs=0.001)
    assert rose.numbers["requests"] == 300 * 60
    assert rose.earliest <= utc(at("14:05:00")) <= rose.latest


def test_the_first_metric_that_knows_a_service_speaks_for_it() -> None:
    app = [counted("http_requests_total", {**SHOP, **APP, "code": code}, 100, 100) for code in ("200", "404")]
    proxy = [
        counted("traefik_service_requests_total", {**SHOP, "exported_service": "checkout", "code": "200"}, 100, 60),
        counted("traefik_service_requests_total", {**SHOP, "exported_service": "checkout", "code": "502"}, 0, 40),
        counted("traefik_service_requests_total", {**SHOP, "exported_service": "search", "code": "200"}, 100, 60),
        counted("traefik_service_requests_total", {**SHOP, "exported_service": "search", "code": "502"}, 0, 40),
    ]
    events: list[Event] = read(documents([*app, *proxy, up()]))[0]
    assert [event.subject.service for event in events] == ["search", "search"]
    assert len(events[0].plot) <= 120
    assert events[0].plot[-1][0] - events[0].plot[0][0] > 3600
    assert {round(ratio, 2) for _, ratio in events[0].plot} >= {0.0, 0.4}
