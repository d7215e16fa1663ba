"""Which rows of a written timeline show each phase: rows as people write them, with attempts, relapses and hopes."""

import pytest

from collector.postmortem.phase_rows import phase_rows

BY_HAND = [
    "Deploy starts via CI/CD",
    "Old pods terminated",
    "Alerts fire: 500 errors spike to 40%",
    "On-call identifies the new deploy as cause",
    "Rollback initiated",
    "Rollback complete, errors drop to 0%",
]
RELAPSE = [
    "Outage begins",
    "Ada is paged",
    "Ada looks for the root cause",
    "Rollback started",
    "Rollback failed",
    "Bo identified the stale index as the cause",
    "Fix deployed, search is back to normal",
    "Incident closed",
    "Errors are back",
    "The index is rebuilt, search works again",
    "Incident closed for good, resolved",
]


def shown(rows: list[str]) -> dict[str, str]:
    return {phase: rows[at] for phase, at in phase_rows(rows).items()}


def test_a_step_that_is_done_is_the_mitigation_and_not_its_start() -> None:
    assert shown(BY_HAND) == {
        "detected": BY_HAND[2],
        "identified": BY_HAND[3],
        "mitigated": BY_HAND[5],
        "resolved": BY_HAND[5],
    }
    assert shown(BY_HAND[:5])["mitigated"] == "Rollback initiated"


def test_attempts_and_searches_are_no_phases_and_a_relapse_undoes_an_end() -> None:
    assert shown(RELAPSE) == {
        "detected": "Ada is paged",
        "identified": "Bo identified the stale index as the cause",
        "mitigated": "Fix deployed, search is back to normal",
        "resolved": "Incident closed for good, resolved",
    }


@pytest.mark.parametrize(
    "row",
    [
        "no alert fired",
        "status page updated",
        "the alert did not fire",
        "root cause unknown",
        "not yet resolved",
        "Ada wants to find the cause",
        "error page is served",
    ],
)
def test_what_did_not_happen_shows_nothing(row: str) -> None:
    assert not shown([row])


def test_an_investigation_shows_the_detection_and_a_service_that_resumes_the_end() -> None:
    rows = ["Start of incident", "Investigation starts after a user reported that search is down", "Service resumes"]
    assert shown(rows) == {"detected": rows[1], "mitigated": rows[2], "resolved": rows[2]}


def test_what_was_found_out_later_is_not_identified_before_anybody_noticed() -> None:
    rows = ["2.9 is out; due to a bug in the router, half of the traffic is lost", "Ada notices the missing traffic"]
    assert shown(rows) == {"detected": rows[1]}
    assert shown([*rows, "the bug in the router is identified"])["identified"] == "the bug in the router is identified"


def test_a_cause_that_is_taken_back_is_not_the_one() -> None:
    rows = ["Ada identifies the proxy as the cause", "the proxy is ruled out", "the cause is a full disk"]
    assert shown(rows) == {"identified": "the cause is a full disk"}
