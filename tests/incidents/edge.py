"""Services, Endpoints and Ingresses: how requests reach pods, and under which names."""

from collections.abc import Iterator

from tests.incidents.deployment import Deployment
from tests.incidents.ids import Object, stamp, uid
from tests.incidents.world import World


class Service:
    """A Service before a Deployment, with its Endpoints and, if it has a host, an Ingress."""

    def __init__(
        self,
        world: World,
        deployment: Deployment,
        *,
        name: str = "",
        host: str = "",
        path: str = "/",
        selector: dict[str, str] | None = None,
    ) -> None:
        """`name` is the Deployment's by default; `host` is the name that users know."""
        self.world, self.deployment = world, deployment
        self.name, self.host, self.path = name or deployment.name, host, path
        self._selector = selector or deployment.current.template["metadata"]["labels"]
        world.parts.append(self)

    def objects(self) -> Iterator[Object]:
        """Service, Endpoints, Ingress."""
        yield {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": self._meta("service"),
            "spec": {
                "type": "ClusterIP",
                "clusterIP": "None" if not self.host else f"10.0.0.{len(self.name) * 7 % 200 + 20}",
                "selector": self._selector,
                "ports": [{"name": "http", "port": 80, "targetPort": 8080, "protocol": "TCP"}],
                "sessionAffinity": "None",
            },
            "status": {"loadBalancer": {}},
        }
        pods = [pod for one in self.deployment.sets for pod in one.alive if pod.address]
        ready, rest = ([pod for pod in pods if pod.ready is wanted] for wanted in (True, False))
        subset = {
            key: [
                {
                    "ip": pod.address,
                    "targetRef": {"kind": "Pod", "namespace": pod.namespace, "name": pod.name, "uid": pod.uid},
                }
                for pod in some
            ]
            for key, some in (("addresses", ready), ("notReadyAddresses", rest))
            if some
        }
        subsets = [{**subset, "ports": [{"name": "http", "port": 8080, "protocol": "TCP"}]}] if subset else []
        yield {"apiVersion": "v1", "kind": "Endpoints", "metadata": self._meta("endpoints"), "subsets": subsets}
        if self.host:
            backend = {"service": {"name": self.name, "port": {"name": "http"}}}
            paths = [{"path": self.path, "pathType": "Prefix", "backend": backend}]
            yield {
                "apiVersion": "networking.k8s.io/v1",
                "kind": "Ingress",
                "metadata": self._meta("ingress"),
                "spec": {"ingressClassName": "nginx", "rules": [{"host": self.host, "http": {"paths": paths}}]},
                "status": {"loadBalancer": {}},
            }

    def _meta(self, kind: str) -> Object:
        namespace = self.deployment.namespace
        return {
            "name": self.name,
            "namespace": namespace,
            "uid": uid(kind, namespace, self.name),
            "creationTimestamp": stamp(self.deployment.born),
            "labels": {"app.kubernetes.io/name": self.deployment.name},
        }
