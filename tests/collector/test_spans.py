"""Spans hold what any of them holds; what is used up is not offered again."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from collector.spans import Overlaps, Spans, Unused

_ZERO = datetime(2026, 4, 1, tzinfo=UTC)
_MOMENTS = st.integers(0, 40).map(lambda minute: _ZERO + timedelta(minutes=minute))
_SPANS = st.lists(st.tuples(_MOMENTS, _MOMENTS).map(lambda pair: (min(pair), max(pair))), max_size=8)


@given(_SPANS, _MOMENTS)
def test_a_moment_is_in_them_if_it_is_in_one(spans: list[tuple[datetime, datetime]], moment: datetime) -> None:
    assert (moment in Spans(spans)) == any(start <= moment <= end for start, end in spans)


@given(_SPANS, _MOMENTS, _MOMENTS)
def test_those_that_overlap_are_found(spans: list[tuple[datetime, datetime]], one: datetime, other: datetime) -> None:
    low, high = min(one, other), max(one, other)
    found = Overlaps((*span, number) for number, span in enumerate(spans)).at(low, high)
    assert sorted(found) == [at for at, (start, end) in enumerate(spans) if start <= high and low <= end]


@given(st.integers(1, 30), st.lists(st.tuples(st.booleans(), st.integers(0, 29)), max_size=60))
def test_the_first_unused_number_is_found_whatever_was_used_before(count: int, steps: list[tuple[bool, int]]) -> None:
    unused, left = Unused(count), set(range(count))
    for use, number in steps:
        if use and number < count:
            unused.use(number)
            left.discard(number)
        least = min(number, count)
        assert unused.first(least) == min((each for each in left if each >= least), default=count)
