"""Other names of services: those of the Kubernetes Services that select their pods, and of routes to these Services."""

from collections.abc import Iterator, Mapping
from typing import Any

from collector.source import UNREADABLE, SameService
from sources.cluster.fields import get, objects, strings, text
from sources.cluster.inventory import Inventory
from sources.cluster.lists import ENDPOINT_SLICES

_OF_SERVICE = "kubernetes.io/service-name"


def service_names(inventory: Inventory) -> Iterator[SameService]:
    """Every Service and route that leads to the pods of exactly one service, in order; unreadable ones are left out."""
    selected = selected_services(inventory)
    for (namespace, name), (service, reason) in sorted(selected.items()):
        yield SameService(name, service, namespace, inventory.cluster, reason)
    for kind, call in (("Ingress", "ingresses"), ("HTTPRoute", "httproutes")):
        for route in inventory.raw_objects.get(call, ()):
            try:
                yield from _routed(kind, route, selected, inventory.cluster)
            except UNREADABLE:
                continue


def selected_services(inventory: Inventory) -> dict[tuple[str, str], tuple[str, str]]:
    """For each Service, by namespace and name: the service of the pods that it selects, and why."""
    labels: dict[str, list[tuple[Mapping[str, str], str, str]]] = {}
    # There are thousands of pods. Their labels are unpacked only if a Service of their namespace has a selector.
    selecting = {
        text(item, "metadata", "namespace")
        for item in inventory.raw_objects.get("services", ())
        if get(item, "spec", "selector")
    }
    for namespace, name in inventory.pods:
        if namespace not in selecting:
            continue
        subject = inventory.subject(namespace, "Pod", name)
        if subject.service:
            own = strings(inventory.pods[namespace, name].raw, "metadata", "labels")
            labels.setdefault(namespace, []).append((own, subject.service, subject.workload))
    behind = _behind(inventory)
    found = {}
    for item in inventory.raw_objects.get("services", ()):
        try:
            namespace, name = text(item, "metadata", "namespace"), text(item, "metadata", "name")
            selector = strings(item, "spec", "selector")
        except UNREADABLE:
            continue
        ours = [each[1:] for each in labels.get(namespace, ()) if selector and selector.items() <= each[0].items()]
        ours = ours or [each for each in behind.get((namespace, name), ()) if not selector]
        services = sorted({service for service, _ in ours})
        if len(services) == 1 and name:
            selects = ", ".join(f"{key}={value}" for key, value in sorted(selector.items()))
            workloads = ", ".join(sorted({workload for _, workload in ours}))
            why = f"selects {selects}, which pods of {workloads} have" if selector else f"leads to pods of {workloads}"
            found[namespace, name] = (services[0], f"Service {namespace}/{name} {why}")
    return found


def _behind(inventory: Inventory) -> dict[tuple[str, str], list[tuple[str, str]]]:
    """For each Service with EndpointSlices, by namespace and name: the services and workloads of the pods behind it."""
    found: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for item in inventory.raw_objects.get(ENDPOINT_SLICES.name, ()):
        try:
            namespace, name = text(item, "metadata", "namespace"), text(item, "metadata", "labels", _OF_SERVICE)
            targets = [get(endpoint, "targetRef") for endpoint in objects(item, "endpoints")]
            pods = {text(target, "name") for target in targets if isinstance(target, dict) and text(target, "name")}
        except UNREADABLE:
            continue
        for pod in sorted(pods):
            subject = inventory.subject(namespace, "Pod", pod)
            if subject.service:
                found.setdefault((namespace, name), []).append((subject.service, subject.workload))
    return found


def _routed(
    kind: str, route: Mapping[str, Any], selected: Mapping[tuple[str, str], tuple[str, str]], cluster: str
) -> Iterator[SameService]:
    """The route's own name and each of its hosts, if it leads to exactly one service."""
    namespace, name = text(route, "metadata", "namespace"), text(route, "metadata", "name")
    backends = {selected[key] for key in route_backends(kind, route, namespace) if key in selected}
    services = {service for service, _ in backends}
    if len(services) != 1:
        return
    service, behind = min(backends)
    reason = f"{kind} {namespace}/{name} leads to it: {behind}"
    hosts = [text(rule, "host") for rule in objects(route, "spec", "rules")] if kind == "Ingress" else _hosts(route)
    for known in dict.fromkeys([name, *hosts]):
        if known:
            yield SameService(known, service, namespace, cluster, reason)


def route_backends(kind: str, route: Mapping[str, Any], namespace: str) -> Iterator[tuple[str, str]]:
    """The Services, by namespace and name, to which an Ingress or HTTPRoute leads."""
    for rule in objects(route, "spec", "rules"):
        if kind == "Ingress":
            for path in objects(rule, "http", "paths"):
                yield namespace, text(path, "backend", "service", "name")
        else:
            for backend in objects(rule, "backendRefs"):
                yield text(backend, "namespace") or namespace, text(backend, "name")
    if kind == "Ingress" and get(route, "spec", "defaultBackend"):
        yield namespace, text(route, "spec", "defaultBackend", "service", "name")


def _hosts(route: Mapping[str, Any]) -> list[str]:
    hosts = get(route, "spec", "hostnames")
    return [host for host in hosts if isinstance(host, str)] if isinstance(hosts, list) else []
