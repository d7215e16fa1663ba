"""Time zones as people write them after a time: `UTC`, `UTC+2`, `+02:00`, `CEST`, `(PST)`, `Europe/Berlin`."""

import re
from datetime import UTC, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from msgspec import Struct

from collector.lazy_pattern import lazy_pattern
from collector.zone_names import ABBREVIATIONS, NAMELESS, REGIONS, SAME, SEVERAL, UNSUPPORTED, WHOLE_YEAR

_UTC = ("Z", "UTC", "GMT")
_LOWER = frozenset({"z", "utc", "gmt", "cest", "eest", "pst", "pdt", "edt", "cdt", "mdt"})
"""Abbreviations that are not words of a language in lower case."""

_OFFSET = lazy_pattern(
    r"(?P<gap>\s*)(?P<open>[(\[])?(?P<utc>(?:UTC|GMT)(?=[+\u2212\u2013-])|(?:UTC|GMT)\s(?=[+-][0-9]{2}:[0-9]))?"
    r"(?P<sign>[+-]|(?<=UTC|GMT)[\u2212\u2013])(?P<hours>[0-9]{1,2})"
    r"(?:(?P<colon>:?)(?P<minutes>[0-5][0-9]))?(?P<close>(?(open)[)\]]))(?![\w%]|[:.,][0-9])",
    re.IGNORECASE,
)
_SHIFTED = lazy_pattern(r"\s?(?:[+\u2212\u2013-]|\+\s)[0-9]{1,4}(?![0-9%])")
_IN_WORDS = lazy_pattern(
    r"\s*[(\[]?(?P<name>(?:(?:(?:Central|Eastern|Western)\sEuropean|Pacific|Mountain|Central|Eastern|Atlantic|British|"
    r"India|Indian|Japan|Singapore|Moscow)(?:\s(?:Standard|Daylight|Summer))?)\s[Tt]ime)\b"
)
_NAME = lazy_pattern(
    r"(?P<gap>\s*)(?P<open>[(\[])?(?P<name>[A-Za-z]+(?:/[A-Za-z_]+){0,2})(?P<close>(?(open)[)\]]))"
    r"(?=(?P<goes_on>-[A-Za-z])?)(?!\w)"
)


class UnclearZone(ValueError):
    """The text after a time may or may not be a zone, or is a zone with several meanings. The message explains it."""


class WrittenZone(Struct, frozen=True):
    """A zone that was written after a time, and its end in the text."""

    tz: tzinfo
    end: int
    abbreviation: str = ""


def find_zone(text: str, start: int, clock: time, *, exact: bool) -> WrittenZone | None:
    """The zone that is written in `text` at `start`, right after the time `clock`; None if there is none.

    `exact`: the time is formal, with a `T` or seconds, so a number after it is not a second time or an amount.
    Raises UnclearZone.
    """
    offset = _OFFSET.match(text, start)
    if offset is not None:
        return _from_offset(offset, clock, exact=exact)
    in_words = _IN_WORDS.match(text, start)
    if in_words is not None:
        raise UnclearZone(f"has a time in {in_words['name']}, which is known here only by its abbreviation")
    named = _NAME.match(text, start)
    return _from_name(named) if named is not None else None


def find_header_zone(header: str) -> WrittenZone | None:
    """The zone in the header of a column of times: `Time (UTC)`, `Time CEST`; None if there is none.

    Raises UnclearZone.
    """
    bracketed = re.findall(r"[(\[]([^()\[\]]*)[)\]]", header)
    for candidate in (*bracketed, header.rpartition(" ")[2]):
        zone = find_zone(f" {candidate}", 0, time(23, 59), exact=True)
        if zone is not None and zone.end == len(candidate) + 1:
            return zone
    return None


def in_force(abbreviation: str, at: datetime) -> bool:
    """Whether clocks show this abbreviation at that time. `PST` in July is usually a mistake for `PDT`."""
    abbreviation = SAME.get(abbreviation, abbreviation)
    place = ABBREVIATIONS.get(abbreviation)
    return place is None or at.astimezone(ZoneInfo(place)).tzname() == abbreviation


