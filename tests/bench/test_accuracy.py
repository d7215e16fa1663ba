"""How exact changes in error ratios, traffic and latency are found, whatever the scrape interval."""

import statistics

import pytest

from tests.bench.accuracy import CALM, SCRAPES, Accuracy, accuracy, every_shape

pytestmark = pytest.mark.bench
SEEDS = range(4)
"""With thirteen shapes of errors at five rates of traffic, three scrape intervals, with and without usual errors."""


@pytest.fixture(scope="module")
def measured() -> Accuracy:
    found = accuracy(SEEDS, every_shape())
    print(found)
    return found


@pytest.mark.parametrize("scrape", SCRAPES)
@pytest.mark.parametrize("usual", CALM)
def test_changes_are_found_however_seldom_is_scraped_and_if_there_are_no_other_errors(
    measured: Accuracy, scrape: float, usual: float
) -> None:
    ours = measured.scraped(scrape).of(lambda one: one.shape.usual == usual)
    assert statistics.median(ours.errors) <= scrape
    steps = ours.of(lambda one: one.shape.measure == "errors" and one.shape.high >= 0.05 and one.traffic >= 2)
    assert steps.of(lambda one: one.shape.lasts >= 180).missed == 0
    assert ours.of(lambda one: not one.shape.lasts).false == 0
    assert ours.of(lambda one: one.traffic >= 2).false <= len(SEEDS)
