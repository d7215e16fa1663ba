"""Times in the forms in which people export them."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.events.times import NoTime, read_time

BERLIN = ZoneInfo("Europe/Berlin")
AT = datetime(2026, 4, 1, 14, 3, 7, tzinfo=UTC)
SECOND = timedelta(seconds=1)
TICK = timedelta(microseconds=1)
SECONDS = int(AT.timestamp())


@pytest.mark.parametrize(
    "text",
    [
        "2026-04-01T14:03:07Z", "2026-04-01t14:03:07z", "2026-04-01 14:03:07Z", "2026-04-01 14:03:07 UTC",
        "2026-04-01T16:03:07+02:00", "2026-04-01T16:03:07+0200", "2026-04-01 16:03:07 +02:00",
        "2026-04-01 16:03:07 +0200 CEST", "2026-04-01T10:03:07-04:00", "2026-04-01 16:03:07 CEST",
        "2026-04-01 10:03:07 EDT", "2026-04-01 16:03:07 Europe/Berlin", "20260401T140307Z",
        "Wed, 01 Apr 2026 14:03:07 GMT", "Wed, 1 Apr 2026 16:03:07 +0200", "Apr 1, 2026, 2:03:07 PM UTC",
        "1 Apr 2026 14:03:07 UTC", str(SECONDS), SECONDS, float(SECONDS),
    ],
)  # fmt: skip
def test_a_time_with_a_zone_is_read_to_the_second(text: object) -> None:
    reading = read_time(text, ZoneInfo("Asia/Tokyo"))
    assert (reading.when.earliest, reading.naive) == (AT, False)
    assert AT <= reading.when.latest < AT + SECOND


@pytest.mark.parametrize(
    "text",
    [
        "2026-04-01 16:03:07", "2026-04-01T16:03:07", "20260401160307", "Apr 1, 2026 16:03:07",
        "Apr 1, 2026, 4:03:07 PM",
    ],
)  # fmt: skip
def test_a_time_without_a_zone_is_in_the_given_one_and_said_to_be(text: str) -> None:
    reading = read_time(text, BERLIN)
    assert (reading.when.earliest, reading.naive) == (AT, True)


@pytest.mark.parametrize(
    ("text", "width"),
    [
        ("2026-04-01T14:03Z", timedelta(minutes=1)),
        ("2026-04-01T14:03:07.5Z", timedelta(milliseconds=100)),
        ("2026-04-01T14:03:07,500Z", timedelta(milliseconds=1)),
        ("2026-04-01T14:03:07.500000000Z", TICK),
        (f"{SECONDS}.5", timedelta(milliseconds=100)),
        (str(SECONDS * 1000 + 500), timedelta(milliseconds=1)),
        (str(SECONDS * 10**6), TICK),
        (str(SECONDS * 10**9 + 999), TICK),
    ],
)
def test_how_exact_it_is_follows_from_its_digits(text: str, width: timedelta) -> None:
    when = read_time(text, UTC).when
    assert when.latest - when.earliest == width - TICK
    assert abs(when.earliest - AT) <= timedelta(seconds=8)


# With fewer digits than ten, seconds are of before 2001.
@given(st.integers(10**15, 4 * 10**15), st.integers(-14 * 60, 14 * 60))
def test_every_instant_comes_back_from_every_form(microseconds: int, minutes: int) -> None:
    at = datetime(1970, 1, 1, tzinfo=UTC) + microseconds * TICK
    there = at.astimezone(timezone(timedelta(minutes=minutes)))
    forms: list[object] = [there.isoformat(timespec="microseconds"), str(microseconds), microseconds * 1000]
    forms += [f"{microseconds // 10**6}.{microseconds % 10**6:06}"]
    for form in forms:
        assert read_time(form, BERLIN).when.earliest == at, form
    assert read_time(microseconds // 1000, UTC).when.earliest == at - timedelta(microseconds=at.microsecond % 1000)


@given(st.text() | st.integers() | st.floats() | st.none() | st.booleans() | st.lists(st.integers()))
def test_anything_else_is_no_time_and_no_failure(value: object) -> None:
    why = "has "
    try:
        when = read_time(value, BERLIN).when
    except NoTime as error:
        why = str(error)
    else:
        assert when.earliest <= when.latest
    assert why.startswith("has ")


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("", "has no time"), (None, "has no time"), (True, "has no time"), ("yesterday", "time_format"),
        ("2026-04-01", "has a date without a time of the day"), ("2026-13-01T00:00:00Z", "has a time that is none"),
        ("2026-04-01 14:03:07 CST", "several meanings"), ("2026-04-01 14:03:07 NARNIA", "zone that is not known"),
        ("1999-01-01T00:00:00Z", "none of these years"), ("12", "none of these years"),
        ("2026-03-29 02:30:00", "clocks skipped"), ("04/01/2026 14:03", "time_format"),
    ],
)  # fmt: skip
def test_what_cannot_be_placed_names_why(value: object, why: str) -> None:
    with pytest.raises(NoTime, match=why):
        read_time(value, BERLIN)


def test_a_local_time_that_comes_twice_is_both() -> None:
    when = read_time("2026-10-25 02:30:00", BERLIN).when
    assert when.earliest == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert when.latest == datetime(2026, 10, 25, 1, 30, 1, tzinfo=UTC) - TICK


@pytest.mark.parametrize(
    ("text", "form"),
    [("01/04/2026 16:03:07", "%d/%m/%Y %H:%M:%S"), ("04-01-26 10:03:07 -0400", "%m-%d-%y %H:%M:%S %z")],
)
def test_a_declared_form(text: str, form: str) -> None:
    assert read_time(text, BERLIN, form=form).when.earliest == AT


def test_a_declared_unit() -> None:
    assert read_time(SECONDS * 1000, UTC, unit="ms").when.earliest == AT
    with pytest.raises(NoTime):
        read_time(SECONDS, UTC, unit="ms")
