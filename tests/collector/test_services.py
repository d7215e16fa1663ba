"""Which names are one service, and which only look so."""

import pytest

from collector.event import Subject
from collector.services.resolve import Directory
from collector.source import SameService

_KNOWN = [
    Subject(service="basket", namespace="shop", workload="Deployment/basket"),
    Subject(service="basket", namespace="shop-staging", workload="Deployment/basket"),
    Subject(service="data-api", namespace="core", workload="Deployment/data-api"),
]
_SAME = [SameService("basket-web", "basket", "shop", reason="Service shop/basket-web selects app=basket")]


@pytest.mark.parametrize(
    ("name", "namespace", "expected"),
    [
        ("basket", "shop", "shop"),
        ("basket", "shop-staging", "shop-staging"),
        ("shop-basket-80@kubernetes", "", "shop"),
        ("shop-staging-basket-http@kubernetescrd", "", "shop-staging"),
        ("shop-basket-web-80@kubernetes", "", "shop"),
        ("outbound|80||basket.shop.svc.cluster.local", "", "shop"),
        ("basket.shop.svc.cluster.local", "", "shop"),
        ("basket.shop", "", "shop"),
        ("shop/basket", "", "shop"),
        ("basket-web", "shop", "shop"),
    ],
)
def test_a_name_of_a_proxy_or_route_is_the_service_behind_it(name: str, namespace: str, expected: str) -> None:
    resolved = Directory.of(_KNOWN, _SAME).resolve(Subject(service=name, namespace=namespace))
    assert (resolved.service.name, resolved.service.namespace) == ("basket", expected)
    assert bool(resolved.reason) == (name != "basket")


@pytest.mark.parametrize("name", ["shop-basket-80@kubernetes", "outbound|80||basket.shop.svc.cluster.local"])
def test_a_proxy_that_adds_its_own_namespace_still_means_the_service_behind_it(name: str) -> None:
    proxied = Subject(service=name, namespace="edge")
    resolved = Directory.of([*_KNOWN, proxied], _SAME).resolve(proxied)
    assert (resolved.service.name, resolved.service.namespace) == ("basket", "shop")


def test_a_name_of_a_proxy_that_leads_to_nothing_known_is_one_service_wherever_it_is_seen() -> None:
    seen = Subject(service="shop-gone-80@kubernetes", namespace="edge")
    directory = Directory.of([*_KNOWN, seen])
    assert directory.resolve(Subject(service=seen.service)).service == directory.resolve(seen).service


def test_a_name_that_may_be_two_services_is_neither() -> None:
    twice = [*_KNOWN, Subject(service="basket", namespace="legacy", workload="Deployment/basket")]
    resolved = Directory.of(twice).resolve(Subject(service="basket"))
    assert (resolved.service.namespace, resolved.reason) == ("", "")
    other = Directory.of(_KNOWN).resolve(Subject(service="basket", namespace="elsewhere"))
    assert other.service.namespace == "elsewhere"
    assert Directory.of(_KNOWN).resolve(Subject(service="api-data-core")).service.name == "api-data-core"


def test_the_environment_that_ci_names_decides_between_namespaces() -> None:
    directory = Directory.of(_KNOWN)
    assert directory.resolve(Subject(service="basket", environment="production")).service.namespace == "shop"
    staging = directory.resolve(Subject(service="basket", environment="staging")).service
    assert (staging.namespace, staging.serves_no_users) == ("shop-staging", True)


def test_two_clusters_are_two_services_where_both_are_named() -> None:
    known = [Subject(service="cart", namespace="shop", cluster=cluster, workload="Deployment/cart") for cluster in "ab"]
    directory = Directory.of(known)
    assert directory.resolve(known[0]).service != directory.resolve(known[1]).service
    assert directory.resolve(Subject(service="cart", namespace="shop", cluster="b")).service.cluster == "b"


def test_what_names_no_environment_is_about_the_one_that_serves_users() -> None:
    clusters = ("staging-eu", "prod-eu")
    known = [Subject(service="cart", namespace="shop", cluster=each, workload="Deployment/cart") for each in clusters]
    measured = Directory.of(known).resolve(Subject(service="cart", namespace="shop"))
    assert measured.service.cluster == "prod-eu"
    assert "serves users" in measured.reason
    two = [*known, Subject(service="cart", namespace="shop", cluster="prod-us", workload="Deployment/cart")]
    assert Directory.of(two).resolve(Subject(service="cart", namespace="shop")).service.cluster == ""


def test_the_configuration_knows_best() -> None:
    directory = Directory.of(_KNOWN, aliases={"acme-monolith": "data-api"})
    resolved = directory.resolve(Subject(service="acme-monolith", environment="production"))
    assert (resolved.service.name, resolved.service.namespace) == ("data-api", "core")
    assert "configuration" in resolved.reason
    assert [name for name, _ in directory.differing()] == ["acme-monolith"]
