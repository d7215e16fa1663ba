"""The request metrics in common use."""

import re
from collections.abc import Mapping

from msgspec import Struct, field

from sources.metric_labels import matchers, selected
from sources.prometheus.settings import RatioSettings


class Side(Struct, frozen=True):
    """One place that reports requests, and how it names the service that serves them."""

    only: Mapping[str, str] = field(default_factory=dict)
    """Labels of its series that distinguish them from those of the other places."""
    service_labels: tuple[str, ...] = ()
    """Labels that name the service more reliably than the usual ones."""
    namespace_labels: tuple[str, ...] = ()
    """Labels that name its namespace; if empty, the usual ones."""
    callee: tuple[str, ...] = ()
    """Labels by which two places agree on the service that a request is for; empty if there are none."""
    fits: Mapping[str, str] = field(default_factory=dict)
    """Patterns of label values that distinguish its series from others with the same selector."""
    usual: bool = True
    """Whether the usual labels name the service too. On metrics reported by a client, they name the client."""

    def reports(self, labels: Mapping[str, str]) -> bool:
        """Whether a series with these labels belongs to this side."""
        return all(re.fullmatch(pattern, labels.get(name, "")) for name, pattern in self.fits.items())


class Metric(Struct, frozen=True):
    """The request metrics of one kind of client library, proxy or mesh."""

    name: str
    """The counter of requests."""
    errors: Mapping[str, str]
    """Labels that contain the outcome, and a pattern (for both RE2 and Python) of their error values."""
    buckets: str = ""
    """The classic histogram of request durations, if there is one."""
    unit: float = 1.0
    """Seconds per unit of its bounds."""
    sides: tuple[Side, ...] = (Side(),)
    """Best first: for each service the first side that reports it is used, so no request counts twice."""
    title: str = "5xx ratio"

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all its series."""
        return (self.name, self.buckets) if self.buckets else (self.name,)

    def failed(self, labels: Mapping[str, str]) -> bool | None:
        """Whether a series counts errors; None if its labels do not show it."""
        known = [label for label in self.errors if label in labels]
        if not known:
            return None
        return any(re.fullmatch(self.errors[label], labels[label]) for label in known)


def selector(name: str, side: Side) -> str:
    """The PromQL selector of the series with this name that a side reports."""
    return selected(name, matchers(side.only))


_5XX = "5..|5xx"
_CODES = {"code": _5XX, "status": _5XX, "status_code": _5XX}
_MS = 0.001
# The destination workload is `unknown` if no proxy of the service saw the request.
_CALLEE = ("destination_service_name", "destination_service_namespace")
_ISTIO = tuple(
    Side(
        {"reporter": reporter},
        ("destination_canonical_service", "destination_workload", "destination_service_name"),
        ("destination_workload_namespace", "destination_service_namespace"),
        _CALLEE,
    )
    for reporter in ("destination", "waypoint", "source")
)
_WORKLOADS = ("deployment", "statefulset", "daemonset")
_LINKERD = (
    Side({"direction": "inbound"}, _WORKLOADS),
    Side(
        {"direction": "outbound"},
        (*(f"dst_{name}" for name in _WORKLOADS), "dst_service"),
        ("dst_namespace",),
        usual=False,
    ),
)
# The pod and job labels name Cilium's agent. The older `http` metrics count responses, so their source is the server;
# `httpV2` counts requests.
_HUBBLE, _HUBBLE_RESPONSES = (
    tuple(
        Side({"reporter": reporter}, (f"{server}_workload", f"{server}_app"), (f"{server}_namespace",), usual=False)
        for reporter in ("server", "client")
    )
    for server in ("destination", "source")
)
# A sidecar's own labels name the caller, except on inbound requests. `_OWN` are requests of the sidecar itself.
_INBOUND = "inbound[|_].*"
_OWN = "(InboundPassthrough|Passthrough|BlackHole)Cluster.*|[xs]ds-grpc|prometheus_stats|agent|zipkin"
_ENVOY = (
    Side(fits={"envoy_cluster_name": _INBOUND}),
    Side(service_labels=("envoy_cluster_name",), fits={"envoy_cluster_name": f"(?!{_INBOUND}|({_OWN})$).*"}),
)
# Faults of the server, not of the caller, such as NotFound, or of the caller's network, such as Canceled.
_GRPC = "Unknown|Internal|Unavailable|DataLoss|DeadlineExceeded|Unimplemented|ResourceExhausted"
_GRPC_CAPITALS = "UNKNOWN|INTERNAL|UNAVAILABLE|DATA_LOSS|DEADLINE_EXCEEDED|UNIMPLEMENTED|RESOURCE_EXHAUSTED"
_GRPC_NUMBERS = "2|4|8|12|13|14|15"

METRICS = (
    # Prometheus client libraries, by convention.
    Metric("http_requests_total", _CODES, "http_request_duration_seconds_bucket"),
    Metric("http_request_duration_seconds_count", _CODES, "http_request_duration_seconds_bucket"),
    # Spring Boot, by Micrometer.
    Metric(
        "http_server_requests_seconds_count",
        {"status": _5XX, "outcome": "SERVER_ERROR"},
        "http_server_requests_seconds_bucket",
    ),
    # OpenTelemetry: the stable semantic conventions, then those before them.
    Metric(
        "http_server_request_duration_seconds_count",
        {"http_response_status_code": _5XX},
        "http_server_request_duration_seconds_bucket",
    ),
    # As Prometheus 3 names them if configured to translate nothing, or only to add units.
    *(
        Metric(f"{name}_count", {"http.response.status_code": _5XX}, f"{name}_bucket")
        for name in ("http.server.request.duration", "http.server.request.duration_seconds")
    ),
    Metric(
        "http_server_duration_milliseconds_count",
        {"http_status_code": _5XX},
        "http_server_duration_milliseconds_bucket",
        _MS,
    ),
    Metric(
        "istio_requests_total",
        {"response_code": _5XX},
        "istio_request_duration_milliseconds_bucket",
        _MS,
        _ISTIO,
    ),
    Metric(
        "response_total",
        {"classification": "failure"},
        "response_latency_ms_bucket",
        _MS,
        _LINKERD,
        "failure ratio",
    ),
    # Their histogram is not used: both versions give it the same name, but swap the labels of client and server.
    Metric("hubble_http_responses_total", {"status": _5XX}, sides=_HUBBLE_RESPONSES),
    Metric("hubble_http_requests_total", {"status": _5XX}, sides=_HUBBLE),
    # `service` names the ingress controller itself unless its labels are honoured; the same applies to Traefik.
    Metric(
        "nginx_ingress_controller_requests",
        {"status": _5XX},
        "nginx_ingress_controller_request_duration_seconds_bucket",
        sides=(Side(service_labels=("exported_service",)),),
    ),
    Metric(
        "traefik_service_requests_total",
        {"code": _5XX},
        "traefik_service_request_duration_seconds_bucket",
        sides=(Side(service_labels=("exported_service",)),),
    ),
    Metric(
        "traefik_backend_requests_total",
        {"code": _5XX},
        "traefik_backend_request_duration_seconds_bucket",
        sides=(Side(service_labels=("backend",)),),
    ),
    Metric(
        "envoy_cluster_upstream_rq_xx",
        {"envoy_response_code_class": "5"},
        "envoy_cluster_upstream_rq_time_bucket",
        _MS,
        _ENVOY,
    ),
    Metric(
        "envoy_http_downstream_rq_xx",
        {"envoy_response_code_class": "5"},
        "envoy_http_downstream_rq_time_bucket",
        _MS,
    ),
    # `proxy` in HAProxy's own exporter, `backend` in the older one; OpenShift's has `route`, and `http` as the backend.
    Metric(
        "haproxy_backend_http_responses_total",
        {"code": _5XX},
        sides=(Side(service_labels=("route", "proxy", "backend")),),
    ),
    Metric(
        "kong_http_requests_total",
        {"code": _5XX},
        "kong_request_latency_ms_bucket",
        _MS,
        sides=(Side(service_labels=("exported_service",)),),
    ),
    # The usual exporters of Flask, Django, .NET (prometheus-net), Ruby (Rack) and Gin.
    Metric("flask_http_request_total", {"status": _5XX}, "flask_http_request_duration_seconds_bucket"),
    Metric("django_http_responses_total_by_status_total", {"status": _5XX}),
    Metric("http_requests_received_total", {"code": _5XX}, "http_request_duration_seconds_bucket"),
    Metric("http_server_requests_total", {"code": _5XX}, "http_server_request_duration_seconds_bucket"),
    Metric("gin_requests_total", {"code": _5XX}),
    Metric(
        "grpc_server_handled_total",
        {"grpc_code": _GRPC},
        "grpc_server_handling_seconds_bucket",
        title="gRPC error ratio",
    ),
    # From gRPC's own OpenTelemetry plugin.
    Metric(
        "grpc_server_call_duration_seconds_count",
        {"grpc_status": _GRPC_CAPITALS},
        "grpc_server_call_duration_seconds_bucket",
        title="gRPC error ratio",
    ),
    Metric(
        "rpc_server_duration_milliseconds_count",
        {"rpc_grpc_status_code": _GRPC_NUMBERS},
        "rpc_server_duration_milliseconds_bucket",
        _MS,
        title="gRPC error ratio",
    ),
)
"""In order of precedence: for each service, the first metric with series about it is used."""


def selectors(ratio: RatioSettings) -> tuple[str, ...]:
    """The selectors of a configured ratio's counters."""
    return () if ratio.ratio_query else (ratio.error_query, ratio.total_query)
