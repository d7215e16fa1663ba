"""Asking for help feels instant, and so does the table of a recorded incident."""

import pytest

from tests.bench.startup import HELP, REPLAY, Startup, startup

pytestmark = pytest.mark.bench


@pytest.fixture(scope="module")
def measured() -> Startup:
    found = startup()
    print(found)
    return found


def test_help_feels_instant(measured: Startup) -> None:
    assert measured.help - measured.bare <= HELP, str(measured)


def test_a_recorded_incident_is_there_before_one_looks(measured: Startup) -> None:
    assert measured.replay <= REPLAY * measured.bare, str(measured)
