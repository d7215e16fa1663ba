"""Labels of metrics and alerts: which of them name a service, and how they are written in PromQL."""

from collections.abc import Mapping

SERVICE_LABELS = (
    "service",
    "app",
    "app_kubernetes_io_name",
    "destination_workload",
    "destination_service_name",
    "exported_service",
    "service_name",
    "service.name",
    "deployment",
    "exported_job",
    "job",
    "grpc_service",
)
NAMESPACE_LABELS = (
    "exported_namespace",
    "destination_workload_namespace",
    "namespace",
    "kubernetes_namespace",
    "k8s_namespace_name",
    "k8s.namespace.name",
)
WORKLOAD_LABELS = {
    form.format(kind.lower()): kind
    for form in ("{}", "dst_{}", "k8s_{}_name", "k8s.{}.name")
    for kind in ("Deployment", "StatefulSet", "DaemonSet")
}
"""Which kind of workload a label names."""
REPLICA_LABELS = frozenset(
    {"replica", "prometheus", "prometheus_replica", "__replica__", "thanos_ruler_replica", "receive_replica"}
)
"""What distinguishes two Prometheis that watch the same things."""


def matchers(labels: Mapping[str, str], operator: str = "=") -> str:
    """`{name="value"}` in PromQL, sorted and escaped."""
    return "{" + ",".join(f"{spelled(name)}{operator}{quoted(value)}" for name, value in sorted(labels.items())) + "}"


def selected(metric: str, by: str) -> str:
    """The selector for the series of a metric; `by` is the matchers, as `matchers` returns them."""
    if spelled(metric.replace(":", "_")).isidentifier():
        return metric + ("" if by == "{}" else by)
    return "{" + ",".join(part for part in (quoted(metric), by[1:-1]) if part) + "}"


def spelled(name: str) -> str:
    """A label name as written in PromQL; since Prometheus 3 it may be any text, which is then quoted."""
    return name if name.isascii() and name.isidentifier() else quoted(name)


def quoted(value: str) -> str:
    """A PromQL string literal."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def first_of(labels: Mapping[str, str], names: tuple[str, ...]) -> str:
    """The first of these labels that exists and is not empty; empty if there is none."""
    return next((name for name in names if labels.get(name)), "")
