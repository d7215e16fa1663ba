"""How often the dearest tests try something."""

from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import settings

THOROUGH = "thorough"
"""The profile of `make test-all`; the other one is `tests`. Both are registered in `tests/conftest.py`."""


def often(number: int, more: int) -> int:
    """The number in `make test`, or more in `make test-all`."""
    return more if settings.get_current_profile_name() == THOROUGH else number


def rarely(*values: object) -> Any:
    """Parameters that `make test-all` alone tries: in `make test` others stand for them."""
    return pytest.param(*values, marks=pytest.mark.thorough)


def few(values: Iterable[Any], every: int, offset: int = 0) -> list[Any]:
    """Parameters of which `make test` takes one of `every` so many, from an offset, and `make test-all` each."""
    return [value if number % every == offset % every else rarely(value) for number, value in enumerate(values)]


def pairs(one: Iterable[Any], two: Iterable[Any], every: int) -> list[Any]:
    """All pairs for `make test-all`; for `make test` so few that each value is in some of them."""
    return [
        (first, second) if (row + column) % every == 0 else rarely(first, second)
        for row, first in enumerate(one)
        for column, second in enumerate(two)
    ]


def examples(number: int, *, derandomize: bool = False) -> settings:
    """Half as many in `make test`, and four times as many in `make test-all`."""
    return settings(max_examples=often(number // 2, 4 * number), derandomize=derandomize)
