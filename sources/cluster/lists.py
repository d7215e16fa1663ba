"""The resources that are listed in a cluster. The API and the documents use the same names."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple
from urllib.parse import quote


class Listed(NamedTuple):
    """A resource, and how to list it."""

    name: str
    group: str
    """The API path of its group."""
    namespaced: bool = True
    metadata: bool = False
    """Whether only the objects' metadata is requested: the server does not send the rest."""
    page: int = 500
    """How many objects to request per page. An API server goes through all remaining objects for each page."""
    custom: bool = False
    """Whether a cluster may lack the resource. It adds little: other names, or another kind of rollout."""
    many: bool = False
    """Whether there may be tens of thousands: such resources are listed in parallel."""
    query: Mapping[str, str] = MappingProxyType({})
    """Restricts the list: `fieldSelector`, `labelSelector`."""

    def path(self, namespace: str) -> str:
        """The API path of the whole list, in one namespace or, if it is empty, in all."""
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
"""Listed in addition, for the Services that have no selector."""
CONTROLLERS = Listed("replicationcontrollers", "/api/v1", custom=True)
"""Listed in addition if the cluster has OpenShift's DeploymentConfigs: each is one of their rollouts."""
DEPLOYMENT_CONFIGS = Listed("deploymentconfigs", "/apis/apps.openshift.io/v1", custom=True)
"""Not listed: their ReplicationControllers have what is needed."""
