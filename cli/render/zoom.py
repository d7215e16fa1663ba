"""The data about the time axis that the page's script `zoom.js` needs to draw any part of it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from cli.render.axis import Axis
from collector.window import Window

_MOST_SAMPLES = 400


def zoom_data(time: Axis, window: Window) -> str:
    """Attributes for the picture: the position of the axis, its ends as Unix seconds, and how times are printed.

    `data-day` is the day that is omitted from printed times. `data-offsets` is a list of `second:offset`: the Unix
    second from which each UTC offset (in seconds) applies. `data-put-back` is present if the offset changes within the
    window; times are then printed with it.
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
    """The UTC offset at the start and each later one, with the Unix second from which it applies."""

    def offset(second: int) -> int:
        return int((window.local(datetime.fromtimestamp(second, UTC)).utcoffset() or timedelta()).total_seconds())

    start, end = int(time.start.timestamp()), int(time.end.timestamp())
    # Offsets change about twice a year, so steps of a day find each change.
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
