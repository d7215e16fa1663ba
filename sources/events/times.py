"""Parses times as systems export them: RFC 3339 and variants, numbers since 1970, and configured formats."""

import email.utils
import re
from datetime import UTC, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal, InvalidOperation

from msgspec import Struct

from collector.written_zones import UnclearZone, find_zone
from sources.fact import Moment

_UNITS = {"s": 0, "ms": 3, "us": 6, "ns": 9}
_LIMITS = ((11, "s"), (14, "ms"), (17, "us"), (20, "ns"))
"""The unit of a number by its maximum digits: each reaches beyond the year 5000."""
_NUMBER = re.compile(r"[+-]?\d{1,20}(?:\.\d{1,12})?", re.ASCII)
_ISO = re.compile(
    r"(?P<day>\d{4}-?\d\d-?\d\d)(?:[Tt]|\s+)(?P<clock>\d\d:?\d\d(?P<seconds>:?\d\d(?P<fraction>[.,]\d+)?)?)\s*(?P<zone>.*)",
    re.ASCII,
)
_COMPACT = re.compile(r"20\d{12}", re.ASCII)
_MONTHS = (
    "%b %d, %Y %H:%M:%S",
    "%b %d, %Y, %I:%M:%S %p",
    "%b %d, %Y %I:%M:%S %p",
    "%d %b %Y %H:%M:%S",
    "%b %d %Y %H:%M:%S",
)
"""Formats with the month as a word, where it is certain which number is the day."""
_GO = re.compile(r"(?P<offset>[+-]\d{4}) [A-Z]{2,5}(?: m=[+-][\d.]+)?", re.ASCII)
"""The zone in times that Go prints: `+0200 CEST`."""
_SECOND = timedelta(seconds=1)
_TICK = timedelta(microseconds=1)


class NoTime(ValueError):
    """The value is not a usable time. The message has the reason, to follow `line 4 `."""


class Reading(Struct, frozen=True):
    """A parsed time as an interval, as exact as it is written."""

    when: Moment
    naive: bool
    """Whether it was written without a zone."""


