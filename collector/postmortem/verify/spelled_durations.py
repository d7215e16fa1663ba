"""Durations in words: `eight minutes`, `half an hour`, `three and a half hours`; in German `zwölf Minuten`."""

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
_KLEIN = (
    *("ein", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn"),
    *("elf", "zwölf", "dreizehn", "vierzehn", "fünfzehn", "sechzehn", "siebzehn", "achtzehn", "neunzehn"),
)
_ZEHNER = {"zwanzig": 20, "dreißig": 30, "vierzig": 40, "fünfzig": 50, "sechzig": 60, "neunzig": 90}
_ZAHLEN = {
    **{word: number for number, word in enumerate(_KLEIN, 1)},
    **_ZEHNER,
    **{f"{word}und{ten}": tens + n for ten, tens in _ZEHNER.items() for n, word in enumerate(_KLEIN[:9], 1)},
}
_UNITS = {"second": timedelta(seconds=1), "minute": timedelta(minutes=1), "hour": timedelta(hours=1)}
_EINHEITEN = {"sekunde": "second", "minute": "minute", "stunde": "hour"}
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
_GEZAEHLT = re.compile(
    rf"\b(?P<number>{'|'.join(sorted(_ZAHLEN, key=len, reverse=True))})(?:e[nr]?)?(?P<half>einhalb)?\s"
    rf"(?P<unit>{'|'.join(_EINHEITEN)})n?\b",
    re.IGNORECASE,
)
_STUNDEN = re.compile(
    r"\b(?:(?P<three>dreiviertelstunde)|(?P<quarter>viertelstunde)|(?P<half>halben? stunde)"
    r"|(?P<more>anderthalb stunden))\b",
    re.IGNORECASE,
)
_MINUTES = {"three": 45, "quarter": 15, "half": 30, "more": 90, "one": 60}


def spelled_durations(text: str) -> Iterator[tuple[tuple[int, int], timedelta, timedelta]]:
    """The position, length and precision of each duration; halves and quarters of an hour are not precise."""
    for match in _COUNTED.finditer(text):
        unit = _UNITS[match["unit"].lower()]
        half = unit / 2 if match["half"] or match["more"] else timedelta(0)
        yield match.span(), _NUMBERS[match["number"].lower()] * unit + half, unit
    for match in _GEZAEHLT.finditer(text):
        unit = _UNITS[_EINHEITEN[match["unit"].lower()]]
        half = unit / 2 if match["half"] else timedelta(0)
        yield match.span(), _ZAHLEN[match["number"].lower()] * unit + half, unit
    for match in (*_HOURS.finditer(text), *_STUNDEN.finditer(text)):
        span = timedelta(minutes=_MINUTES[match.lastgroup or ""])
        yield match.span(), span, span / 3
