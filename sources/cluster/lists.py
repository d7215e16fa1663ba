"""What is listed of a cluster. The names are the API's own, and those of the documents."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple
from urllib.parse import quote


class Listed(NamedTuple):
    """A resource, and its path."""

    name: str
    group: str
    """Where the API server has the resources of its group."""
    namespaced: bool = True
    metadata: bool = False
    """Only the objects' metadata is asked for: the server does not send the rest."""
    page: int = 500
    """How many to ask for at once. An API server looks through all that is left for each page."""
    custom: bool = False
    """A cluster may be without it, and what it adds is little: other names, or another kind of rollout."""
    many: bool = False
    """There may be tens of thousands: it is listed side by side with its like."""
    query: Mapping[str, str] = MappingProxyType({})
    """Which of them: `fieldSelector`, `labelSelector`."""

    def path(self, namespace: str) -> str:
        """Where the API server has all of them, in one namespace or, with an empty one, in all."""
        return f"{self.group}/namespaces/{quote(namespace)}/{self.name}" if namespace else f"{self.group}/{self.name}"


LISTS = (
    Listed("events", "/api/v1", page=2000, many=True),
    Listed("pods", "/api/v1", many=True),
    Listed("replicasets", "/apis/apps/v1"),
    Listed("deployments", "/apis/apps/v1"),
    Listed("rollouts", "/apis/argoproj.io/v1alpha1", custom=True),
    Listed("analysisruns", "/apis/argoproj.io/v1alpha1", custom=True),
    Listed("statefulsets", "/apis/apps/v1"),
    Listed("daemonsets", "/apis/apps/v1"),
    Listed("controllerrevisions", "/apis/apps/v1"),
    Listed("jobs", "/apis/batch/v1"),
    Listed("horizontalpodautoscalers", "/apis/autoscaling/v1"),
    Listed("nodes", "/api/v1", namespaced=False),
    Listed("configmaps", "/api/v1", metadata=True),
    Listed("secrets", "/api/v1", metadata=True),
    Listed("services", "/api/v1", custom=True),
    Listed("ingresses", "/apis/networking.k8s.io/v1", custom=True),
    Listed("httproutes", "/apis/gateway.networking.k8s.io/v1", custom=True),
)
NAMES = tuple(what.name for what in LISTS)
ENDPOINT_SLICES = Listed("endpointslices", "/apis/discovery.k8s.io/v1", custom=True)
"""What is listed besides, of the Services that have no selector."""
