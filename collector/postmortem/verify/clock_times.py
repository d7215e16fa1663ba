"""The times in a sentence, each with the instants that it may mean."""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo

from msgspec import Struct
from msgspec.structs import replace

from collector.postmortem.verify.clock_forms import CLOCK, clock_of, of_the_hour
from collector.wall_clock import occurrences
from collector.window import Window
from collector.written_zones import UnclearZone, find_header_zone, find_zone

_TIME = re.compile(
    r"(?:(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})(?:[T ]"
    rf"|,?\s+(?:at\s+)?))?(?<![0-9:.+])(?<![^\WTt])(?<!\(-)(?<!UTC-)(?<!GMT-){CLOCK}(?![0-9]|:[0-9]|\s*%)"
)
_NO_TIME = re.compile(
    r"\b(?:for|last(?:s|ed|ing)?|took|takes|within|after|duration:?|every|(?:january|february|march|april|may|june|july"
    r"|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\.?)\s$",
    re.IGNORECASE,
)
"""Text before `2h30` or `2026 UTC` that makes it a duration or a year."""
_ABOUT = re.compile(
    r"(?:~|\u2248|\b(?:about|around|approx(?:\.|imately)?|roughly|circa|ca\.?|shortly (?:after|before)"
    r"|just (?:after|before)|by|"
    r"before|after|until|till|past|nearly|almost|kurz (?:nach|vor)|gegen|etwa|ungefähr|vor|nach|bis))\s*$",
    re.IGNORECASE,
)
_RANGE = re.compile(r"\s*(?:[A-Z]{1,5}\s*)?(?:-|->|\u2013|\u2014|\u2192|to|until|till|through|and|bis|und)\s*$")
_STATED = re.compile(
    r"\b(?i:times?|timestamps?|timeline|zeit(?:en)?|uhrzeit(?:en)?)\b[^.\n]{0,40}?(?:\b(?:in|are|is|zone|given)\b|[:(])[^.\n0-9]{0,12}?"
    r"(?P<zone>(?:UTC|GMT)?[+-][0-9]{1,2}(?::?[0-9]{2})?|[A-Z]{2,5}|[A-Z][a-z]+/[A-Z][A-Za-z_]+)(?![\w])"
)
_AHEAD = re.compile(r"\W*(?:(?:[Aa]ll|[Tt]imes|[Ss]ame)\s){0,2}[Ii]n ([A-Z]{3,5})\b")
_ZONE_NAME = re.compile(
    r"(?<![\w/])(?:(?:UTC|GMT)[+-][0-9]{1,2}(?::?[0-9]{2})?|[A-Z]{2,5}|[A-Z][a-z]+/[A-Z][A-Za-z_]+)(?![\w/:])"
)
_SEVERAL = {
    "BST": (1, 6),
    "CST": (-6, 8, -5),
    "IST": (5.5, 1, 2),
    "AST": (-4, 3),
}
"""Ambiguous zone names, with the possible UTC offsets in hours."""
_DAY, _MINUTE = timedelta(days=1), timedelta(minutes=1)
_EARLY = timedelta(seconds=30)
_APART = timedelta(seconds=5)
_ROUGH = timedelta(minutes=5)
_BEFORE_HOUR, _AFTER_HOUR = timedelta(minutes=10), timedelta(minutes=15)
"""Tolerances before and after a time without minutes."""
_MOST_DAYS = 10


class ClockTime(Struct, frozen=True):
    """A time in a draft."""

    text: str
    start: int
    end: int
    """`start` and `end` are its position in the sentence."""
    moments: tuple[datetime, ...]
    """The instants (UTC) that it may mean: one for each possible day, and for each meaning of an ambiguous zone."""
    before: timedelta
    after: timedelta
    """Tolerances: anything from `before` before the time to `after` after it agrees with the time."""
    place: str = ""
    """`from` or `to` if it is an end of a time range."""
    outside: bool = False
    """Whether all its moments are outside the window of the evidence."""

    def meets(self, earliest: datetime, latest: datetime, shift: timedelta) -> bool:
        """Whether the interval agrees with this time if the draft's clock is `shift` ahead."""
        return any(
            latest >= moment - shift - self.before and earliest < moment - shift + self.after for moment in self.moments
        )

    def distance(self, moment: datetime, shift: timedelta) -> timedelta:
        """The distance of `moment` from the nearest meaning of this time if the draft's clock is `shift` ahead."""
        return min(abs(each - shift - moment) for each in self.moments)


def stated_zones(text: str) -> tuple[tzinfo, ...]:
    """The zone that a document states for all times: `all times are in UTC`. Several if ambiguous, empty if none."""
    for found in _STATED.finditer(text):
        zones = _zones(found["zone"])
        if zones:
            return zones
    return ()


