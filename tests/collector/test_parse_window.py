from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.errors import UsageError
from collector.parse_window import describe, resolve
from collector.window import Window

NOW = datetime(2026, 4, 1, 14, 40, 12, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
ZONES = st.sampled_from(sorted(available_timezones())).map(ZoneInfo)
INSTANTS = st.datetimes(datetime(1880, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis wants them naive


def span(start: str, end: str, tz=BERLIN, now=NOW) -> str:
    window = resolve(start, end, tz, now).window
    return f"{window.start:%d %H:%M:%S} - {window.end:%d %H:%M:%S}"


@pytest.mark.parametrize(
    ("start", "end", "utc"),
    [
        ("14:00", "14:30", "01 12:00:00 - 01 12:30:00"),
        ("9:05", "14:30", "01 07:05:00 - 01 12:30:00"),
        ("14:00:30", "+30m", "01 12:00:30 - 01 12:30:30"),
        ("17:00", "17:30", "31 15:00:00 - 31 15:30:00"),  # still to come today, so it was yesterday
        ("16:40:11", "now", "01 14:40:11 - 01 14:40:12"),
        ("16:40:13", "+5s", "31 14:40:13 - 31 14:40:18"),
        ("23:50", "00:10", "31 21:50:00 - 31 22:10:00"),
        ("2026-04-01 14:00", "14:30", "01 12:00:00 - 01 12:30:00"),
        ("2026-03-31 23:50:10", "2026-04-01T00:10", "31 21:50:10 - 31 22:10:00"),
        ("2026-04-01T14:00Z", "2026-04-01T16:30:00.250+02:00", "01 14:00:00 - 01 14:30:00"),
        ("14:00Z", "16:30", "01 14:00:00 - 01 14:30:00"),
        ("-90m", "now", "01 13:10:12 - 01 14:40:12"),
        ("-1h30m", "-45s", "01 13:10:12 - 01 14:39:27"),
        ("-1d", "+2h", "31 14:40:12 - 31 16:40:12"),
    ],
)
def test_forms(start: str, end: str, utc: str) -> None:
    assert span(start, end) == utc


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        ("14:00", "14:00", "the same moment"),
        ("2026-04-01 14:00", "2026-04-01T12:00Z", "the same moment"),
        ("2026-04-01 15:00", "2026-04-01 14:00", "swap them"),
        ("15:00", "14:00", "is earlier in the day than start '15:00'; give its date"),
        ("-10m", "-20m", "swap them"),
        ("2026-04-01 17:00", "+5m", "in the future, now it is 2026-04-01 16:40 in Europe/Berlin"),
        ("now", "+5m", "the same moment"),
        ("-90d", "now", "the window is 90 days long, 7 days are the most; narrow it"),
        ("+30m", "now", "not a time; write 14:00"),
        ("2026-13-01 14:00", "now", "month must be in 1..12"),
        ("25:00", "now", "no such time"),
        ("yesterday", "now", "not a time; write 14:00"),
        ("14:00", "later", "end 'later': not a time; write 14:00"),
        ("-999999999d", "now", "outside of the years"),
        ("0001-01-01 00:00", "now", "outside of the years"),
        ("2026-03-29 02:30", "+5m", "in Europe/Berlin, clocks go from 2026-03-29T02:00 to 2026-03-29T03:00"),
        ("2025-10-26 02:30", "+5m", "write 2025-10-26T02:30+02:00 or 2025-10-26T02:30+01:00"),
        ("2025-10-26 01:00", "02:30", "write 2025-10-26T02:30+02:00 or 2025-10-26T02:30+01:00"),
    ],
)  # fmt: skip
def test_refusals_name_culprit_and_remedy(start: str, end: str, said: str) -> None:
    with pytest.raises(UsageError) as refused:
        resolve(start, end, BERLIN, NOW)
    assert said in str(refused.value)
    assert str(refused.value).startswith(("start", "end"))


@pytest.mark.parametrize(
    ("start", "end", "utc"),
    [
        ("14:10", "14:20", "02 12:10:00 - 02 12:20:00"),
        ("13:00", "+5m", "02 11:00:00 - 02 11:05:00"),
        ("15:00", "15:10", "02 13:00:00 - 02 13:10:00"),
        ("23:00", "+5m", "02 21:00:00 - 02 21:05:00"),
    ],
)
def test_a_time_without_a_date_is_in_the_day_of_the_bundle(start: str, end: str, utc: str) -> None:
    bundle = Window(datetime(2026, 2, 2, 12, tzinfo=UTC), datetime(2026, 2, 2, 12, 30, tzinfo=UTC), UTC)
    window = resolve(start, end, timezone(timedelta(hours=2)), NOW, near=bundle).window
    assert f"{window.start:%d %H:%M:%S} - {window.end:%d %H:%M:%S}" == utc


def test_a_bundle_over_midnight_has_both_days() -> None:
    bundle = Window(datetime(2026, 2, 2, 23, 30, tzinfo=UTC), datetime(2026, 2, 3, 0, 30, tzinfo=UTC), UTC)
    for start, day in (("23:40", 2), ("00:10", 3)):
        assert resolve(start, "+5m", UTC, NOW, near=bundle).window.start.day == day


def test_an_end_in_the_future_is_cut_off_and_said() -> None:
    resolved = resolve("14:00", "17:00", BERLIN, NOW)
    assert resolved.window.end == NOW
    assert resolved.notices == ("end '17:00' is in the future: the window ends now",)


@pytest.mark.parametrize(
    ("clock", "now", "outcome"),
    [
        ("02:30", "2026-03-29T01:45+01:00", "28 01:30:00"),  # the gap is still to come: yesterday's is meant
        ("02:30", "2026-03-29T03:10+02:00", "is skipped on 2026-03-29"),
        ("02:30", "2026-10-25T02:10+02:00", "24 00:30:00"),  # neither occurrence has come yet
        ("02:30", "2026-10-25T02:40+02:00", "happens twice on 2026-10-25"),
        ("02:30", "2026-10-25T12:00+01:00", "happens twice on 2026-10-25"),
        ("03:30", "2026-10-25T12:00+01:00", "25 02:30:00"),
    ],
)
def test_a_time_without_date_around_a_change_of_the_clocks(clock: str, now: str, outcome: str) -> None:
    moment = datetime.fromisoformat(now)
    if outcome[0].isdigit():
        assert span(clock, "+1m", now=moment).startswith(outcome)
    else:
        with pytest.raises(UsageError, match=outcome):
            resolve(clock, "+1m", BERLIN, moment)


def local_texts(moment: datetime, tz: ZoneInfo) -> list[str]:
    """How a user may write `moment`: in UTC, with the zone's offset, and without any."""
    local = moment.astimezone(tz)
    return [moment.isoformat().replace("+00:00", "Z"), local.isoformat(), local.replace(tzinfo=None).isoformat(" ")]


@given(INSTANTS, st.timedeltas(timedelta(microseconds=1), timedelta(days=7)), ZONES)
def test_every_instant_is_read_back_in_every_zone(start: datetime, length: timedelta, tz: ZoneInfo) -> None:
    end = start + length
    for one, other in zip(local_texts(start, tz)[:2], local_texts(end, tz)[:2], strict=True):
        window = resolve(one, other, tz, end).window
        assert (window.start, window.end) == (start, end)


@given(INSTANTS, ZONES)
def test_a_local_time_is_read_back_or_refused_with_texts_that_are_read_back(start: datetime, tz: ZoneInfo) -> None:
    text, now = local_texts(start, tz)[2], start + timedelta(days=3)
    try:
        assert resolve(text, "+1s", tz, now).window.start == start
    except UsageError as refused:
        offered = str(refused).partition("; write ")[2].split(" or ")
        assert start in [resolve(offer, "+1s", tz, now).window.start for offer in offered]


@given(INSTANTS, st.times(), st.times(), ZONES)
def test_times_without_date_are_the_nearest_ones(now: datetime, first: object, second: object, tz: ZoneInfo) -> None:
    try:
        window = resolve(str(first), str(second), tz, now).window
    except UsageError:
        return
    assert window.start.astimezone(tz).time() == first
    assert window.start <= now
    assert window.end == now or window.end.astimezone(tz).time() == second
    assert now - window.start <= timedelta(hours=49)  # 24, and what a zone may skip
    assert window.end - window.start <= timedelta(hours=49)


PIECES = ["now", "-", "+", ":", "T", "Z", ".", "0", "1", "2", "9", "d", "h", "m", "s", "14:00", "02:30"]
PIECES += ["2026-03-29", "2026-10-25", " ", "+02:00", "\n", "é", "٣"]
TEXTS = st.one_of(st.text(max_size=30), st.lists(st.sampled_from(PIECES), max_size=6).map("".join))


@given(TEXTS, TEXTS, ZONES)
def test_any_text_gives_a_window_or_one_line(start: str, end: str, tz: ZoneInfo) -> None:
    try:
        window = resolve(start, end, tz, NOW).window
    except UsageError as refused:
        assert str(refused).isprintable()  # noqa: PT017 - not every text is refused
    else:
        assert window.start < window.end <= NOW


@pytest.mark.parametrize(
    ("start", "end", "tz", "said"),
    [
        ("2026-04-01T12:00Z", "2026-04-01T12:30Z", BERLIN,
         "window 2026-04-01 14:00:00 - 14:30:00 Europe/Berlin (+02:00) = 12:00:00Z - 12:30:00Z"),
        ("2026-04-01T14:00Z", "2026-04-01T14:30Z", UTC, "window 2026-04-01 14:00:00 - 14:30:00 UTC"),
        ("2026-04-01T12:00Z", "2026-04-01T12:30Z", timezone(timedelta(hours=2)),
         "window 2026-04-01 14:00:00 - 14:30:00 +02:00 = 12:00:00Z - 12:30:00Z"),
        ("2026-03-31T21:50Z", "2026-03-31T22:10Z", BERLIN,
         "window 2026-03-31 23:50:00 - 2026-04-01 00:10:00 Europe/Berlin (+02:00) "
         "= 2026-03-31 21:50:00Z - 2026-03-31 22:10:00Z"),
        ("2026-03-29T00:30Z", "2026-03-29T01:30Z", BERLIN,
         "window 2026-03-29 01:30:00 - 03:30:00 Europe/Berlin (+01:00 to +02:00) = 00:30:00Z - 01:30:00Z"),
    ],
)  # fmt: skip
def test_describe(start: str, end: str, tz, said: str) -> None:
    window = Window(*(datetime.fromisoformat(text).astimezone(UTC) for text in (start, end)), tz)
    assert describe(window) == said
