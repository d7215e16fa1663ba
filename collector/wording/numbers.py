"""How numbers, times and lists are written in rows."""

from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo


def percent(ratio: float) -> str:
    """A fraction of 1 as people write it: `40.1%`, `0.13%`, `0%`."""
    value = ratio * 100
    if value == 0:
        return "0%"
    if value < 0.01:
        return "<0.01%"
    digits = 2 if value < 1 else 1
    return f"{value:.{digits}f}".rstrip("0").rstrip(".") + "%"


def count(number: float) -> str:
    """A count with thousands separators: `13,004`."""
    return f"{int(number):,}"


def rate(per_second: float, most: float = 0) -> str:
    """Requests per second, or per minute if they are few: `30 requests/s`, `12 requests/min`.

    `most` is the highest rate in the same sentence, because all rates in it have the same unit.
    """
    if per_second == 0:
        return "0 requests/s" if most == 0 or most >= 1 else "0 requests/min"
    if per_second < 1 and most < 1:
        return f"{per_second * 60:.2g} requests/min"
    if per_second < 1:
        return f"{per_second:.2g} requests/s"
    return f"{per_second:,.3g} requests/s" if per_second < 1000 else f"{per_second:,.0f} requests/s"


def seconds(span: float) -> str:
    """A short duration: `250 ms`, `1.4 s`."""
    if span < 0.9995:  # else it rounds to 1000 ms
        return f"{span * 1000:.3g} ms"
    return f"{span:.3g} s" if span < 999.5 else f"{span:.0f} s"


def clock(moment: datetime, tz: tzinfo) -> str:
    """The minute to print: `14:09`."""
    return moment.astimezone(tz).strftime("%H:%M")


def duration_text(span: timedelta) -> str:
    """A duration: `45 s`, `17 min`, `2 h 5 min`."""
    seconds = int(span.total_seconds())
    if seconds < 120:
        return f"{seconds} s"
    minutes = round(seconds / 60)
    if minutes < 120:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"


def some(names: Sequence[str], most: int = 3) -> str:
    """`cart, search, web and 9 more`."""
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")


def named(*parts: str) -> str:
    """The parts that are not empty, with a space between."""
    return " ".join(part for part in parts if part)


def listed(*parts: str) -> str:
    """The parts that are not empty, with commas between."""
    return ", ".join(part for part in parts if part)
