"""Which phase a note marks: what people did, what ended, what only began, and what came back."""

import pytest

from collector.phases.words import begins, detects, ends_effects, mitigates, only_ships, resolves, troubles


@pytest.mark.parametrize(
    "note",
    [
        "Repaired",
        "fix deployed, errors are falling",
        "hotfix is live in all regions",
        "drained traffic from eu-north",
        "reverted to 2.8.1",
        "Lena: rollback is done",
        "mitigation: queue drained by hand",
        "workaround in place",
    ],
)
def test_a_step_that_is_done_mitigates(note: str) -> None:
    assert mitigates(note)


@pytest.mark.parametrize(
    "note",
    [
        "fix deployed to staging",
        "mitigation in progress",
        "no workaround known",
        "rolled back, did not help",
        "rolled back but still 5xx everywhere",
        "rollback started",
        "the fix is in review",
    ],
)
def test_a_step_that_is_under_way_or_in_vain_does_not(note: str) -> None:
    assert not mitigates(note)


@pytest.mark.parametrize(
    "note",
    [
        "OUTAGE ENDS",
        "customer impact is over",
        "error ratio is back to its baseline",
        "latency returned to normal",
        "5xx down to 0%",
        "success rate back at 100%",
        "shop.example.com is back",
        "tickets can be bought, everything is fine and seats load, all working again",
        "all services operational",
        "access restored",
        "confirmed to be working",
    ],
)
def test_the_end_of_the_effects(note: str) -> None:
    assert ends_effects(note)
    assert not resolves(note)


@pytest.mark.parametrize(
    "note",
    [
        "errors are back",
        "5xx down to 0.5%",
        "it should be back to normal at nine",
        "hopefully working again soon",
        "eu is back to normal, us is still failing",
        "seats are not loading again",
        "some services restored",
        "back up the orders table first",
        "Ben is back",
        "we are back to square one",
        "not all services operational",
        "we'll call it resolved at five",
    ],
)
def test_no_end_of_anything(note: str) -> None:
    assert not ends_effects(note)
    assert not resolves(note)


@pytest.mark.parametrize("note", ["INCIDENT ENDS", "closed the incident", "Resolved", "all clear", "incident is over"])
def test_the_end_of_the_incident(note: str) -> None:
    assert resolves(note)


@pytest.mark.parametrize(
    ("note", "ships"),
    [
        ("seats 2.9.0 deployed", True),
        ("Lena merges the seat map into main", True),
        ("Ben: rolling out 2.9.0 to all regions now", True),
        ("migration of the orders table started", True),
        ("deploy of seats is stuck", False),
        ("is the deploy through?", False),
        ("rolling back the deploy", False),
        ("the release breaks seats: 500s everywhere", False),
        ("why is nothing deployed", False),
        ("seats are slow", False),
    ],
)
def test_a_change_that_is_made_is_no_sign_of_trouble(note: str, *, ships: bool) -> None:
    assert only_ships(note) == ships


def test_german_notes_have_phases_too() -> None:
    assert begins("Ausfall beginnt")
    assert detects("Kunden melden Fehler beim Bezahlen")
    assert mitigates("Lena: Rollback abgeschlossen")
    assert ends_effects("Shop ist wieder erreichbar")
    assert ends_effects("Fehlerrate wieder auf 0")
    assert resolves("St\u00f6rung behoben, Entwarnung")
    for note in ("noch nicht behoben", "wird gleich behoben", "Shop ist noch nicht wieder erreichbar"):
        assert not ends_effects(note)
        assert not resolves(note)
    assert troubles("jetzt wieder Fehler")
    assert not troubles("wieder ohne Fehler")


def test_what_comes_after_the_trouble_counts() -> None:
    assert troubles("seats fail once more")
    assert troubles("the incident was resolved, but the errors are back")
    assert troubles("incident reopened")
    assert not troubles("seats fail again, restarting the cache resolved it a second time")
    assert not troubles("no new errors again")
    assert not troubles("still checking the logs")


def test_the_begin_of_the_effects_is_nobody_who_noticed_them() -> None:
    for note in ("Outage begins", "2.9.0 is merged, start of the incident", "impact started with the deploy"):
        assert begins(note)
    for note in ("pager alert: outage begins", "incident begins, Ben declares it", "outage may have begun"):
        assert not begins(note)
