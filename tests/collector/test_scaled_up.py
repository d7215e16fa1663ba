"""Scaling up a service mitigates if its alert is resolved soon after, and nothing else was changed in between."""

import pytest

from collector.event import Event, Kind
from tests.collector.build import alert, event, rollout
from tests.collector.checkout_incident import drafted

CHECKOUT = {"service": "checkout", "namespace": "shop", "workload": "Deployment/checkout"}


def scaled(clock: str, was: int, to: int, **known: str) -> Event:
    words = f"Deployment checkout scaled from {was} to {to}"
    return event(
        Kind.SCALED, clock, words, numbers={"was": was, "replicas": to}, native_id=clock, **{**CHECKOUT, **known}
    )


def mitigated(*changes: Event, resolved: str = "14:17:00") -> str:
    found = alert("Throttled", "14:06:00", resolved, namespace="shop")
    phases = drafted(*found, *changes).phases
    phase = next(phase for phase in phases if phase.name == "mitigated")
    return f"{phase.at:%H:%M}" if phase.at else phase.found_by


def test_scaling_up_before_an_alert_is_resolved_mitigates() -> None:
    assert mitigated(scaled("14:12:00", 4, 12)) == "14:12"


@pytest.mark.parametrize(
    "changes",
    [
        (scaled("14:12:00", 12, 4),),
        (scaled("14:12:00", 4, 12), event(Kind.CONFIG_CHANGED, "14:14:00", "ConfigMap limits was changed", **CHECKOUT)),
        (scaled("14:12:00", 4, 12, service="search", workload="Deployment/search"),),
        (scaled("14:18:00", 4, 12),),
    ],
    ids=["down", "something else after it", "another service", "after the alert"],
)
def test_other_changes_do_not_mitigate(changes: tuple[Event, ...]) -> None:
    assert mitigated(*changes) == "nothing was seen that ended them"


def test_scaling_up_long_before_an_alert_is_resolved_does_not_mitigate() -> None:
    assert mitigated(scaled("14:08:00", 4, 12), resolved="14:28:00") == "nothing was seen that ended them"


def mitigated_with(*events: Event) -> str:
    phase = next(phase for phase in drafted(*events).phases if phase.name == "mitigated")
    return f"{phase.at:%H:%M}" if phase.at else phase.found_by


def test_scaling_in_another_cluster_does_not_mitigate() -> None:
    here = alert("Throttled", "14:06:00", "14:17:00", "eu", namespace="shop", cluster="eu")
    there = alert("Throttled", "14:06:00", "14:08:00", "us", namespace="shop", cluster="us")
    assert mitigated_with(*here, *there, scaled("14:12:00", 4, 12, cluster="us")) == "nothing was seen that ended them"
    assert mitigated_with(*here, *there, scaled("14:12:00", 4, 12, cluster="eu")) == "14:12"


def test_scaling_mitigates_no_alert_that_was_over_before() -> None:
    short = alert("SearchThrottled", "14:06:00", "14:08:00", "s", service="search", namespace="shop")
    long = alert("Throttled", "14:06:00", "14:17:00", namespace="shop")
    search = scaled("14:12:00", 4, 12, service="search", workload="Deployment/search")
    assert mitigated_with(*short, *long, search) == "nothing was seen that ended them"


@pytest.mark.parametrize(
    "known", [{}, {"environment": "production"}, {"service": "shop-checkout-80@kubernetes"}], ids=str
)
def test_scaling_mitigates_an_alert_that_does_not_name_its_namespace(known: dict[str, str]) -> None:
    found = alert("Throttled", "14:06:00", "14:17:00", **known)
    assert mitigated_with(*found, scaled("14:12:00", 4, 12, cluster="eu")) == "14:12"


def test_an_alert_without_a_namespace_may_be_about_another_service_of_that_name() -> None:
    unknown = alert("Throttled", "14:06:00", "14:17:00")
    bank = alert("Crashes", "14:06:00", "14:07:00", "b", namespace="bank")
    found = mitigated_with(*unknown, *bank, scaled("14:12:00", 4, 12), scaled("14:03:00", 4, 5, namespace="bank"))
    assert found == "nothing was seen that ended them"


def test_of_the_steps_of_an_autoscaler_only_those_before_the_end_count() -> None:
    found = alert("Throttled", "14:06:00", "14:17:00", namespace="shop")
    hpa = {"actor": "horizontal-pod-autoscaler"}
    grown = (scaled("14:10:00", 4, 6, **hpa), scaled("14:13:00", 6, 12, **hpa), scaled("14:25:00", 12, 4, **hpa))
    assert mitigated_with(*found, *grown) == "14:13"
    later = (scaled("14:12:00", 12, 11, **hpa), scaled("14:19:00", 11, 30, **hpa))
    assert mitigated_with(*found, *later) == "nothing was seen that ended them"


def test_pods_that_come_back_from_none_mitigate() -> None:
    found = alert("NoPods", "14:06:00", "14:17:00", namespace="shop")
    before = rollout(Kind.ROLLOUT_STARTED, "10:00:00", "10:01:00", "10:02:00", "1.4.9", "1.4.8")
    to_none = scaled("14:05:00", 4, 0, replica_set="checkout-1.4.9")
    again = event(
        Kind.ROLLOUT_STARTED,
        "14:14:00",
        version="1.4.9",
        replica_set="checkout-1.4.9",
        numbers={"replicas": 4},
        **CHECKOUT,
    )
    assert mitigated_with(*found, *before, to_none, again) == "14:14"
