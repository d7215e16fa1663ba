"""Days as people write them: `2026-04-01`, `April 1st, 2026`, `1 Apr 2026`, `20260401`, `Q2 2026`."""

import re
from calendar import monthrange
from datetime import date, timedelta

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = rf"(?P<month>{'|'.join(_MONTHS)})[a-z]*\.?"
_YEAR = r"(?P<year>(?:19|20)[0-9]{2})"
_ISO = re.compile(rf"(?<![0-9]){_YEAR}(?P<gap>[-/._]?)(?P<month>[01][0-9])(?P=gap)(?P<day>[0-3][0-9])(?![0-9])")
_WORDS = (
    re.compile(rf"\b{_MONTH}\s+(?P<day>[0-3]?[0-9])(?:st|nd|rd|th)?\b(?:,?\s+{_YEAR}\b)?", re.IGNORECASE),
    re.compile(rf"\b(?P<day>[0-3]?[0-9])(?:st|nd|rd|th)?\.?[\s-]+{_MONTH}(?:,?[\s-]+{_YEAR}\b)?", re.IGNORECASE),
)
_NUMBERS = re.compile(rf"(?<![0-9./-])(?P<one>[0-3]?[0-9])(?P<gap>[./-])(?P<two>[0-3]?[0-9])(?P=gap){_YEAR}(?![0-9])")
_QUARTERS = (
    re.compile(rf"\bQ(?P<quarter>[1-4])[\s/-]*{_YEAR}\b", re.IGNORECASE),
    re.compile(rf"\b{_YEAR}[\s/-]*Q(?P<quarter>[1-4])\b", re.IGNORECASE),
)
_WHOLE_MONTH = (
    re.compile(rf"(?<![0-9-]){_YEAR}-(?P<month>[01][0-9])(?![0-9-])"),
    re.compile(rf"\b(?:end of )?{_MONTH}\s+{_YEAR}\b", re.IGNORECASE),
)
_EARLIER = timedelta(days=30)


class AmbiguousDay(ValueError):
    """A date that means different days in different countries."""


def first_day(text: str) -> date | None:
    """The first date with day, month and year; None if there is none. Raises AmbiguousDay for `01/02/2026`."""
    return min(_days(text, None), default=(0, None))[1]


def due_day(text: str, near: date | None) -> date | None:
    """The day by which something is due; for a month or quarter, its last day.

    A date without a year is the first one that is not over 30 days before `near`. Raises AmbiguousDay.
    """
    found = min(_days(text, near), default=None)
    if found is not None:
        return found[1]
    for pattern in _QUARTERS:
        if match := pattern.search(text):
            return _last_of(int(match["year"]), int(match["quarter"]) * 3)
    for pattern in _WHOLE_MONTH:
        match = pattern.search(text)
        month = _month(match["month"]) if match else 0
        if match and month:
            return _last_of(int(match["year"]), month)
    return None


def _days(text: str, near: date | None) -> list[tuple[int, date]]:
    """Each date with its position in the text."""
    found: list[tuple[int, date]] = []
    for pattern in (_ISO, *_WORDS):
        for match in pattern.finditer(text):
            year = int(match["year"]) if match["year"] else None
            day = _made(year, _month(match["month"]), int(match["day"]), near)
            if day is not None:
                found.append((match.start(), day))
    for match in _NUMBERS.finditer(text):
        one, two, year = int(match["one"]), int(match["two"]), int(match["year"])
        # With dots the day comes first in every country that writes dates so.
        orders = [(one, two)] if match["gap"] == "." else [(one, two), (two, one)]
        days = {made for day, month in orders if (made := _made(year, month, day, None))}
        if len(days) > 1:
            raise AmbiguousDay(match[0])
        found += [(match.start(), day) for day in days]
    return found


def _made(year: int | None, month: int, day: int, near: date | None) -> date | None:
    try:
        if year is not None:
            return date(year, month, day)
        if near is None:
            return None
        this = date(near.year, month, day)
        return this if this >= near - _EARLIER else date(near.year + 1, month, day)
    except ValueError:
        return None


def _month(text: str) -> int:
    number = int(text) if text.isdecimal() else _MONTHS.index(text[:3].casefold()) + 1
    return number if 1 <= number <= 12 else 0


def _last_of(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])
