"""Days as people and chats write them: `2026-04-01`, `4/1/2026`, `01.04.26`, `Apr 1st`, `Mittwoch`, `Yesterday`."""

import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import date, timedelta
from enum import Enum

from msgspec import Struct
from msgspec.structs import replace

from collector.lazy_pattern import lazy_pattern
from sources.notes.day_names import (
    DAY_AND_MONTH,
    MONTHS,
    RELATIVE,
    RELATIVE_DAY,
    SHORT_WEEKDAYS,
    WEEKDAY,
    WEEKDAY_BEFORE_DATE,
    WEEKDAYS,
)

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HALF_A_YEAR = timedelta(days=183)

_WEEKDAY = r"(?:mon|tue(?:s)?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\b\.?"
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_ISO = r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}|[0-9]{4}/[0-9]{1,2}/[0-9]{1,2}|[0-9]{4}\.[0-9]{1,2}\.[0-9]{1,2}"
_NUMBERS = "|".join(rf"[0-9]{{1,2}}{mark}[0-9]{{1,2}}{mark}(?:[0-9]{{4}}|[0-9]{{2}})" for mark in ("/", r"\.", "-"))
_SHORT = r"[0-9]{1,2}/[0-9]{1,2}|[0-9]{1,2}\.[0-9]{1,2}\."
_NAMED = (
    rf"{_MONTH}\s{{1,2}}[0-9]{{1,2}}(?:st|nd|rd|th)?\b(?:,?\s[0-9]{{4}}\b)?"
    rf"|[0-9]{{1,2}}[-/]{_MONTH}[-/](?:[0-9]{{4}}|[0-9]{{2}})\b|{DAY_AND_MONTH}"
)
DAY = (
    rf"(?i:(?:(?:{_WEEKDAY},?|{WEEKDAY_BEFORE_DATE},?)\s+)?(?:{_ISO}|{_NUMBERS}|{_NAMED}|{_SHORT})(?![^\Wt])"
    rf"|{WEEKDAY}|{_WEEKDAY}|{RELATIVE_DAY})"
)
"""The pattern of a day, without groups."""
AT = r"(?:(?i:at|um|à|a\slas?|alle(?:\sore)?|às|om)\s+)"
"""The pattern of the word that languages put between a day and its time."""

_YEARS_FIRST = lazy_pattern(rf"(?:{_ISO})")
_ANY_ORDER = lazy_pattern(r"(?<![0-9/-])[0-9]{1,2}[/-][0-9]{1,2}\b")
_PARTS = lazy_pattern(r"[0-9]+|[^\W\d_]+(?:['’-][^\W\d_]+)*")  # noqa: RUF001 - as word processors set it


class UnclearDay(ValueError):
    """A day that is ambiguous or does not exist. The message continues `line 4 `."""


class Order(Enum):
    """Which of the numbers is the day, the month and the year."""

    DAY_FIRST = "day first"
    MONTH_FIRST = "month first"
    YEAR_FIRST = "year first"


class WrittenDay(Struct, frozen=True):
    """A day as written. It takes the window to find its date."""

    text: str
    readings: tuple[tuple[Order, int | None, int, int], ...] = ()
    """Order, year (None if not written), month and day, for each possible meaning of the numbers."""
    weekday: int | None = None
    relative: int | None = None
    """Days relative to the day of copying, which itself is not written down."""
    later: int = 0
    """How many days after the written day is meant."""

    def after(self, days: int) -> "WrittenDay":
        """The day that is so many days after this one."""
        return replace(self, later=self.later + days)


def read_day(text: str) -> WrittenDay:
    """The day in a text that matches `DAY`. Raises UnclearDay if there is no such date."""
    parts = _PARTS.findall(re.sub(r"(?<=[0-9])(?:st|nd|rd|th|er)\b", "", text.lower()))
    if "".join(parts) in RELATIVE:
        return WrittenDay(text, relative=RELATIVE["".join(parts)])
    weekday = _weekday(parts)
    rest = [part for part in parts[weekday is not None :] if part not in ("of", "de")]
    if not rest:
        return WrittenDay(text, weekday=weekday)
    readings = tuple(reading for reading in _readings(text, rest) if _exists(*reading[1:]))
    if not readings:
        raise UnclearDay("begins with a date that does not exist")
    return WrittenDay(text, readings, weekday)


def dates(day: WrittenDay, near: Sequence[date], order: Order | None) -> list[date]:
    """The dates that it may mean; the time of day and the window decide between them. Raises UnclearDay.

    `near` are the days of the window, `order` is what other dates of the same notes prove. Relative days have none.
    """
    if day.readings:
        found = _meant(day, near, order)
    else:
        about = sorted({each + timedelta(shift) for each in near for shift in range(-3, 4)})
        found = [each for each in about if each.weekday() == day.weekday]
    return [each + timedelta(day.later) for each in found]


