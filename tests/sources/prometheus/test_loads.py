import numpy as np
import pytest

from sources.prometheus.deltas import Bins
from sources.prometheus.surges import surge

STEP = 15.0
RISE = 120
"""The bin in which the errors begin, half an hour after the data."""


def bins(rates: list[float]) -> Bins:
    ends = (np.arange(len(rates)) + 1) * STEP
    seconds = np.full(len(rates), STEP)
    return Bins(ends - STEP, ends, np.zeros(len(rates)), np.array(rates) * STEP, seconds, ends, STEP)


def loads(first: int, end: int, rates: list[float]) -> tuple[float, float] | None:
    more = surge(first, end, bins(rates))
    return (more.before, more.level) if more else None


@pytest.mark.parametrize(
    ("before", "during", "expected"),
    [
        (40.0, 220.0, (40.0, 220.0)),
        (40.0, 119.0, None),
        (0.0, 50.0, None),
        (40.0, 10.0, None),
    ],
)
def test_several_times_as_many_requests_are_worth_a_word(
    before: float, during: float, expected: tuple[float, float] | None
) -> None:
    assert loads(RISE, RISE + 40, [before] * RISE + [during] * 60) == expected


def test_requests_may_rise_minutes_before_the_errors_and_single_bins_do_not_count() -> None:
    rates = [30.0] * (RISE - 14) + [200.0] * 14 + [200.0] * 60
    rates[RISE - 40] = 900.0
    assert loads(RISE, RISE + 50, rates) == (30.0, 200.0)


def test_of_too_little_data_before_nothing_is_reported() -> None:
    assert loads(20, 40, [10.0] * 20 + [90.0] * 40) is None
