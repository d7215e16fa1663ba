from datetime import UTC, datetime, timedelta

import pytest

from sources.cluster.inference.revision_numbers import undoing
from sources.cluster.inference.takeovers import PodChanges, returns
from sources.fact import Moment

NOON = datetime(2026, 4, 1, 12, tzinfo=UTC)


def minute(number: float) -> datetime:
    return NOON + timedelta(minutes=number)


def changes(made: list[float], removed: list[float]) -> PodChanges:
    return PodChanges([Moment(minute(at), minute(at)) for at in made], [minute(at) for at in removed])


def minutes(pods: dict[str, PodChanges], numbers: dict[int, str]) -> dict[int, float]:
    return {number: (at.earliest - NOON).total_seconds() / 60 for number, at in returns(pods, numbers)}


def test_a_replica_set_returns_when_it_makes_pods_and_the_other_loses_its_own() -> None:
    pods = {"old": changes([0, 20, 20.5], [10, 10.5]), "new": changes([9.9, 10.2], [20.2, 20.9])}
    assert minutes(pods, {1: "old", 2: "new", 3: "old"}) == {3: 20}


def test_back_and_forth() -> None:
    pods = {"old": changes([0, 20, 40], [10, 30.1]), "new": changes([10, 30], [20.1, 40.1])}
    assert minutes(pods, {1: "old", 2: "new", 3: "old", 4: "new", 5: "old"}) == {3: 20, 4: 30, 5: 40}


def test_an_evicted_pod_that_comes_back_in_the_middle_of_a_rollout_is_no_return() -> None:
    pods = {"old": changes([0, 10.3], [10.2, 10.9]), "new": changes([10, 10.6], [])}
    assert minutes(pods, {1: "old", 2: "new"}) == {}
    assert minutes(pods, {1: "new", 2: "old", 3: "new"}) == {3: 10}


def test_what_disagrees_with_the_numbers_shows_nothing() -> None:
    pods = {"old": changes([0, 20], [10]), "new": changes([10], [20.1])}
    assert minutes(pods, {1: "old", 2: "old", 3: "new"}) == {}


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ("ABA", set()),
        ("ABAB", {4}),
        ("ABABA", {4}),
        ("ABABAB", {4, 6}),
        ("ABCA", set()),
        ("ABACB", set()),
        ("A", set()),
    ],
)
def test_numbers_that_undo_a_return(names: str, expected: set[int]) -> None:
    assert undoing(dict(enumerate(names, start=1))) == expected


def test_a_number_that_is_missing_proves_nothing() -> None:
    assert undoing({1: "A", 2: "B", 4: "A", 5: "B"}) == set()