def read_time(value: object, zone: tzinfo, unit: str = "auto", form: str = "") -> Reading:
    """The time in `value`; `zone` applies if it has none. Raises NoTime."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise NoTime("has no time")
    text = str(value).strip()
    if not text:
        raise NoTime("has no time")
    try:
        return _sensible(_read(text, zone, unit, form))
    except (OverflowError, ValueError) as error:
        if isinstance(error, NoTime):
            raise
        raise NoTime("has a time that is none") from None


def _read(text: str, zone: tzinfo, unit: str, form: str) -> Reading:
    if form:
        parsed = datetime.strptime(text, form)  # noqa: DTZ007 - the form may have a zone
        width = (
            _TICK if "%f" in form else _SECOND if "%S" in form or "%c" in form or "%T" in form else timedelta(minutes=1)
        )
        return _placed(parsed, zone, width)
    if _COMPACT.fullmatch(text):
        return _placed(datetime.strptime(text, "%Y%m%d%H%M%S"), zone, _SECOND)  # noqa: DTZ007 - it has no zone
    if _NUMBER.fullmatch(text):
        return Reading(_since_1970(text, unit), naive=False)
    if "e" in text.lower() and re.fullmatch(r"\d\.\d+[eE]\+?\d{1,2}", text):
        return Reading(_since_1970(format(Decimal(text), "f"), unit), naive=False)
    found = _ISO.fullmatch(text)
    if found:
        return _iso(found, zone)
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        raise NoTime("has a date without a time of the day")
    return _worded(text, zone)


def _since_1970(text: str, unit: str) -> Moment:
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise NoTime("has a time that is none") from None
    digits = len(text.lstrip("+-").partition(".")[0])
    power = _UNITS[unit if unit != "auto" else next((unit for most, unit in _LIMITS if digits <= most), "ns")]
    decimals = power + max(0, -int(number.as_tuple().exponent))
    microseconds = int(number.scaleb(6 - power).to_integral_value(rounding="ROUND_FLOOR"))
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)
    return Moment(at, at + max(timedelta(0), timedelta(microseconds=10 ** max(0, 6 - decimals)) - _TICK))


def _iso(found: re.Match[str], zone: tzinfo) -> Reading:
    seconds, fraction = found["seconds"] or "", found["fraction"] or ""
    width = _SECOND if seconds else timedelta(minutes=1)
    if fraction:
        width = timedelta(microseconds=10 ** max(0, 7 - len(fraction)))
    clock = found["clock"].replace(",", ".")
    # A leap second counts as the second before it, since clocks cannot show it.
    leap = re.fullmatch(r"(\d\d:?59:?)60(.*)", clock)
    parsed = datetime.fromisoformat(f"{found['day']}T{f'{leap[1]}59{leap[2]}' if leap else clock}")
    return _placed(parsed, _zone(found["zone"], parsed.time()) or zone, width, naive=not found["zone"])


def _worded(text: str, zone: tzinfo) -> Reading:
    """`Wed, 01 Apr 2026 14:03:00 +0000` as in e-mails, or `Apr 1, 2026, 2:03:00 PM UTC`."""
    given = email.utils.parsedate_tz(text)
    # E-mail dates have no AM or PM, and their parser ignores unknown parts.
    mail = given is not None and not re.search(r"\b[AaPp]\.?[Mm]\b", text)
    if given is not None and mail and given[0] >= 2000 and re.search(r"[+-]\d{4}|\b(?:GMT|UTC|UT|Z)\b", text):
        return Reading(_whole(email.utils.parsedate_to_datetime(text).astimezone(UTC)), naive=False)
    plain, suffix = re.sub(r"^[A-Za-z]{3,9},? +(?=[A-Za-z]{3} )", "", " ".join(text.split())), ""
    zoned = re.search(r" *(UTC|GMT|Z|[+-]\d\d:?\d\d|[A-Z]{3,4})$", plain)
    if zoned:
        plain, suffix = plain[: zoned.start()], zoned[1]
    for form in _MONTHS:
        try:
            parsed = datetime.strptime(plain, form)  # noqa: DTZ007 - the zone is read apart
        except ValueError:
            continue
        return _placed(parsed, _zone(suffix, parsed.time()) or zone, _SECOND, naive=not suffix)
    raise NoTime("has a time that is not understood; declare its form as time_format")


def _zone(text: str, clock: time) -> tzinfo | None:
    """The zone after a time; None if there is none. Raises NoTime if it is unknown."""
    text = text.strip()
    if not text:
        return None
    if text in ("Z", "z"):
        return UTC
    go = _GO.fullmatch(text)
    text = go["offset"] if go else text
    try:
        # An offset directly follows the time, a name follows after a space.
        found = find_zone(text if text[0] in "+-" else f" {text}", 0, clock, exact=True)
    except UnclearZone as error:
        raise NoTime(str(error)) from None
    if found is None or found.end < len(text):
        raise NoTime(f"has a time with a zone that is not known: {text[:40]}")
    return found.tz


def _placed(parsed: datetime, zone: tzinfo, width: timedelta, *, naive: bool = True) -> Reading:
    if parsed.tzinfo is None and isinstance(zone, timezone):
        # With a fixed offset, no local time is skipped or repeated.
        parsed, fixed = parsed.replace(tzinfo=zone), naive
    else:
        fixed = False
    if parsed.tzinfo is not None:
        at = parsed if parsed.tzinfo is UTC else parsed.astimezone(UTC)
        return Reading(Moment(at, at + width - _TICK), naive=fixed)
    # A local time that a clock change repeats is two instants, one per fold; for others both folds are the same.
    folds = [parsed.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)]
    if folds[0].astimezone(zone).replace(tzinfo=None) != parsed:
        raise NoTime("has a time that the clocks skipped on that day")
    return Reading(Moment(min(folds), max(folds) + width - _TICK), naive)


def _whole(at: datetime) -> Moment:
    return Moment(at, at + _SECOND - _TICK)


def _sensible(reading: Reading) -> Reading:
    if not 2000 <= reading.when.earliest.year < 2200:
        raise NoTime("has a time that is none of these years; is time_unit right?")
    return reading
