"""The goals that the benchmarks print, on fewer series."""

import statistics

import pytest

from tests.bench.accuracy import MORE, SCRAPES, SHAPES, Accuracy, accuracy, every_shape
from tests.sources.prometheus.samples import SCRAPE

pytestmark = pytest.mark.thorough
"""They take seconds, and `make bench` prints the whole table."""


@pytest.fixture(scope="module")
def found() -> Accuracy:
    return accuracy(range(2), (*SHAPES, *MORE))


def test_changes_are_found_when_they_were(found: Accuracy) -> None:
    assert statistics.median(found.errors) <= SCRAPE
    for shape in (*SHAPES, *MORE):
        ours = found.of(lambda one, shape=shape: one.shape == shape)
        if shape.lasts and not shape.ramp:
            assert statistics.median(ours.errors) <= SCRAPE, shape.name


def test_every_step_to_5_percent_of_2_requests_a_second_or_more_is_found(found: Accuracy) -> None:
    steps = found.of(lambda one: one.shape.measure == "errors" and one.shape.high >= 0.05 and one.traffic >= 2)
    assert steps.of(lambda one: one.shape.lasts >= 180).missed == 0


def test_quiet_series_have_no_change(found: Accuracy) -> None:
    assert found.quiet_hours > 200
    assert found.of(lambda one: not one.shape.lasts).false == 0
    # In the calm around changes: few requests that happen to fail together, and bursts of fewer than that.
    assert found.of(lambda one: one.traffic >= 2).false <= 1


def test_with_the_fewest_scrapes_and_no_other_errors_changes_are_found_too() -> None:
    """`make bench` has the other scrape intervals and usual ratios."""
    scrape = max(SCRAPES)
    ours = accuracy(range(1), [one for one in every_shape() if (one.scrape, one.usual) == (scrape, 0)])
    assert statistics.median(ours.errors) <= scrape
    steps = ours.of(lambda one: one.shape.measure == "errors" and one.shape.high >= 0.05 and one.traffic >= 2)
    assert steps.of(lambda one: one.shape.lasts >= 180).missed == 0
    assert ours.of(lambda one: not one.shape.lasts).false == 0
    assert ours.of(lambda one: one.traffic >= 2).false <= 1
