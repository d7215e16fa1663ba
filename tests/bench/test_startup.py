"""Asking for help feels instant, and so does the table of a recorded incident."""

import pytest

from tests.bench.measured_again import best_of_three
from tests.bench.startup import HELP, REPLAY, Startup, startup

pytestmark = pytest.mark.bench


@pytest.fixture(scope="module")
def measured() -> Startup:
    return best_of_three(startup, lambda one: one.help - one.bare <= HELP and one.replay <= REPLAY * one.bare)


def test_help_feels_instant(measured: Startup) -> None:
    assert measured.help - measured.bare <= HELP, str(measured)


def test_a_recorded_incident_is_there_before_one_looks(measured: Startup) -> None:
    assert measured.replay <= REPLAY * measured.bare, str(measured)
