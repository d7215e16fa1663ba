from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.stamps import moment, moment_or_none

TIMES = st.datetimes(datetime(2000, 1, 2), datetime(2199, 12, 30))  # noqa: DTZ001 - hypothesis adds the zone
ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(TIMES, ZONES, st.integers(0, 6))
def test_the_truth_lies_within_what_is_written(time: datetime, zone: timezone, digits: int) -> None:
    true = time.replace(tzinfo=zone)
    fraction = f".{true:%f}"[: digits + 1] if digits else ""
    found = moment(f"{true:%Y-%m-%dT%H:%M:%S}{fraction}{true.isoformat()[-6:]}")
    assert found.earliest <= true.astimezone(UTC) <= found.latest
    assert found.latest - found.earliest == timedelta(microseconds=10 ** (6 - digits) - 1)


@pytest.mark.parametrize(
    "wrong", [None, 5, "", "2026-04-01", "2026-04-01T14:00:00", "0001-01-01T00:00:00Z", "2026-13-01T00:00:00Z", "now"]
)
def test_what_is_no_stamp_is_refused(wrong: object) -> None:
    assert moment_or_none(wrong) is None
    with pytest.raises((TypeError, ValueError)):
        moment(wrong)