def _from_offset(found: re.Match[str], clock: time, *, exact: bool) -> WrittenZone | None:
    hours, minutes, minus = int(found["hours"]), int(found["minutes"] or 0), found["sign"] != "+"
    ahead = timedelta(hours=hours, minutes=minutes)
    in_use = minutes in (0, 30, 45) and ahead <= timedelta(hours=12 if minus else 14)
    if found["utc"]:
        return _from_utc(found, clock, ahead, in_use=in_use)
    if ahead > timedelta(hours=14, minutes=59):
        if found["colon"] and not minus:
            raise UnclearZone(f"has a time with {found[0].strip()}, which no clock shows")
        return None
    padded = len(found["hours"]) == 2 and found["minutes"] is not None
    zone = WrittenZone(timezone(-ahead if minus else ahead) if ahead else UTC, found.end())
    if exact and padded and (found["colon"] or not found["gap"]):
        return zone
    written = found[0].strip()
    if not padded:
        if found["gap"] and not re.fullmatch("0[0-9]", found["hours"]):
            return None  # `14:12 +2 pods`
        if minus and in_use:
            raise UnclearZone(f"has a time with {written}, which may be an offset from UTC or belong to the text")
        return zone if in_use else None
    if found["colon"]:
        # `14:12-14:18` is a span of time; `22:00-02:00` may be a span past midnight.
        if minus and (not in_use or time(hours, minutes) >= clock):
            return None
        if minus:
            raise UnclearZone(f"has a time with {written}, which may be an offset from UTC or the end of a span")
        return zone
    if not found["hours"].startswith("0") and found["gap"] and not exact:
        if in_use:
            raise UnclearZone(f"has a time with {written}, which may be an offset from UTC or belong to the text")
        return None  # `14:12 +1500 requests`
    return zone


def _from_utc(found: re.Match[str], clock: time, ahead: timedelta, *, in_use: bool) -> WrittenZone:
    written, minus = found[0].strip(), found["sign"] != "+"
    span = minus and bool(found["colon"]) and ahead < timedelta(days=1)
    if in_use and not (span and ahead >= timedelta(hours=clock.hour, minutes=clock.minute)):
        return WrittenZone(timezone(-ahead if minus else ahead) if ahead else UTC, found.end())
    if span and in_use:
        raise UnclearZone(f"has a time in {written}, which may be an offset or the end of a span")
    if span:
        return WrittenZone(UTC, found.start("sign"))  # `14:12 UTC-14:18 rollback`
    raise UnclearZone(f"has a time in {written}, which no clock shows")


def _from_name(found: re.Match[str]) -> WrittenZone | None:
    name = found["name"]
    upper = SAME.get(name.upper(), name.upper())
    if "/" in name:
        place = name if found["gap"] else ""
    elif name != name.upper() and name not in _LOWER:
        return None
    elif upper in _UTC and not (upper == "Z" and found["gap"]):
        if _SHIFTED.match(found.string, found.end()):
            raise UnclearZone(f"has a time in {name} with a number, which may be an offset or belong to the text")
        return WrittenZone(UTC, found.end())
    elif found["goes_on"]:
        return None  # `14:12 PT-BR is broken`
    elif upper in SEVERAL:
        raise UnclearZone(f"has a time in {upper}, which has several meanings ({SEVERAL[upper]})")
    elif upper in UNSUPPORTED:
        raise UnclearZone(f"has a time in {upper}, which is not known here")
    else:
        place = WHOLE_YEAR.get(upper) or ABBREVIATIONS.get(upper) or ""
    try:
        zone = ZoneInfo(place) if place else None
    except (LookupError, ValueError, OSError):
        if name.partition("/")[0] in REGIONS:
            raise UnclearZone(f"has a time in {name}, which is no zone") from None
        return None  # `14:12 CPU/Memory rises`
    if zone is None:
        hours = NAMELESS.get(upper)
        return WrittenZone(timezone(timedelta(hours=hours)), found.end()) if hours is not None else None
    if upper in ABBREVIATIONS:
        return WrittenZone(_fixed(upper, zone), found.end(), upper)
    return WrittenZone(zone, found.end())


def _fixed(abbreviation: str, zone: ZoneInfo) -> tzinfo:
    """The offset of the abbreviation, even if it is not in force at the time."""
    for month in (1, 7):
        moment = datetime(2026, month, 1, tzinfo=zone)
        if moment.tzname() == abbreviation:
            return timezone(moment.utcoffset() or timedelta(0))
    return zone


def abbreviation_of(ahead: timedelta, at: datetime) -> str:
    """The common name of the zone that is `ahead` of UTC at the time `at`: `UTC`, `UTC+2 (CEST)`."""
    if not ahead:
        return "UTC"
    hours, minutes = divmod(int(abs(ahead).total_seconds()) // 60, 60)
    offset = f"UTC{'-' if ahead < timedelta(0) else '+'}{hours}{f':{minutes:02}' if minutes else ''}"
    for name, place in ABBREVIATIONS.items():
        local = at.astimezone(ZoneInfo(place))
        if local.tzname() == name and local.utcoffset() == ahead:
            return f"{offset} ({name})"
    return offset
