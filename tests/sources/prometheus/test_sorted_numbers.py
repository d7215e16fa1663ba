import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sources.promql.series import Array
from sources.promql.sorted_numbers import distinct, median, quantiles

numbers = st.lists(st.floats(-1e18, 1e18) | st.integers(0, 3).map(float), min_size=1, max_size=30).map(np.array)


@given(numbers)
def test_numbers_are_sorted_and_each_there_once(many: Array) -> None:
    assert distinct(many).tolist() == np.unique(many).tolist()


@given(numbers)
def test_the_median_is_that_of_numpy(many: Array) -> None:
    assert median(many) == np.median(many)


@given(numbers, st.lists(st.floats(0, 1), min_size=1, max_size=5))
def test_quantiles_are_those_of_numpy(many: Array, shares: list[float]) -> None:
    assert quantiles(many, shares).tolist() == np.quantile(many, shares).tolist()


def test_of_no_numbers_there_is_no_median() -> None:
    assert distinct(np.array([])).tolist() == []
    assert np.isnan(median(np.array([])))
    assert np.isnan(median(np.array([1.0, float("nan")])))
