"""Spans hold what any of them holds."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from collector.spans import Spans

_ZERO = datetime(2026, 4, 1, tzinfo=UTC)
_MOMENTS = st.integers(0, 40).map(lambda minute: _ZERO + timedelta(minutes=minute))
_SPANS = st.lists(st.tuples(_MOMENTS, _MOMENTS).map(lambda pair: (min(pair), max(pair))), max_size=8)


@given(_SPANS, _MOMENTS)
def test_a_moment_is_in_them_if_it_is_in_one(spans: list[tuple[datetime, datetime]], moment: datetime) -> None:
    assert (moment in Spans(spans)) == any(start <= moment <= end for start, end in spans)
