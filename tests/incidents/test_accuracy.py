"""The gates: how much of what a person wrote is in the table, and how much of the table a person would have written."""

from functools import cache

import pytest

from tests.examples import few, often
from tests.incidents.gates import NAMES, events_of
from tests.incidents.measure import measured
from tests.incidents.score import Score, together


@cache
def _scored(name: str) -> Score:
    return measured(name, events_of(name))


@pytest.fixture(scope="module")
def scores() -> list[Score]:
    return [_scored(name) for name in NAMES[:: often(10, 1)]]


@pytest.mark.parametrize("name", few(NAMES, 10))
def test_no_incident_is_read_badly(name: str) -> None:
    one = _scored(name)
    assert not one.forbidden, one.forbidden
    assert one.recall >= 0.8, one.missing
    assert one.precision >= 0.8, one.needless
    assert one.worst <= 60


def test_of_all_rows_that_belong_there_95_percent_are_there(scores: list[Score]) -> None:
    every = together(scores)
    assert every.recall >= 0.95, every.missing


def test_of_all_rows_that_are_there_90_percent_belong_there(scores: list[Score]) -> None:
    every = together(scores)
    assert every.precision >= 0.9, every.needless


@pytest.mark.thorough
def test_there_is_enough_to_measure(scores: list[Score]) -> None:
    assert len(scores) >= 16
    assert all(one.events - one.rows >= 300 for one in scores), [(one.name, one.events) for one in scores]
    assert sum(one.events >= 20_000 for one in scores) >= 2
