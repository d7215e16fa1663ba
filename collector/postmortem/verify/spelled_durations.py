"""Durations in words: `eight minutes`, `half an hour`, `three and a half hours`."""

import re
from collections.abc import Iterator
from datetime import timedelta

_SMALL = (
    *("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "ninety": 90}
_NUMBERS = {
    **{word: number for number, word in enumerate(_SMALL, 1)},
    **_TENS,
    **{f"{ten}-{word}": tens + number for ten, tens in _TENS.items() for number, word in enumerate(_SMALL[:9], 1)},
}
_UNITS = {"second": timedelta(seconds=1), "minute": timedelta(minutes=1), "hour": timedelta(hours=1)}
_COUNTED = re.compile(
    rf"\b(?P<number>{'|'.join(sorted(_NUMBERS, key=len, reverse=True))})[\s-](?P<half>and a half )?"
    rf"(?P<unit>{'|'.join(_UNITS)})s?\b(?P<more> and a half)?",
    re.IGNORECASE,
)
_HOURS = re.compile(
    r"\b(?:(?P<three>three quarters of an hour)|(?P<quarter>(?:a )?quarter of an hour)|(?P<half>half an hour)"
    r"|(?P<more>an hour and a half)|(?P<one>an hour))\b",
    re.IGNORECASE,
)
_MINUTES = {"three": 45, "quarter": 15, "half": 30, "more": 90, "one": 60}


def spelled_durations(text: str) -> Iterator[tuple[tuple[int, int], timedelta, timedelta]]:
    """Each with where it stands, and how exact it is: what is counted in halves and quarters is not exact."""
    for match in _COUNTED.finditer(text):
        unit = _UNITS[match["unit"].lower()]
        half = unit / 2 if match["half"] or match["more"] else timedelta(0)
        yield match.span(), _NUMBERS[match["number"].lower()] * unit + half, unit
    for match in _HOURS.finditer(text):
        span = timedelta(minutes=_MINUTES[match.lastgroup or ""])
        yield match.span(), span, span / 3
