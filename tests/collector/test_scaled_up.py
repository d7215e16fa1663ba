"""Scaling up a service mitigates if its alert is resolved soon after, and nothing else was changed in between."""

import pytest

from collector.event import Event, Kind
from tests.collector.build import alert, event
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
