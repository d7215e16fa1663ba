"""What the powerless user of a real API server may do for a while."""

import contextlib
from collections.abc import Iterator

from tests.servers.kubernetes import Kubernetes
from tests.servers.process import session
from tests.sources.kubernetes.cluster import Json


@contextlib.contextmanager
def allowed(server: Kubernetes, role: Json, namespace: str = "") -> Iterator[None]:
    """Bind the powerless viewer to this role, in the namespace or everywhere."""
    user = {"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": "viewer"}
    kind, inside = ("Role", f"namespaces/{namespace}/") if namespace else ("ClusterRole", "")
    role = {**role, "kind": kind}
    binding = {
        "metadata": {"name": "pm-timeline"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": kind, "name": "pm-timeline"},
        "subjects": [user],
    }
    asking = session(server.ca, server.token)
    path = f"{server.url}/apis/rbac.authorization.k8s.io/v1/{inside}{kind.lower()}"
    for place, item in ((f"{path}s", role), (f"{path}bindings", binding)):
        asking.post(place, json=item, timeout=10).raise_for_status()
    try:
        yield
    finally:
        for place in (f"{path}bindings/pm-timeline", f"{path}s/pm-timeline"):
            asking.delete(place, timeout=10).raise_for_status()
