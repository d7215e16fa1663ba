"""Time zones as people write them after a time: `UTC`, `UTC+2`, `+02:00`, `CEST`, `(PST)`, `Europe/Berlin`."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, timezone, tzinfo
from types import MappingProxyType
from zoneinfo import ZoneInfo

_EUROPE = "Europe/Berlin"
_ABBREVIATIONS = MappingProxyType(
    {
        **dict.fromkeys(("WET", "WEST"), "Europe/Lisbon"),
        **dict.fromkeys(("CET", "CEST"), _EUROPE),
        **dict.fromkeys(("EET", "EEST"), "Europe/Helsinki"),
        **dict.fromkeys(("EST", "EDT"), "America/New_York"),
        **dict.fromkeys(("CDT",), "America/Chicago"),
        **dict.fromkeys(("MST", "MDT"), "America/Denver"),
        **dict.fromkeys(("PST", "PDT"), "America/Los_Angeles"),
        **dict.fromkeys(("AKST", "AKDT"), "America/Anchorage"),
        **dict.fromkeys(("HST",), "Pacific/Honolulu"),
        **dict.fromkeys(("AEST", "AEDT"), "Australia/Sydney"),
        **dict.fromkeys(("ACST", "ACDT"), "Australia/Adelaide"),
        **dict.fromkeys(("AWST",), "Australia/Perth"),
        **dict.fromkeys(("NZST", "NZDT"), "Pacific/Auckland"),
        **dict.fromkeys(("JST",), "Asia/Tokyo"),
        **dict.fromkeys(("KST",), "Asia/Seoul"),
        **dict.fromkeys(("HKT",), "Asia/Hong_Kong"),
        **dict.fromkeys(("PKT",), "Asia/Karachi"),
        **dict.fromkeys(("WIB",), "Asia/Jakarta"),
        **dict.fromkeys(("MSK",), "Europe/Moscow"),
        **dict.fromkeys(("SAST",), "Africa/Johannesburg"),
    }
)
"""A place where clocks show this abbreviation, at least for a part of the year."""
_WHOLE_YEAR = MappingProxyType(
    {"ET": "America/New_York", "CT": "America/Chicago", "MT": "America/Denver", "PT": "America/Los_Angeles"}
)
_SEVERAL = MappingProxyType(
    {
        "AST": "Atlantic or Arabia",
        "BST": "Britain or Bangladesh",
        "CST": "Chicago, China or Cuba",
        "IST": "India, Ireland or Israel",
    }
)
_SAME = MappingProxyType({"MEZ": "CET", "MESZ": "CEST"})
"""What people write in other languages."""
_UTC = ("Z", "UTC", "GMT")
_LOWER = frozenset({"z", "utc", "gmt", "cest", "eest", "pst", "pdt", "edt", "cdt", "mdt"})
"""Abbreviations that are no word of a language when they are written in small letters."""

_OFFSET = re.compile(
    r"(?P<gap>\s*)(?P<open>[(\[])?(?P<utc>(?:UTC|GMT)(?=[+-]))?(?P<sign>[+-])(?P<hours>[0-9]{1,2})"
    r"(?:(?P<colon>:?)(?P<minutes>[0-5][0-9]))?(?P<close>(?(open)[)\]]))(?![\w%]|[:.,][0-9])",
    re.IGNORECASE,
)
_NAME = re.compile(
    r"(?P<gap>\s*)(?P<open>[(\[])?(?P<name>[A-Za-z]+(?:/[A-Za-z_]+){0,2})(?P<close>(?(open)[)\]]))"
    r"(?=(?P<goes_on>-[A-Za-z])?)(?!\w)"
)


class UnclearZone(ValueError):
    """What follows a time may be a zone or not, or is a zone with several meanings. The message says which."""


@dataclass(frozen=True, slots=True)
class WrittenZone:
    """A zone that was written after a time, and where in the text it ends."""

    tz: tzinfo
    end: int
    abbreviation: str = ""


def find_zone(text: str, start: int, clock: time, *, exact: bool) -> WrittenZone | None:
    """The zone that is written in `text` at `start`, right after the time `clock`; None if there is none.

    `exact` is whether the time is so formal, with a `T` or seconds, that a number after it is no second time or
    amount. Raises UnclearZone.
    """
    offset = _OFFSET.match(text, start)
    if offset is not None:
        return _from_offset(offset, clock, exact=exact)
    named = _NAME.match(text, start)
    return _from_name(named) if named is not None else None


def find_header_zone(header: str) -> WrittenZone | None:
    """The zone in the header of a column of times: `Time (UTC)`, `Time CEST`; None if there is none.

    Raises UnclearZone.
    """
    bracketed = re.findall(r"[(\[]([^()\[\]]*)[)\]]", header)
    for candidate in (*bracketed, header.rpartition(" ")[2]):
        zone = find_zone(f" {candidate}", 0, time(0), exact=True)
        if zone is not None and zone.end == len(candidate) + 1:
            return zone
    return None


def in_force(abbreviation: str, at: datetime) -> bool:
    """Whether clocks show this abbreviation at that time. `PST` in July is mostly a mistake for what clocks show."""
    abbreviation = _SAME.get(abbreviation, abbreviation)
    place = _ABBREVIATIONS.get(abbreviation)
    return place is None or at.astimezone(ZoneInfo(place)).tzname() == abbreviation


def _from_offset(found: re.Match[str], clock: time, *, exact: bool) -> WrittenZone | None:
    hours, minutes, minus = int(found["hours"]), int(found["minutes"] or 0), found["sign"] == "-"
    ahead = timedelta(hours=hours, minutes=minutes)
    if ahead > timedelta(hours=14, minutes=59):
        return None
    in_use = minutes in (0, 30, 45) and ahead <= timedelta(hours=12 if minus else 14)
    padded = len(found["hours"]) == 2 and found["minutes"] is not None
    zone = WrittenZone(timezone(-ahead if minus else ahead) if ahead else UTC, found.end())
    if found["utc"] or (exact and padded and (found["colon"] or not found["gap"])):
        return zone
    written = found[0].strip()
    if not padded:
        if found["gap"]:
            return None  # `14:12 +2 pods`
        if minus and in_use:
            raise UnclearZone(f"has a time with {written}, which may be an offset from UTC or belong to the text")
        return zone if in_use else None
    if found["colon"]:
        # `14:12-14:18` is a span of time; `22:00-02:00` may be one that goes past midnight.
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


def _from_name(found: re.Match[str]) -> WrittenZone | None:
    name = found["name"]
    upper = _SAME.get(name.upper(), name.upper())
    if "/" in name:
        place = name if found["gap"] else ""
    elif name != name.upper() and name not in _LOWER:
        return None
    elif upper in _UTC and not (upper == "Z" and found["gap"]):
        return WrittenZone(UTC, found.end())
    elif found["goes_on"]:
        return None  # `14:12 PT-BR is broken`
    elif upper in _SEVERAL:
        raise UnclearZone(f"has a time in {upper}, which has several meanings ({_SEVERAL[upper]})")
    else:
        place = _WHOLE_YEAR.get(upper) or _ABBREVIATIONS.get(upper) or ""
    try:
        zone = ZoneInfo(place) if place else None
    except (LookupError, ValueError, OSError):
        return None  # `14:12 CPU/Memory rises`
    if zone is None:
        return None
    if upper in _ABBREVIATIONS:
        return WrittenZone(_fixed(upper, zone), found.end(), upper)
    return WrittenZone(zone, found.end())


def _fixed(abbreviation: str, zone: ZoneInfo) -> tzinfo:
    """The offset for which the abbreviation stands, also where and when it is not in force."""
    for month in (1, 7):
        moment = datetime(2026, month, 1, tzinfo=zone)
        if moment.tzname() == abbreviation:
            return timezone(moment.utcoffset() or timedelta(0))
    return zone


def abbreviation_of(ahead: timedelta, at: datetime) -> str:
    """What people call the zone in which clocks are so far `ahead` of UTC `at` that time: `UTC`, `UTC+2 (CEST)`."""
    if not ahead:
        return "UTC"
    hours, minutes = divmod(int(abs(ahead).total_seconds()) // 60, 60)
    offset = f"UTC{'-' if ahead < timedelta(0) else '+'}{hours}{f':{minutes:02}' if minutes else ''}"
    for name, place in _ABBREVIATIONS.items():
        local = at.astimezone(ZoneInfo(place))
        if local.tzname() == name and local.utcoffset() == ahead:
            return f"{offset} ({name})"
    return offset
