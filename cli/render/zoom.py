"""What the page's script has to know of the time axis to draw any part of it; `zoom.js` reads it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from cli.render.axis import Axis
from collector.window import Window

_MOST_SAMPLES = 400


def zoom_data(time: Axis, window: Window) -> str:
    """Attributes for the picture: where the axis lies, its ends as Unix seconds, and how its clock is printed.

    `data-day` is the day whose times are printed without it, `data-offsets` has from which second on the zone is how
    many seconds from UTC, and `data-put-back` is there where clocks were changed, so that the offset is printed too.
    """
    first, last = window.local(window.start), window.local(window.end)
    known = {
        "left": f"{time.left:g}",
        "right": f"{time.right:g}",
        "start": str(time.start.timestamp()),
        "end": str(time.end.timestamp()),
        "day": f"{first:%Y-%m-%d}" if first.date() == last.date() else "",
        "offsets": " ".join(f"{at}:{offset}" for at, offset in _offsets(time, window)),
    }
    if first.utcoffset() != last.utcoffset():
        known["put-back"] = "yes"
    return " ".join(f'data-{name}="{value}"' for name, value in known.items())


def _offsets(time: Axis, window: Window) -> Iterator[tuple[int, int]]:
    """The offset at the start, and each later one with the second from which it is in force."""

    def offset(second: int) -> int:
        return int((window.local(datetime.fromtimestamp(second, UTC)).utcoffset() or timedelta()).total_seconds())

    start, end = int(time.start.timestamp()), int(time.end.timestamp())
    # Clocks change twice a year: a day is short enough to see each change.
    step = max(86_400, (end - start) // _MOST_SAMPLES)
    yield start, offset(start)
    before = start
    while before < end:
        after = min(before + step, end)
        if offset(before) != offset(after):
            low, high = before, after
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (middle, high) if offset(middle) == offset(before) else (low, middle)
            yield high, offset(high)
        before = after
