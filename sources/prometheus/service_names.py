"""The service, and its namespace if certain, from the names that proxies and meshes use.

Traefik's `shop-basket-80@kubernetes` stays unchanged: only a list of known services shows where its namespace ends.
"""

import re

_HOST = r"(?P<service>[a-z0-9][a-z0-9-]*)\.(?P<namespace>[a-z0-9][a-z0-9-]*)\.svc(\..*)?"
_ISTIO_CLUSTER = re.compile(rf"outbound(\|\d+\|[^|]*\||_\.\d+_\.[^.]*_?\.){_HOST}")
"""`outbound|80|v1|basket.shop.svc.cluster.local`; gateways between clusters have `_.` instead of `|`."""
_OUTSIDE = re.compile(r"outbound\|\d+\|[^|]*\|(?P<service>[^|;]+);?")
_CLUSTER_HOST = re.compile(_HOST)
UNKNOWN = "unknown"
"""Istio's label value for a workload that no proxy knows."""


def parsed(label: str, value: str) -> tuple[str, str]:
    """Namespace and service; the namespace is empty if the name does not contain it."""
    for pattern in (_ISTIO_CLUSTER, _CLUSTER_HOST):
        if found := pattern.fullmatch(value):
            return found["namespace"], found["service"]
    if found := _OUTSIDE.fullmatch(value):
        return "", found["service"]
    # The job of OpenTelemetry and of the Operator is `namespace/service`; that namespace need not be Kubernetes'.
    return "", value.rpartition("/")[2] if label in ("job", "exported_job") else value
