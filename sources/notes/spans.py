"""A span of time at the beginning of a note: `14:05-14:10 Maria restarts it`, `2:05 to 2:10 PM CEST`."""

import re
from datetime import time

from msgspec import Struct
from msgspec.structs import replace

from collector.lazy_pattern import lazy_pattern
from collector.written_zones import UnclearZone
from sources.notes.days import UnclearDay
from sources.notes.stamps import STAMP, Stamp, read_stamp

_TO = lazy_pattern(r"\s{0,3}(?:[-–—~]|(?:to|until|till|bis|à|alle)\b)\s{0,3}(?=[0-9]{1,2}[:hH.\s])", re.I)  # noqa: RUF001 - people type these dashes
_NOON = 12
_EVENING, _MORNING = time(18), time(6)


class Span(Struct, frozen=True):
    """The begin of a span, and what is left of the line."""

    stamp: Stamp
    """The begin. The end gives it the zone, and the half of the day, that is written once for both."""
    until: str
    """The end as written."""
    end: int
    """Index of the first character after the span."""


def read_span(found: re.Match[str], stamp: Stamp, head: str, end: int) -> Span | None:
    """The span whose begin is `stamp`, which was read from `head[:end]`; None if no later time follows."""
    between = _TO.match(head, end)
    last = STAMP.match(head, between.end()) if between else None
    if between is None or last is None:
        return None
    try:
        ended, after = read_stamp(last, head)
    except (UnclearZone, UnclearDay, ValueError):
        return None
    clock = _halved(stamp.clock, ended.clock) if last["half"] and not found["half"] else stamp.clock
    if ended.written is None and clock > ended.clock and not (clock >= _EVENING and ended.clock <= _MORNING):
        return None
    begun = replace(stamp, clock=clock, may_be_minutes=False)
    if stamp.zone is None and ended.zone is not None:
        begun = replace(begun, zone=ended.zone, abbreviation=ended.abbreviation)
    return Span(begun, head[between.end() : after].strip(), after)


def _halved(clock: time, end: time) -> time:
    """The time in the half of the day that its end names, or in the half before: `11:50-12:10 PM`."""
    if not 1 <= clock.hour <= _NOON:
        return clock
    forenoon = clock.replace(hour=clock.hour % _NOON)
    afternoon = clock.replace(hour=clock.hour % _NOON + _NOON)
    return afternoon if end.hour >= _NOON and afternoon <= end else forenoon
