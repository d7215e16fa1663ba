"""Reads the time in a cell, generated or written by people; used only to sort rows."""

import re
from datetime import UTC, date, datetime, time, timedelta

from collector.postmortem.lines import without_spans
from collector.wall_clock import occurrences
from collector.window import Window

BY_HAND = " (by hand)"
"""Marks a time that a person corrected."""
_TIME = re.compile(
    r"(?:(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})[T ])?(?<![0-9:])(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})"
    r"(?::(?P<second>[0-9]{2}))?(?:\.[0-9]+)?"
    r"(?P<zone>\s?Z\b|\s?UTC\b(?![+-])|\s?GMT\b(?![+-])|\s?(?:UTC|GMT)?[+-][0-9]{2}:[0-9]{2})?(?![0-9:])"
)
_OTHER_ZONE = re.compile(r"\s*(?:[A-Z]{2,5}\b|[AaPp]\.?[Mm]\b|[A-Z][a-z]+/[A-Z])")
_DAY = timedelta(days=1)


def instant(cell: str, window: Window) -> datetime | None:
    """The first time in the cell, in UTC; None if there is none, or if its meaning is not certain.

    A time without a zone is in that of the window. A time without a date is on the day that puts it in the window, or
    nearest to it.
    """
    found = _TIME.search(without_spans(cell))
    if found is None or _OTHER_ZONE.match(cell, found.end()):
        return None
    try:
        clock = time(int(found["hour"]), int(found["minute"]), int(found["second"] or 0))
        day = date.fromisoformat(found["day"]) if found["day"] else None
        return _placed(clock, day, (found["zone"] or "").strip(), window)
    except (ValueError, OverflowError):
        return None


def _placed(clock: time, day: date | None, zone: str, window: Window) -> datetime | None:
    tz = datetime.fromisoformat(f"2000-01-01T00:00{zone[-6:]}").tzinfo if zone[-6:-5] in ("+", "-") else UTC
    tz = (tz or UTC) if zone else window.tz
    first, last = window.start.astimezone(tz).date(), window.end.astimezone(tz).date()
    days = [day] if day else [first + _DAY * number for number in range(-1, (last - first).days + 2)]
    moments = [
        moment
        for each in days
        # A time that the clocks skipped is read with the UTC offset before the change.
        for moment in occurrences(datetime.combine(each, clock), tz) or (datetime.combine(each, clock, tz),)
    ]
    return min(moments, key=lambda moment: (_outside(moment, window), moment)).astimezone(UTC)


def _outside(moment: datetime, window: Window) -> timedelta:
    # Printed times are rounded down to the minute.
    start = window.start.replace(second=0, microsecond=0)
    return max(start - moment, moment - window.end, timedelta(0))
