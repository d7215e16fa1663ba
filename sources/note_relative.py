"""Logs whose times count from one that they state: with `T0 = 14:02 UTC` in them, `T+4` is 14:06 UTC."""

import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from msgspec import Struct

from collector.lazy_pattern import lazy_pattern

_MARKS = r"(?P<marks>\s*(?:\|\s*)?(?:#{1,6}\s+)?(?:[-*+•]\s+)?(?:\*\*|__|`|\[)?)"
_CLOSE = r"(?:\*\*|__|`|\])?"
_CLOCK = r"(?P<hour>[01]?[0-9]|2[0-3]):(?P<minute>[0-5][0-9])(?::(?P<second>[0-5][0-9]))?"
_ZONE = r"(?P<zone>\s?Z\b|\s?(?:UTC|GMT)?[+-][0-9]{1,2}:?[0-9]{2}\b|\s[A-Z]{2,5}\b|\s[A-Z][a-z]+/[A-Z][A-Za-z_]+)?"
_STATED = lazy_pattern(
    rf"{_MARKS}(?:(?:Start|Begin(?:ning)?|Beginn|Time zero)\s)?"
    rf"\(?(?:T\s?[+-]?\s?0\)?{_CLOSE}\s?(?:=|:|\||is|was|ist|war|[-–—])|(?<=\[)T\s?0\]|T{_CLOSE}\s?(?:=|is|ist))\s?"  # noqa: RUF001 - dashes
    rf"(?:(?P<day>[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}})[T ])?{_CLOCK}{_ZONE}{_CLOSE}(?P<rest>.*)"
)
"""Where the count begins: `T0 = 14:02 UTC`."""
_UNIT = r"(?:h(?:ours?|rs?)?|m(?:in(?:ute)?s?)?|s(?:ec(?:ond)?s?)?)"
_COUNTED = lazy_pattern(
    rf"{_MARKS}T\s?(?:(?P<sign>[+\-−–])\s?(?:(?P<clock>[0-9]{{1,2}}:[0-9]{{2}}:[0-9]{{2}})"  # noqa: RUF001 - minus signs
    rf"|(?P<amount>[0-9]{{1,3}}\s?{_UNIT}?(?:\s?[0-9]{{1,2}}\s?{_UNIT})?))|0){_CLOSE}(?!\w|[:.,][0-9])(?P<rest>.*)"
)
_PART = lazy_pattern(rf"(?P<number>[0-9]{{1,3}})\s?(?P<unit>{_UNIT})?")
_BEGINS = lazy_pattern(
    rf"{_MARKS}(?:T\s?[+\-−–]\s?[0-9]|[+]\s?[0-9]{{1,3}}\s?{_UNIT}\b)"  # noqa: RUF001 - as above
)
_ENDS = ".: \t|-–—()"  # noqa: RUF001 - as above
_SECONDS = {"h": 3600, "m": 60, "s": 1, "": 60}


class _Start(Struct, frozen=True):
    """Where the count begins."""

    day: date | None
    clock: time
    zone: str


def with_clock_times(lines: Sequence[str]) -> list[str]:
    """The same number of lines, with `T+4` replaced by its time of day; unchanged unless exactly one start is stated.

    A line that only states the start becomes empty.
    """
    stated = {at: found for at, line in enumerate(lines) if (found := _STATED.fullmatch(line))}
    starts = {_start(found) for found in stated.values()} - {None}
    if len(starts) != 1:
        return list(lines)
    (start,) = starts
    return [
        _with_start(stated[at]) if at in stated else _with_time(line, start) if start else line
        for at, line in enumerate(lines)
    ]


def counts_from_elsewhere(line: str) -> bool:
    """Whether the line begins with a time that counts from another one: `T+4`, `+4m`."""
    return _BEGINS.match(line) is not None


def _start(found: re.Match[str]) -> _Start | None:
    try:
        day = date.fromisoformat(found["day"]) if found["day"] else None
    except ValueError:
        return None
    return _Start(day, time(int(found["hour"]), int(found["minute"]), int(found["second"] or 0)), found["zone"] or "")


def _with_start(found: re.Match[str]) -> str:
    rest = found["rest"].strip()
    if not rest.strip(_ENDS):
        return ""
    marks, day = found["marks"], f"{found['day']} " if found["day"] else ""
    written = found[0][found.start("hour") - found.start() : found.start("rest") - found.start()]
    return f"{marks}{day}{written.rstrip('*_`]')} {rest}"


def _with_time(line: str, start: _Start) -> str:
    found = _COUNTED.fullmatch(line)
    span = _span(found) if found else None
    if found is None or span is None:
        return line
    at = datetime.combine(start.day or date(2000, 1, 2), start.clock) + span
    shown = f"{at:%H:%M:%S}" if at.second else f"{at:%H:%M}"
    day = f"{at:%Y-%m-%d} " if start.day else ""
    marks, rest = found["marks"].rstrip("*_`["), found["rest"]
    # In a table the rest begins with the end of the cell.
    rest = rest if "|" in marks else rest.strip(" :")
    return f"{marks}{day}{shown}{start.zone} {rest}"


def _span(found: re.Match[str]) -> timedelta | None:
    if not found["sign"]:
        return timedelta(0)
    if found["clock"]:
        hours, minutes, seconds = map(int, found["clock"].split(":"))
        span = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    else:
        parts = list(_PART.finditer(found["amount"]))
        units = [(part["unit"] or "")[:1].lower() for part in parts]
        if len(parts) > 1 and _SECONDS[units[0]] <= _SECONDS[units[1]]:
            return None
        span = sum(
            (timedelta(seconds=int(part["number"]) * _SECONDS[unit]) for part, unit in zip(parts, units, strict=True)),
            timedelta(0),
        )
    return span if found["sign"] == "+" else -span
