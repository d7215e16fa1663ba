"""Finds the instant of a clock time, even if it was written without a day."""

from datetime import date, datetime, time, timedelta, tzinfo

from msgspec import Struct

from collector.errors import UsageError
from collector.wall_clock import gap, occurrences
from collector.window import Window
from collector.zones import zone_name


class Clock(Struct, frozen=True):
    """A clock time in `tz`, not yet resolved to an instant."""

    culprit: str
    day: date | None
    time: time
    tz: tzinfo


def place(clock: Clock, day: date) -> datetime:
    """The instant of the clock time on `day`. Raises UsageError if there is none or there are two."""
    wall = datetime.combine(day, clock.time)
    found = occurrences(wall, clock.tz)
    if len(found) == 1:
        return found[0]
    if found:
        choices = " or ".join(_iso(moment.astimezone(clock.tz)) for moment in found)
        raise UsageError(
            f"{clock.culprit}: happens twice on {day} in {zone_name(clock.tz)}, clocks are put back; write {choices}"
        )
    before, after = gap(wall, clock.tz)
    raise UsageError(
        f"{clock.culprit}: is skipped on {day} in {zone_name(clock.tz)}, "
        f"clocks go from {_iso(before)} to {_iso(after)}; give a time before or after that"
    )


def begin(clock: Clock, now: datetime, near: Window | None) -> datetime:
    """The start: the most recent occurrence, or with `near` the one in or nearest to it. Raises UsageError."""
    if clock.day:
        return place(clock, clock.day)
    if near is None:
        return _last(clock, now)
    start, end = (moment.astimezone(clock.tz) for moment in (near.start, near.end))
    days = {start.date() + timedelta(days) for days in (-1, 0, 1)} | {end.date() + timedelta(days) for days in (0, 1)}
    placed = [place(clock, day) for day in sorted(days) if occurrences(datetime.combine(day, clock.time), clock.tz)]
    return min(placed, key=lambda moment: (max(near.start - moment, moment - near.end, timedelta(0)), moment))


def _last(clock: Clock, now: datetime) -> datetime:
    local = now.astimezone(clock.tz).replace(tzinfo=None)
    for days in (1, 0, -1, -2):  # tomorrow's clocks may have been put back to today
        wall = datetime.combine(local.date() + timedelta(days), clock.time)
        found = occurrences(wall, clock.tz)
        if found[0] <= now if found else wall < local:
            return place(clock, wall.date())
    raise UsageError(f"{clock.culprit}: give the date as well")


def next_after(clock: Clock, begins: datetime) -> datetime:
    """The first occurrence from `begins` on. Raises UsageError."""
    local = begins.astimezone(clock.tz).replace(tzinfo=None)
    for days in (-1, 0, 1, 2):
        wall = datetime.combine(local.date() + timedelta(days), clock.time)
        found = occurrences(wall, clock.tz)
        if begins in found:
            return begins  # not a day later: the same time twice is a typing error
        if found[-1] > begins if found else wall > local:
            return place(clock, wall.date())
    raise UsageError(f"{clock.culprit}: give the date as well")


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="auto" if moment.second or moment.microsecond else "minutes")
