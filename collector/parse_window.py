"""Reads the start and the end of an incident, as people write them, into a window."""

from datetime import UTC, datetime, timedelta, tzinfo

from msgspec import Struct

from collector.clock_day import Clock, begin, next_after, place
from collector.errors import UsageError
from collector.lazy_pattern import lazy_pattern
from collector.request import LIBRARY, Arguments
from collector.window import Window
from collector.zones import zone_name

DAY = timedelta(days=1)
LONGEST = 7 * DAY
_NIGHT = DAY / 2
"""An end without a date may be on the next day if it is at most this long after the start."""

_FORMS = '14:00, 14:00:30, "2026-04-01 14:00", 2026-04-01T14:00:00Z, now, -90m'
_SPAN = lazy_pattern(r"([+-])(?=[0-9])(?:([0-9]{1,9})d)?(?:([0-9]{1,9})h)?(?:([0-9]{1,9})m)?(?:([0-9]{1,9})s)?")
_MOMENT = lazy_pattern(
    r"(?:([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt ])?"
    r"([0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?)"
    r"([Zz]|[+-][0-9]{2}:[0-9]{2}(?::[0-9]{2})?)?"
)


class Resolved(Struct, frozen=True):
    """The window that was meant, and notices about how it was understood."""

    window: Window
    notices: tuple[str, ...]


def resolve(
    start: str | datetime,
    end: str | datetime,
    tz: tzinfo,
    now: datetime,
    arguments: Arguments = LIBRARY,
    *,
    near: Window | None = None,
) -> Resolved:
    """Read start and end, in `tz` if they have no offset. Raises UsageError, which names them as `arguments` does.

    Without a date, the start is its most recent occurrence, or with `near`, the window of a bundle, the occurrence in
    or nearest to that window. The end is the first occurrence after the start.
    `-2h` counts from `now`, `+30m` (for the end) from the start; a day is 24 hours. The future is cut off.
    """
    try:
        return _resolve(start, end, tz, now.astimezone(UTC), arguments, near)
    except OverflowError:
        given = f"{arguments.start} {_quoted(start)} {arguments.end} {_quoted(end)}"
        raise UsageError(f"{given}: outside of the years 1 to 9999") from None


def back(span: str, argument: str) -> str:
    """The start for a span before now: `-1h` for `1h`. Raises UsageError, which names `argument`."""
    start = f"-{span.strip().removeprefix('-')}"
    if not _SPAN.fullmatch(start):
        raise UsageError(f"{argument} {_quoted(span)}: not a span; write 90m, 1h, 1h30m, 2d, or a time with --from")
    return start


def describe(window: Window) -> str:
    """The window in its own zone and in UTC, so that a wrong zone is obvious."""
    start, end = window.local(window.start), window.local(window.end)
    days = start.date() != end.date()
    local = f"window {start:%Y-%m-%d %H:%M:%S} - {end:{'%Y-%m-%d ' if days else ''}%H:%M:%S} {zone_name(window.tz)}"
    if window.tz is UTC:
        return local
    offsets = dict.fromkeys((_offset(start), _offset(end)))
    shown = "" if list(offsets) == [zone_name(window.tz)] else f" ({' to '.join(offsets)})"
    days = days or start.date() != window.start.date() or end.date() != window.end.date()
    form = "%Y-%m-%d %H:%M:%SZ" if days else "%H:%M:%SZ"
    return f"{local}{shown} = {window.start:{form}} - {window.end:{form}}"


def _resolve(
    start: str | datetime, end: str | datetime, tz: tzinfo, now: datetime, arguments: Arguments, near: Window | None
) -> Resolved:
    from_, to = f"{arguments.start} {_quoted(start)}", f"{arguments.end} {_quoted(end)}"
    begins = _read(start, from_, tz, now, None)
    if isinstance(begins, Clock):
        begins = begin(begins, now, near)
    if begins > now:
        today = f"{now.astimezone(tz):%Y-%m-%d %H:%M} in {zone_name(tz)}"
        raise UsageError(
            f"{from_}: is in the future, now it is {today}; give an earlier time, or the zone with {arguments.tz}"
        )
    ends = _read(end, to, tz, now, begins)
    if isinstance(ends, Clock):
        clock = ends
        ends = place(clock, clock.day) if clock.day else next_after(clock, begins)
        if clock.day is None and ends - begins > _NIGHT:
            raise UsageError(
                f"{to}: is earlier in the day than {from_}; give its date, or a time after it such as +30m"
            )
    if ends < begins:
        raise UsageError(f"{to}: is before {from_}; swap them")
    notices = []
    if ends > now:
        notices.append(f"{to} is in the future: the window ends now")
        ends = now
    if ends == begins:
        raise UsageError(f"{to}: is the same moment as {from_}; give a later one, for example +30m")
    if ends - begins > LONGEST:
        length = f"more than {(ends - begins).days} days" if (ends - begins) % DAY else f"{(ends - begins).days} days"
        raise UsageError(f"{from_} {to}: the window is {length} long, {LONGEST.days} days are the most; narrow it")
    return Resolved(Window(begins, ends, tz), tuple(notices))


def _quoted(given: str | datetime) -> str:
    return repr(str(given)[:60])


def _read(given: str | datetime, culprit: str, tz: tzinfo, now: datetime, begins: datetime | None) -> datetime | Clock:
    """An instant in UTC, or a wall-clock time. `begins` is the start, or None while reading the start itself."""
    if isinstance(given, datetime):
        return _from_datetime(given, culprit, tz)
    text = given.strip()
    forms = _FORMS if begins is None else f"{_FORMS}, +30m"
    if text == "now":
        return now
    span = _SPAN.fullmatch(text)
    base = now if text.startswith("-") else begins
    if span and base is not None:
        days, hours, minutes, seconds = (int(part or 0) for part in span.groups()[1:])
        length = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
        return base - length if span[1] == "-" else base + length
    moment = _MOMENT.fullmatch(text)
    if not moment:
        raise UsageError(f"{culprit}: not a time; write {forms}")
    day, clock, offset = moment.groups()
    try:
        # An offset is only parsed after a date, so take any date if there is none.
        read = datetime.fromisoformat(f"{day or '2000-01-01'}T{clock.zfill(5)}{(offset or '').upper()}")
    except ValueError as error:
        raise UsageError(f"{culprit}: no such time ({error}); write {forms}") from None
    return Clock(culprit, read.date() if day else None, read.time(), read.tzinfo or tz)


def _from_datetime(given: datetime, culprit: str, tz: tzinfo) -> datetime | Clock:
    """The same for a datetime, also of a subclass such as pandas', which becomes a plain datetime."""
    try:
        aware = given.utcoffset() is not None
        plain = given.astimezone(UTC) if aware else given
        wall = datetime(*plain.timetuple()[:6], plain.microsecond)  # noqa: DTZ001 - its zone follows
    except (TypeError, ValueError):  # pandas.NaT is a datetime
        raise UsageError(f"{culprit}: not a time") from None
    return wall.replace(tzinfo=UTC) if aware else Clock(culprit, wall.date(), wall.time(), tz)


def _offset(moment: datetime) -> str:
    return moment.isoformat()[len(moment.replace(tzinfo=None).isoformat()) :]