def named_zones(text: str) -> frozenset[tzinfo]:
    """All zones that a document names anywhere: of its times without a zone, those may be in one of them."""
    return frozenset(zone for name in set(_ZONE_NAME.findall(text)) for zone in _zones(name))


def sentence_zones(text: str) -> tuple[tzinfo, ...]:
    """The zone that a sentence states at its beginning, for all its times: `In UTC: 12:06 and 12:22`."""
    found = _AHEAD.match(text)
    return _zones(found[1]) if found else ()


def header_zones(header: str) -> tuple[tzinfo, ...]:
    """The zone in the header of a column or in a heading. Several if ambiguous, empty if none."""
    try:
        zone = find_header_zone(header)
        return (zone.tz,) if zone else ()
    except UnclearZone:
        return _ambiguous(header)


def clock_times(text: str, zones: Sequence[tzinfo], window: Window) -> list[ClockTime]:
    """All times in the text. A time without its own zone may be in any of `zones`."""
    found = list(_read(text, zones, window))
    for at in range(1, len(found)):
        one, two = found[at - 1], found[at]
        between = text[one.end : two.start]
        spanned = _RANGE.match(between) and (
            not re.search(r"\b(?:and|und)\b", between)
            or re.search(r"\b(?:[Bb]etween|[Zz]wischen)\b", text[max(0, one.start - 20) : one.start])
        )
        if spanned and one.place != "to":
            found[at - 1], found[at] = replace(one, place="from"), replace(two, place="to")
    return found


def _read(text: str, zones: Sequence[tzinfo], window: Window) -> Iterator[ClockTime]:
    end = 0
    for match in _TIME.finditer(text):
        clock = clock_of(match)
        # In `14:02-03:00` the second time is the UTC offset of the first.
        if clock is None or match.start() < end or (match["hour"] is None and _is_none(text, match)):
            continue
        own, end = _own_zone(text, match.end(), clock, exact=bool(match["second"] or match["day"]))
        try:
            day = date.fromisoformat(match["day"]) if match["day"] else None
        except ValueError:
            continue
        moments = tuple(dict.fromkeys(_moments(clock, day, own or zones, window)))
        if not moments:
            continue
        # Tools that know only the minute write zeros for the seconds: `2026-04-01T14:03:00Z`.
        whole = match["second"] in (None, "00")
        after = _MINUTE if whole else timedelta(seconds=1) + _APART
        before = _EARLY if whole else _APART
        if of_the_hour(match):
            before, after = _BEFORE_HOUR, _AFTER_HOUR
        if _ABOUT.search(text[max(0, match.start() - 40) : match.start()]):
            before, after = before + _ROUGH, after + _ROUGH
        inside = any(window.start - _MINUTE <= moment <= window.end for moment in moments)
        yield ClockTime(text[match.start() : end].strip(), match.start(), end, moments, before, after, "", not inside)


def _is_none(text: str, match: re.Match[str]) -> bool:
    """Whether text that looks like an unusual form of a time is not one: `it took 2h30`, `1 April 2026 UTC`."""
    return match["hour4"] is None and bool(_NO_TIME.search(text[max(0, match.start() - 16) : match.start()]))


def _own_zone(text: str, at: int, clock: time, *, exact: bool) -> tuple[tuple[tzinfo, ...], int]:
    try:
        zone = find_zone(text, at, clock, exact=exact)
    except UnclearZone:
        word = re.match(r"\s?\(?([A-Z]{3})\b\)?", text[at:])
        zones = _ambiguous(word[1]) if word else ()
        return (zones, at + word.end()) if word and zones else ((), at)
    return ((zone.tz,), zone.end) if zone else ((), at)


def _moments(clock: time, day: date | None, zones: Sequence[tzinfo], window: Window) -> Iterator[datetime]:
    for tz in zones:
        try:
            first, last = window.start.astimezone(tz).date(), window.end.astimezone(tz).date()
            count = min((last - first).days, _MOST_DAYS)
            days = [day] if day else [first + _DAY * number for number in range(-1, count + 2)]
            for each in days:
                wall = datetime.combine(each, clock)
                for moment in occurrences(wall, tz) or (wall.replace(tzinfo=tz).astimezone(UTC),):
                    # Leave room for date arithmetic.
                    if 2 < moment.year < 9998:
                        yield moment
        except OverflowError:
            continue


def _zones(name: str) -> tuple[tzinfo, ...]:
    return header_zones(f"({name})")


def _ambiguous(text: str) -> tuple[tzinfo, ...]:
    for name, hours in _SEVERAL.items():
        if re.search(rf"\b{name}\b", text):
            return tuple(timezone(timedelta(hours=each)) for each in hours)
    return ()
