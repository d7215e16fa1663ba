"""What HelmReleases report: installs, upgrades, failures, remediation and corrections."""

import pytest

from collector.event import Kind, Manner
from tests.sources.flux.objects import BACK, BROKEN, WHY, at, condition, event, read, release, snapshot, span

STARTED, DONE, FAILED = Kind.DEPLOY_STARTED, Kind.DEPLOY_SUCCEEDED, Kind.DEPLOY_FAILED
UPGRADED = "Helm upgrade succeeded for release shop/checkout.v2 with chart checkout@1.5.0"


@pytest.mark.parametrize("shown_by", ["an Event", "a condition"])
def test_an_upgrade_begins_when_helm_did_and_ends_when_it_is_reported(shown_by: str) -> None:
    history = (snapshot(2, 120, "deployed", "1.5.0"), snapshot(1, -9000))
    if shown_by == "an Event":
        events, _ = read(
            helmreleases=[release(*history)], events=[event("HelmRelease", 150, "UpgradeSucceeded", UPGRADED)]
        )
    else:
        released = condition("Released", "True", "UpgradeSucceeded", 150, UPGRADED)
        events, _ = read(helmreleases=[release(*history, conditions=[released])])
    start, end = events[2:]
    assert [(one.kind, one.at) for one in (start, end)] == [(STARTED, at(120)), (DONE, at(150))]
    keys = end.keys
    assert (keys.release, keys.chart, keys.revision, keys.application) == (
        *("shop/checkout", "checkout-1.5.0", "2"),
        "shop/checkout",
    )
    # The version of the chart's application is what its author wrote there, not what runs.
    assert keys.version == ""
    assert "app version 1.5.0" in end.summary


def test_without_either_its_end_is_somewhere_within_its_timeout() -> None:
    events, _ = read(helmreleases=[release(snapshot(1, 120, "deployed"))])
    assert span(events[1]) == {"from": 120, "to": 421}


def failed_and_back(*, events: bool) -> list[tuple[Kind, float, Manner]]:
    history = (snapshot(3, 425, "deployed"), snapshot(2, 120, "failed", "1.5.0"), snapshot(1, -9000))
    if events:
        given = read(
            helmreleases=[release(*history)],
            events=[
                event("HelmRelease", 420, "UpgradeFailed", BROKEN, warning=True),
                event("HelmRelease", 430, "RollbackSucceeded", BACK),
            ],
        )[0]
    else:
        conditions = [
            condition("Released", "False", "UpgradeFailed", 420, BROKEN),
            condition("Remediated", "True", "RollbackSucceeded", 430, BACK),
        ]
        given = read(helmreleases=[release(*history, conditions=conditions)])[0]
    assert [one.reason for one in given if one.kind == FAILED] == [WHY]
    return [(one.kind, (one.at - at(0)).total_seconds(), one.manner) for one in given[2:]]


@pytest.mark.parametrize("events", [True, False])
def test_a_failed_upgrade_is_rolled_back_by_flux_itself(events: bool) -> None:
    assert failed_and_back(events=events) == [
        (STARTED, 120, Manner.PLAIN),
        (FAILED, 420, Manner.PLAIN),
        (STARTED, 425, Manner.AUTOMATIC_ROLLBACK),
        (DONE, 430, Manner.AUTOMATIC_ROLLBACK),
    ]


def test_what_failed_before_helm_made_a_release_is_known_by_its_event() -> None:
    events, _ = read(
        helmreleases=[release(snapshot(1, -9000, "deployed"))],
        events=[event("HelmRelease", 420, "UpgradeFailed", BROKEN, warning=True)],
    )
    assert [(one.kind, one.keys.chart) for one in events if one.at > at(0)] == [
        (STARTED, "checkout-1.5.0"),
        (FAILED, "checkout-1.5.0"),
    ]


def test_an_install_that_failed_is_taken_away_again() -> None:
    gone = "Helm uninstall remediation for release shop/checkout.v1 with chart checkout@1.5.0 succeeded"
    remediated = condition("Remediated", "True", "UninstallSucceeded", 430, gone)
    events, _ = read(helmreleases=[release(snapshot(1, 120, "failed", "1.5.0"), conditions=[remediated])])
    (end,) = [one for one in events if one.manner == Manner.AUTOMATIC_ROLLBACK and one.kind == DONE]
    assert end.at == at(430)
    assert "uninstalled" in end.summary


def test_drift_that_is_corrected_is_no_deploy() -> None:
    words = "Cluster state of release shop/checkout.v1 has been corrected:\nDeployment/shop/checkout configured"
    events, _ = read(
        helmreleases=[release(snapshot(1, -9000, "deployed"))],
        events=[event("HelmRelease", 300, "DriftCorrected", words)],
    )
    assert [(one.kind, one.manner) for one in events if one.at == at(300)] == [
        (STARTED, Manner.RECONCILE),
        (DONE, Manner.RECONCILE),
    ]


def test_an_upgrade_whose_tests_fail_has_failed_when_they_did() -> None:
    why = "Helm test failed for release shop/checkout.v2 with chart checkout@1.5.0: the pod exited with 1"
    history = (snapshot(2, 120, "deployed", "1.5.0"), snapshot(1, -9000))
    events, _ = read(
        helmreleases=[release(*history, conditions=[condition("Released", "False", "TestFailed", 300, why)])]
    )
    (end,) = [one for one in events if one.keys.revision == "2" and one.kind != STARTED]
    assert (end.kind, end.at, end.reason) == (FAILED, at(300), "its tests failed: the pod exited with 1")


def test_an_install_that_was_uninstalled_by_remediation_had_failed() -> None:
    back = "Helm uninstall remediation for release shop/checkout.v1 with chart checkout@1.5.0 succeeded"
    known = [condition("Remediated", "True", "UninstallSucceeded", 300, back)]
    events, _ = read(helmreleases=[release(snapshot(1, 120, "uninstalled", "1.5.0"), conditions=known)])
    ours = [(one.kind, one.manner) for one in events]
    assert (FAILED, Manner.PLAIN) in ours
    assert (DONE, Manner.PLAIN) not in ours
    assert (DONE, Manner.AUTOMATIC_ROLLBACK) in ours


def test_a_rollback_of_helm_that_is_under_way_is_no_deploy() -> None:
    history = (snapshot(3, 430, "pending-rollback"), snapshot(2, 120, "failed", "1.5.0"), snapshot(1, -9000))
    events, _ = read(helmreleases=[release(*history)])
    (going,) = [one for one in events if one.keys.revision == "3"]
    assert (going.kind, going.manner) == (STARTED, Manner.AUTOMATIC_ROLLBACK)


def test_an_install_that_is_taken_away_again_failed_once_and_when_it_is_reported() -> None:
    why = "Helm install failed for release shop/checkout with chart checkout@1.5.0: timeout"
    gone = "Helm uninstall remediation for release shop/checkout.v1 with chart checkout@1.5.0 succeeded"
    conditions = [
        condition("Released", "False", "InstallFailed", 180, why),
        condition("Remediated", "True", "UninstallSucceeded", 200, gone),
    ]
    events, _ = read(helmreleases=[release(snapshot(1, 60, "uninstalled", "1.5.0"), conditions=conditions)])
    found = [(one.kind, one.at, one.manner) for one in events]
    assert found == [
        (STARTED, at(60), Manner.PLAIN),
        (FAILED, at(180), Manner.PLAIN),
        (STARTED, at(200), Manner.AUTOMATIC_ROLLBACK),
        (DONE, at(200), Manner.AUTOMATIC_ROLLBACK),
    ]
    assert events[1].reason == "timeout"
