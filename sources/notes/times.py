"""The day and instant of a time in a note."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache

from msgspec import Struct
from msgspec.structs import replace

from collector.window import Window
from sources.notes.stamps import Stamp

_DAY = timedelta(days=1)
_TICK = timedelta(microseconds=1)


class Moment(Struct, frozen=True):
    """`earliest <= at <= latest`, in UTC."""

    at: datetime
    earliest: datetime
    latest: datetime
    exists: bool
    """False if the clocks skipped it; the times are then around the skipped hour."""
    repeated: bool
    """The clocks showed it twice in the window; `at` is the first."""


# Notes of one incident repeat the same minutes.
@lru_cache(maxsize=4096)
def place(stamp: Stamp, window: Window) -> tuple[Moment, ...]:
    """The possible instants of the stamp, most likely first: in the window, else nearest to it, the earlier if equal.

    More than one Moment only if a time without a date, or of a weekday, is in the window more than once.
    Raises OverflowError or ValueError for dates out of range.
    """
    zone = stamp.zone or window.tz
    days = stamp.days or _days(window, zone)
    moments = [_moment(day, stamp.clock, zone, stamp.width, window) for day in days]
    moments.sort(key=lambda moment: (_distance(moment.at, stamp.width, window), moment.at))
    inside = [moment for moment in moments if not _distance(moment.at, stamp.width, window)]
    return tuple(inside or moments[:1])


def is_inside(stamp: Stamp, day: date, window: Window) -> bool:
    """Whether the stamp, on that day, is in the window. Raises the same errors as `place`."""
    return not _distance(place(replace(stamp, days=(day,)), window)[0].at, stamp.width, window)


@lru_cache(maxsize=64)
def _days(window: Window, zone: tzinfo) -> list[date]:
    def around() -> Iterator[date]:
        for end in (window.start, window.end):
            for shift in (-_DAY, timedelta(0), _DAY):
                yield (end.astimezone(zone) + shift).date()

    return sorted(set(around()))


def _moment(day: date, clock: time, zone: tzinfo, width: timedelta, window: Window) -> Moment:
    naive = datetime.combine(day, clock)
    # A local time that a clock change repeats is two instants, one per fold; for others both folds are the same.
    folds = [naive.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)]
    at = min(folds, key=lambda instant: (_distance(instant, width, window), instant))
    exists = folds[0].astimezone(zone).replace(tzinfo=None) == naive
    repeated = exists and folds[0] != folds[1] and not any(_distance(each, width, window) for each in folds)
    return Moment(at, min(folds), max(folds) + width - _TICK, exists, repeated)


def _distance(start: datetime, width: timedelta, window: Window) -> timedelta:
    """The distance between the window and something that began at `start` and took `width`; zero inside."""
    return max(timedelta(0), window.start - (start + width - _TICK), start - window.end)
