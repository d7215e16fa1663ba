"""How many examples the dearest properties are tried on."""

from hypothesis import settings

THOROUGH = "thorough"
"""The profile of `make test-all`; the other one is `tests`. Both are registered in `tests/conftest.py`."""


def examples(number: int, *, derandomize: bool = False) -> settings:
    """So many in `make test`, and four times as many in `make test-all`."""
    often = settings.get_current_profile_name() == THOROUGH
    return settings(max_examples=4 * number if often else number, derandomize=derandomize)
