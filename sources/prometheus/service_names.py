"""What the names of proxies and meshes say for sure: the service, and its namespace where it is part of the name.

Traefik's `shop-basket-80@kubernetes` stays as it is: where its namespace ends can only be known beside the services.
"""

import re

_HOST = r"(?P<service>[a-z0-9][a-z0-9-]*)\.(?P<namespace>[a-z0-9][a-z0-9-]*)\.svc(\..*)?"
_ISTIO_CLUSTER = re.compile(rf"outbound(\|\d+\|[^|]*\||_\.\d+_\.[^.]*_?\.){_HOST}")
"""`outbound|80|v1|basket.shop.svc.cluster.local`, and with `_.` for `|` at gateways between clusters."""
_OUTSIDE = re.compile(r"outbound\|\d+\|[^|]*\|(?P<service>[^|;]+);?")
_CLUSTER_HOST = re.compile(_HOST)
UNKNOWN = "unknown"
"""What Istio has in the labels of a workload of which no proxy knows."""


def parsed(label: str, value: str) -> tuple[str, str]:
    """Namespace and service; the namespace is empty where the name does not have it."""
    for pattern in (_ISTIO_CLUSTER, _CLUSTER_HOST):
        if found := pattern.fullmatch(value):
            return found["namespace"], found["service"]
    if found := _OUTSIDE.fullmatch(value):
        return "", found["service"]
    # OpenTelemetry's and the Operator's job is `namespace/service`, of which the first need not be Kubernetes'.
    return "", value.rpartition("/")[2] if label in ("job", "exported_job") else value