def style(day: WrittenDay) -> tuple[str, int, bool] | None:
    """The style of the day, by which dates of one system are alike: separator, digits of the year, leading zeros.

    None if the order of its numbers is clear, or if the style is ambiguous.
    """
    found = _ANY_ORDER.search(day.text)
    if found is None:
        return None
    numbers = re.findall("[0-9]+", day.text[found.start() :])
    zeros = any(number.startswith("0") for number in numbers[:2])
    if not zeros and all(len(number) == 2 for number in numbers[:2]):
        return None
    return ("/" if "/" in found[0] else "-"), len(numbers[2]) if len(numbers) > 2 else 0, zeros


def common_order(days: Iterable[WrittenDay], near: Sequence[date]) -> Order | None:
    """The order of the numbers in all these days; None if nothing shows it.

    A number above 12 proves an order, a day of the window suggests it.
    """
    proven: set[Order] = set()
    likely: set[Order] = set()
    for day in days:
        if _ANY_ORDER.search(day.text):
            possible = _possible(day, near)
            inside = [order for order, found in possible.items() if set(found) & set(near)]
            if len(possible) == 1:
                proven.update(possible)
            elif len(inside) == 1:
                likely.update(inside)
    for orders in (proven, likely):
        if orders:
            return orders.pop() if len(orders) == 1 else None
    return None


def _meant(day: WrittenDay, near: Sequence[date], order: Order | None) -> list[date]:
    possible = _possible(day, near)
    if not possible:
        raise UnclearDay(f"has a date, {day.text}, that does not exist near the window")
    inside = [each for each, found in possible.items() if set(found) & set(near)]
    proven = [order] if order in possible else list(possible)
    if inside:
        proven = [each for each in proven if each in inside]
    if len({tuple(possible[each]) for each in proven}) == 1:
        return possible[proven[0]]
    names = " or ".join(sorted({f"{found[0]:%Y-%m-%d}" for found in possible.values()}))
    raise UnclearDay(f"has a date, {day.text}, that may be {names}")


def _possible(day: WrittenDay, near: Sequence[date]) -> dict[Order, list[date]]:
    """The dates by each possible order; dates far from the years of the window only if there are no others."""
    found = {}
    for order, year, month, number in day.readings:
        each = [one for one in _dates(year, month, number, near) if day.weekday in (None, one.weekday())]
        if each:
            found[order] = each
    about = range(min(near).year - 1, max(near).year + 2)
    found = {order: each for order, each in found.items() if each[0].year in about} or found
    # `25/04/26` is read as 2025 only if that day is in the window.
    if len(found) > 1 and not set(found.get(Order.YEAR_FIRST, near)) & set(near):
        del found[Order.YEAR_FIRST]
    return found


def _dates(year: int | None, month: int, number: int, near: Sequence[date]) -> list[date]:
    found = []
    for each in range(min(near).year - 1, max(near).year + 2) if year is None else (year,):
        with suppress(ValueError):  # the 31st of April, or the 29th of February in another year
            one = date(each, month, number)
            if year is not None or min(abs(one - day) for day in near) < _HALF_A_YEAR:
                found.append(one)
    return found


def _exists(year: int | None, month: int, number: int) -> bool:
    try:
        date(year or 2000, month, number)
    except ValueError:
        return False
    return True


def _weekday(parts: Sequence[str]) -> int | None:
    """The weekday with which the day begins, from 0 for Monday; None if it begins with none."""
    first = parts[0]
    if first in WEEKDAYS:
        return WEEKDAYS[first]
    if first in SHORT_WEEKDAYS and first in MONTHS:
        # `mar 31 mar 2026`, but `Mar 31, 2026`
        numbers = [int(part) for part in parts if part.isdigit()]
        is_month = len(numbers) + 1 == len(parts) and (len(numbers) < 2 or numbers[1] > 31)
        return None if is_month else SHORT_WEEKDAYS[first]
    if first in SHORT_WEEKDAYS:
        return SHORT_WEEKDAYS[first]
    return next((number for number, name in enumerate(_WEEKDAYS) if first.startswith(name)), None)


def _readings(text: str, parts: Sequence[str]) -> list[tuple[Order, int | None, int, int]]:
    words = [part for part in parts if part.isalpha()]
    numbers = [int(part) for part in parts if part.isdigit()]
    if words:
        number, *years = numbers
        return [(Order.DAY_FIRST, _year(years[0]) if years else None, _month(words[0]), number)]
    if _YEARS_FIRST.search(text):
        return [(Order.YEAR_FIRST, numbers[0], numbers[1], numbers[2])]
    first, second, *years = numbers
    year = _year(years[0]) if years else None
    found = [(Order.DAY_FIRST, year, second, first)]
    if "." not in text.rstrip("."):
        found.append((Order.MONTH_FIRST, year, first, second))
    if years and len(parts[-1]) == 2 and "." not in text:
        found.append((Order.YEAR_FIRST, _year(first), second, years[0]))
    return found


def _month(name: str) -> int:
    return MONTHS.get(name) or MONTHS[name[:3]]


def _year(number: int) -> int:
    return number + 2000 if number < 100 else number
