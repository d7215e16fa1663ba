"""By which other names the cluster knows a service."""

import pytest

from collector.secrets import Scrubber
from collector.source import SameService
from sources.kubernetes import KubernetesSettings, KubernetesSource
from tests.sources.kubernetes.cluster import WINDOW, Json, at, documents, meta, owned


def names(**lists: list[Json]) -> dict[str, SameService]:
    source = KubernetesSource("k8s", KubernetesSettings(), Scrubber())
    given = source.read(documents(lists), WINDOW)
    return {each.name: each for each in given if isinstance(each, SameService)}


def pod(name: str, owner: str, **labels: str) -> Json:
    known = meta("Pod", name, at(-600), labels=labels, ownerReferences=owned("DaemonSet", owner))
    return {"metadata": known, "spec": {"nodeName": "n1"}, "status": {}}


def service(name: str, **selector: str) -> Json:
    return {"metadata": meta("Service", name, at(-900)), "spec": {"selector": selector}}


def ingress(name: str, host: str, backend: object) -> Json:
    path = {"path": "/", "backend": {"service": {"name": backend, "port": {"number": 80}}}}
    rules = [{"host": host, "http": {"paths": [path]}}]
    return {"metadata": meta("Ingress", name, at(-900)), "spec": {"rules": rules}}


_PODS = [pod("a", "web", app="web", tier="front"), pod("b", "api", app="api", tier="back")]


def test_a_service_is_named_by_what_selects_its_pods_and_by_what_leads_there() -> None:
    route = {
        "metadata": meta("HTTPRoute", "edge", at(-900)),
        "spec": {"hostnames": ["api.example.com"], "rules": [{"backendRefs": [{"name": "api-internal"}]}]},
    }
    found = names(
        pods=_PODS,
        services=[service("web-public", app="web"), service("api-internal", tier="back")],
        ingresses=[ingress("shop-front", "shop.example.com", "web-public")],
        httproutes=[route],
    )
    assert {name: one.service for name, one in found.items()} == {
        "web-public": "web",
        "api-internal": "api",
        "shop-front": "web",
        "shop.example.com": "web",
        "edge": "api",
        "api.example.com": "api",
    }
    assert found["web-public"].reason == ("Service shop/web-public selects app=web, which pods of DaemonSet/web have")
    assert "shop-front leads to it" in found["shop-front"].reason


def test_a_service_without_a_selector_is_named_by_its_endpoint_slices() -> None:
    labels = {"kubernetes.io/service-name": "shop-window"}
    slices = [
        {"metadata": meta("EndpointSlice", f"shop-window-{n}", at(-900), labels=labels), "endpoints": endpoints}
        for n, endpoints in enumerate(([{"targetRef": {"kind": "Pod", "name": "a"}}], [{}, 7], "x"))
    ]
    found = names(pods=_PODS, services=[service("shop-window")], endpointslices=slices)
    assert found["shop-window"].service == "web"
    assert found["shop-window"].reason == "Service shop/shop-window leads to pods of DaemonSet/web"
    # Its selector goes before what somebody wrote into a slice.
    assert (
        names(pods=_PODS, services=[service("shop-window", tier="back")], endpointslices=slices)["shop-window"].service
        == "api"
    )


@pytest.mark.parametrize("selector", [{}, {"app": "other"}])
def test_what_selects_nothing_names_nothing(selector: dict[str, str]) -> None:
    assert names(pods=_PODS, services=[service("x", **selector)], ingresses=[ingress("y", "h", "x")]) == {}


def test_what_leads_to_two_services_is_neither() -> None:
    both = [pod("a", "web", team="shop"), pod("b", "api", team="shop")]
    assert names(pods=both, services=[service("all", team="shop")]) == {}


@pytest.mark.parametrize("junk", [None, 7, "x", [], {"rules": [7, {"http": {"paths": "x"}}]}, {"selector": 7}])
def test_junk_costs_nothing_else(junk: object) -> None:
    broken = {"metadata": meta("Service", "broken", at(-900)), "spec": junk}
    found = names(pods=_PODS, services=[broken, service("web-public", app="web")], ingresses=[broken])
    assert set(found) == {"web-public"}
