"""What is listed of a cluster. The names are the API's own, and those of the documents."""

from typing import NamedTuple


class Listed(NamedTuple):
    """A resource, its path, and what the client calls it."""

    name: str
    path: str
    group: str
    """The client's class."""
    method: str
    """What follows `list_` in its method for all namespaces."""
    one_namespace: str = ""
    """The same for one namespace; empty where the objects belong to none."""
    metadata: bool = False
    """Only the objects' metadata is asked for: the server does not send the rest."""
    page: int = 500
    """How many to ask for at once. An API server looks through all that is left for each page."""
    custom: tuple[str, str] | None = None
    """Group and version of what Kubernetes itself does not have, so that a cluster may be without it."""

    def given(self, namespace: str) -> tuple[str, ...]:
        """What the client's method is called with; an empty namespace stands for all."""
        place = (namespace,) if namespace else ()
        return (*self.custom, *place, self.name) if self.custom else place


def _usual(name: str, path: str, group: str, singular: str, *, metadata: bool = False, page: int = 500) -> Listed:
    every, one = f"{singular}_for_all_namespaces", f"namespaced_{singular}"
    return Listed(name, path, group, every, one, metadata=metadata, page=page)


def _custom(name: str, group: str, version: str) -> Listed:
    methods = ("cluster_custom_object", "namespaced_custom_object")
    return Listed(name, f"/apis/{group}/{version}", "CustomObjectsApi", *methods, custom=(group, version))


LISTS = (
    _usual("events", "/api/v1", "CoreV1Api", "event", page=2000),
    _usual("pods", "/api/v1", "CoreV1Api", "pod"),
    _usual("replicasets", "/apis/apps/v1", "AppsV1Api", "replica_set"),
    _usual("deployments", "/apis/apps/v1", "AppsV1Api", "deployment"),
    _custom("rollouts", "argoproj.io", "v1alpha1"),
    _usual("statefulsets", "/apis/apps/v1", "AppsV1Api", "stateful_set"),
    _usual("daemonsets", "/apis/apps/v1", "AppsV1Api", "daemon_set"),
    _usual("controllerrevisions", "/apis/apps/v1", "AppsV1Api", "controller_revision"),
    _usual("jobs", "/apis/batch/v1", "BatchV1Api", "job"),
    _usual("horizontalpodautoscalers", "/apis/autoscaling/v1", "AutoscalingV1Api", "horizontal_pod_autoscaler"),
    Listed("nodes", "/api/v1", "CoreV1Api", "node"),
    _usual("configmaps", "/api/v1", "CoreV1Api", "config_map", metadata=True),
    _usual("secrets", "/api/v1", "CoreV1Api", "secret", metadata=True),
)
NAMES = tuple(what.name for what in LISTS)
