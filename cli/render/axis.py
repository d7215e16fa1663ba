"""The time axis of the picture: the positions of instants and of the clock ticks."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

from msgspec import Struct

from cli.render.plain import clock
from collector.result import Timeline

_MOST_TICKS = 9
LETTER = 6.5
"""Greatest width of a character in a tick label."""
_BETWEEN = 14
"""Free space between two tick labels."""
_MINUTE = 60
_STEPS = [_MINUTE * n for n in (1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 10_080)]


class Axis(Struct, frozen=True):
    """A span of time, drawn from `left` to `right`."""

    start: datetime
    end: datetime
    left: float
    right: float
    offset: timedelta
    """UTC offset of the printed zone at the start."""
    show: Callable[[datetime], str]

    def at(self, moment: datetime) -> float:
        """The x coordinate of an instant; instants outside the axis are at its nearer end."""
        share = (moment - self.start) / (self.end - self.start)
        return self.left + min(1.0, max(0.0, share)) * (self.right - self.left)

    def ticks(self) -> Iterator[tuple[float, str]]:
        """The x coordinate and the label of each clock tick."""
        span = (self.end - self.start).total_seconds()
        width = max(len(self.show(self.start)), len(self.show(self.end))) * LETTER + _BETWEEN
        most = min(_MOST_TICKS, int((self.right - self.left) / width))
        step = next((step for step in _STEPS if span / step <= most), 0)
        if not step:
            step = _STEPS[-1] * (1 + int(span / _STEPS[-1] / most))
        shift = int(self.offset.total_seconds())
        first = -(-(int(self.start.timestamp()) + shift) // step) * step - shift
        for second in range(first, int(self.end.timestamp()) + 1, step):
            moment = datetime.fromtimestamp(second, UTC)
            if self.start <= moment <= self.end:
                yield self.at(moment), self.show(moment)


def axis(timeline: Timeline, left: float, right: float) -> Axis:
    """The axis of the window, extended to any rows outside it."""
    window = timeline.window
    start = min([window.start, *(row.at for row in timeline.rows)])
    end = max([window.end, *(row.at for row in timeline.rows)])
    return Axis(start, end, left, right, window.local(start).utcoffset() or timedelta(), clock(window))
