"""A cause that people take back is not when it was identified; nor is what they ask for or expect when it was over."""

import pytest

from collector.phases.corrections import first_standing_cause
from collector.phases.suspects import Suspects
from collector.phases.words import ends_effects, mitigates, resolves

KNOWN = Suspects(frozenset({"v31", "5.0.4", "ship-by-drone"}), frozenset({"deploy", "flag"}))


def first(*notes: str) -> str:
    place = first_standing_cause(notes, KNOWN)
    return "" if place is None else notes[place]


@pytest.mark.parametrize(
    "denial",
    [
        "bea: no it was not the portal. 5.0.4 returns nulls for parcels",
        "bea: portal v31 is ruled out, 5.0.4 returns nulls for parcels",
        "bea: not the portal release, it's the parcel one. 5.0.4 returns nulls",
        "bea: v31 has nothing to do with it, 5.0.4 returns nulls for parcels",
        "bea: es lag nicht am portal. 5.0.4 returns nulls for parcels",
    ],
)
def test_a_cause_that_somebody_else_denies_gives_way_to_the_one_that_stands(denial: str) -> None:
    wrong = "abe: it's the portal release (v31), rolling it back"
    assert first(wrong, "abe: rolling back", denial, "abe: gone") == denial
    assert first(wrong, denial.partition("5.0.4")[0]) in ("", denial.partition("5.0.4")[0])


def test_who_was_wrong_takes_back_what_came_last() -> None:
    wrong, right = "abe: found it, the cache is cold", "abe: 5.0.4 returns nulls for parcels"
    assert first(wrong, "abe: scratch that", right) == right
    assert first(right, wrong, "abe: scratch that, wrong graph") == right


def test_another_thing_that_is_denied_leaves_a_cause_as_it_is() -> None:
    right = "abe: 5.0.4 returns nulls for parcels"
    for other in (
        "bea: it is not the database",
        "bea: so not the flag then",
        "bea: was it not the portal?",
        "bea: no it was not the portal release",
        "bea: maybe it is not 5.0.4",
        "bea: the graphs look healthy",
    ):
        assert first(right, other) == right


def test_a_deploy_that_is_denied_by_its_sort_alone() -> None:
    assert first("abe: v31 breaks parcels", "bea: it was not the deploy. ship-by-drone sends nulls").startswith("bea")
    assert first("abe: v31 breaks parcels", "bea: it was not the deploy") == ""


def test_a_rollback_in_vain_casts_doubt_only_where_another_cause_is_found() -> None:
    wrong, vain = "abe: v31 breaks parcels, rolling back", "abe: rollback is done, no change"
    assert first(wrong, vain) == wrong
    assert first(wrong, vain, "bea: ship-by-drone sends nulls") == "bea: ship-by-drone sends nulls"
    assert first(wrong, "abe: rolled back", "bea: ship-by-drone sends nulls") == wrong


@pytest.mark.parametrize("note", ["abe: rolled back at 14:20", "abe: failed over to eu", "abe: mitigated by the limit"])
def test_what_was_done_mitigates(note: str) -> None:
    assert mitigates(note)


@pytest.mark.parametrize(
    "note",
    [
        "abe: has anybody rolled back?",
        "abe: should be rolled back",
        "abe: not rolled back yet",
        "abe: it will be mitigated once the cache is warm",
        "abe: nothing is rolled back",
        "abe: let's wait until it is rolled back",
    ],
)
def test_what_is_asked_for_or_expected_does_not(note: str) -> None:
    assert not mitigates(note)


def test_the_end_is_no_hope_of_it() -> None:
    assert resolves("abe: all clear")
    assert ends_effects("abe: dashboards are back to normal, closing")
    for note in (
        "abe: is it resolved?",
        "abe: not recovered yet",
        "abe: should be back to normal in ten",
        "abe: half recovered",
    ):
        assert not resolves(note)
        assert not ends_effects(note)
