"""A time at the beginning of a note, with its date and zone if written: `2026-04-01 14:12:30 CEST`."""

import re
from datetime import date, time, timedelta, tzinfo

from msgspec import Struct

from collector.lazy_pattern import lazy_pattern
from collector.written_zones import find_zone
from sources.notes.days import AT, DAY, WrittenDay, read_day


class Stamp(Struct, frozen=True):
    """A time as written."""

    written: WrittenDay | None
    clock: time
    """Naive."""
    width: timedelta
    """The precision of the last digit given: a minute for `14:12`."""
    zone: tzinfo | None
    """As written; None if not written."""
    abbreviation: str = ""
    """The abbreviation of the zone, if it only applies to a part of the year: `CEST`."""
    days: tuple[date, ...] = ()
    """The possible dates of `written` once the window is known; none if the window alone decides."""
    may_be_minutes: bool = False
    """Written as `0:03`, which may be minutes and seconds."""
    form: str = ""
    """How a chat writes its times; empty for times that people write themselves."""


_OPEN = r"(?P<open>[*_`~\[(]*)"
# `14h12`, `14 h 12`, `14.12 Uhr`, `2.12pm`
_CLOCK = (
    r"(?P<hour>[0-9]{1,2})(?::|(?<=[0-9]{2})[hH](?=[0-9]{2}\b)|\s[hH]\s(?=[0-9]{2}\b)"
    r"|\.(?=[0-9]{2}(?:\sUhr\b|\s?[AaPp]\.?[Mm]\b)))(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:[.,](?P<fraction>[0-9]{1,9}))?)?"
    r"(?P<tail>(?:\s*(?P<half>[AaPp])\.?\s?[Mm]\b\.?)?)"
    r"(?:\sUhr\b)?"
)
_END = r"(?:(?=(?:[Zz]|UTC|GMT)(?!\w))|(?![^\W_]|[:.,]?[0-9]))"
_DATED = lazy_pattern(
    _OPEN
    + rf"(?:(?P<day>{DAY})(?P<t>[Tt](?=[0-9])|,?\s+(?:{AT}|[-–—]\s+)?))?"  # noqa: RUF001 - dashes that tools set
    + _CLOCK
    # WhatsApp and Teams copy single messages like this: `[14:12, 01/04/2026] Maria: text`.
    # Google Docs: `2:12 PM Today`
    + rf"(?:(?:\s*[,•]\s*|\s)(?P<behind>{DAY})(?=[\])]))?"
    + _END
)
_UNDATED = lazy_pattern(rf"{_OPEN}(?P<day>(?!))?(?P<t>(?!))?{_CLOCK}(?P<behind>(?!))?{_END}")
_LIKE_CLOCK = lazy_pattern(r"[0-9](?:[:.][0-9]{2}|\s?[hH]\s?[0-9]{2})")
_BEGINS = lazy_pattern(r"[*_`~\[(]*\w")
_BRACKETS = frozenset("[(")
_LONGEST = 120
"""Characters within which a stamp has its time."""


class _Stamps:
    """A time at the beginning of a text, with the groups that `read_stamp` reads.

    The pattern with all forms of a day takes a tenth of a second to compile, so it is only used where one may be.
    """

    def match(self, text: str, pos: int = 0) -> re.Match[str] | None:
        found = _UNDATED.match(text, pos)
        # In brackets, the day may stand behind the time.
        if found is not None and not _BRACKETS.intersection(found["open"]):
            return found
        dated = _BEGINS.match(text, pos) and _LIKE_CLOCK.search(text, pos, pos + _LONGEST)
        return _DATED.match(text, pos) if dated else None

    def fullmatch(self, text: str) -> re.Match[str] | None:
        return _UNDATED.fullmatch(text) or (_DATED.fullmatch(text) if _LIKE_CLOCK.search(text) else None)


STAMP = _Stamps()


def read_stamp(found: re.Match[str], head: str) -> tuple[Stamp, int]:
    """The time that `STAMP` matched at the beginning of `head`, and its end.

    Raises UnclearZone, UnclearDay, or another ValueError if there is no such time.
    """
    hour, end = int(found["hour"]), found.end()
    if found["half"] and 1 <= hour <= 12:
        hour = hour % 12 + (12 if found["half"] in "Pp" else 0)
    elif found["half"]:
        # `14:12 am Server`: `am` is a word of the text.
        end = found.start("tail")
    fraction = found["fraction"] or ""
    width = timedelta(seconds=10.0 ** -min(len(fraction), 6)) if found["second"] else timedelta(minutes=1)
    clock = time(hour, int(found["minute"]), int(found["second"] or 0), int(fraction[:6].ljust(6, "0")))
    day = found["day"] or found["behind"]
    written = read_day(day) if day else None
    exact = bool(found["day"]) and (found["t"] in "Tt" or found["second"] is not None)
    zone = find_zone(head, end, clock, exact=exact)
    if zone is None:
        short = found["hour"] == "0" and not found["half"] and not found["second"]
        return Stamp(written, clock, width, None, may_be_minutes=short), end
    return Stamp(written, clock, width, zone.tz, zone.abbreviation), zone.end


def read_time(text: str) -> Stamp:
    """The time that is all of `text`. Raises as `read_stamp` does, and ValueError for any other text."""
    bracketed = f"[{text}]"
    found = STAMP.match(bracketed)
    if found is None:
        raise ValueError(text)
    stamp, end = read_stamp(found, bracketed)
    if bracketed[end:] != "]":
        raise ValueError(text)
    return stamp
