"""How exact changes in error ratios, traffic and latency are found, whatever the scrape interval."""

import statistics

import pytest

from tests.bench.accuracy import CALM, SCRAPES, Accuracy, accuracy, every_shape

pytestmark = pytest.mark.bench
MORE_SEEDS = range(1, 4)
"""With thirteen shapes of errors at five rates of traffic, three scrape intervals, with and without usual errors."""


@pytest.fixture(scope="module")
def first() -> Accuracy:
    return accuracy(range(1), every_shape())


@pytest.fixture(scope="module")
def every(first: Accuracy) -> Accuracy:
    found = Accuracy([*first.found, *accuracy(MORE_SEEDS, every_shape()).found])
    print(found)
    return found


def steps_of(found: Accuracy) -> Accuracy:
    """Those to 5 % and more, of 2 requests a second and more, that last three minutes and more."""
    steps = found.of(lambda one: one.shape.measure == "errors" and one.shape.high >= 0.05 and one.traffic >= 2)
    return steps.of(lambda one: one.shape.lasts >= 180)


@pytest.mark.parametrize("scrape", SCRAPES)
@pytest.mark.parametrize("usual", CALM)
def test_changes_are_found_however_seldom_is_scraped_and_if_there_are_no_other_errors(
    first: Accuracy, scrape: float, usual: float
) -> None:
    ours = first.scraped(scrape).of(lambda one: one.shape.usual == usual)
    assert statistics.median(ours.errors) <= scrape
    assert steps_of(ours).missed == 0
    assert ours.of(lambda one: not one.shape.lasts).false == 0
    assert ours.of(lambda one: one.traffic >= 2).false <= 1


def test_of_many_next_to_none_is_missed(every: Accuracy) -> None:
    steps = steps_of(every)
    # Each has a beginning and an end. At 60 s from scrape to scrape a few lie in too little to tell them from chance.
    assert steps.missed <= 0.005 * 2 * len(steps.found)
    assert every.of(lambda one: not one.shape.lasts).false == 0
