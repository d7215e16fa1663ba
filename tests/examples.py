"""How often the dearest tests try something."""

import pytest
from _pytest.mark import ParameterSet
from hypothesis import settings

THOROUGH = "thorough"
"""The profile of `make test-all`; the other one is `tests`. Both are registered in `tests/conftest.py`."""


def often(number: int, more: int) -> int:
    """The number in `make test`, or more in `make test-all`."""
    return more if settings.get_current_profile_name() == THOROUGH else number


def rarely(*values: object) -> ParameterSet:
    """Parameters that `make test-all` alone tries: in `make test` others stand for them."""
    return pytest.param(*values, marks=pytest.mark.thorough)


def examples(number: int, *, derandomize: bool = False) -> settings:
    """So many in `make test`, and eight times as many in `make test-all`."""
    return settings(max_examples=often(number, 8 * number), derandomize=derandomize)
