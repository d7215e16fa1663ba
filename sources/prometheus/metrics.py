"""The request counters that people commonly have, and the labels that say whose they are."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from sources.prometheus.settings import RatioSettings

SERVICE_LABELS = (
    "service",
    "app",
    "app_kubernetes_io_name",
    "destination_workload",
    "destination_service_name",
    "exported_service",
    "deployment",
    "job",
    "grpc_service",
)
NAMESPACE_LABELS = ("exported_namespace", "destination_workload_namespace", "namespace", "kubernetes_namespace")
REPLICA_LABELS = frozenset({"replica", "prometheus", "prometheus_replica", "__replica__"})
"""What tells two Prometheis that watch the same things apart."""


@dataclass(frozen=True, slots=True)
class Metric:
    """A counter of requests whose failed part is known by a label."""

    name: str
    errors: Mapping[str, str]
    """Labels that hold the outcome, and which of their values (RE2 and Python alike) are errors."""
    only: Mapping[str, str] = field(default_factory=dict)
    """Labels that the series must have, so that no request counts twice."""
    service_labels: tuple[str, ...] = ()
    """Labels that name the service better than the usual ones do."""
    title: str = "5xx ratio"

    @property
    def selector(self) -> str:
        """All its series, in PromQL."""
        return self.name + (matchers(self.only) if self.only else "")

    def failed(self, labels: Mapping[str, str]) -> bool | None:
        """Whether a series counts errors; None if its labels do not say."""
        known = [label for label in self.errors if label in labels]
        if not known:
            return None
        return any(re.fullmatch(self.errors[label], labels[label]) for label in known)


_5XX = "5..|5xx"
_GRPC = "Unknown|Internal|Unavailable|DataLoss|DeadlineExceeded|Unimplemented|ResourceExhausted"

METRICS = (
    Metric("http_requests_total", {"code": _5XX, "status": _5XX, "status_code": _5XX}),
    Metric("http_server_requests_seconds_count", {"status": _5XX, "outcome": "SERVER_ERROR"}),
    Metric("http_server_request_duration_seconds_count", {"http_response_status_code": _5XX}),
    Metric(
        "istio_requests_total",
        {"response_code": _5XX},
        only={"reporter": "destination"},
        service_labels=("destination_canonical_service", "destination_workload", "destination_service_name"),
    ),
    # `service` is that of the ingress controller itself unless its labels are honoured.
    Metric("nginx_ingress_controller_requests", {"status": _5XX}, service_labels=("exported_service",)),
    Metric("traefik_service_requests_total", {"code": _5XX}, service_labels=("exported_service",)),
    Metric("grpc_server_handled_total", {"grpc_code": _GRPC}, title="gRPC error ratio"),
)
"""In the order in which they are tried: the first that knows a service speaks for it."""


def selectors(ratio: RatioSettings) -> tuple[str, ...]:
    """What a configured ratio has to be asked for."""
    return (ratio.error_query, ratio.total_query)


def matchers(labels: Mapping[str, str], operator: str = "=") -> str:
    """`{name="value"}` in PromQL, sorted and escaped."""
    return "{" + ",".join(f"{name}{operator}{quoted(value)}" for name, value in sorted(labels.items())) + "}"


def quoted(value: str) -> str:
    """A string of PromQL."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def first_of(labels: Mapping[str, str], names: tuple[str, ...]) -> str:
    """The first of these labels that is there and not empty; empty if none is."""
    return next((name for name in names if labels.get(name)), "")
