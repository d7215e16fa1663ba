"""Asking for help feels instant."""

import pytest

from tests.bench.startup import startup

pytestmark = pytest.mark.bench


def test_help_feels_instant() -> None:
    measured = startup()
    print(measured)
    assert measured.help - measured.bare <= 0.250, str(measured)
