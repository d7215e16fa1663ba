"""The time axis of the picture: where an instant stands, and where the marks of the clock do."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

from msgspec import Struct

from cli.render.plain import clock
from collector.result import Timeline

_MOST_TICKS = 9
LETTER = 6.5
"""How wide a letter of a label of the clock is at most."""
_BETWEEN = 14
"""What stays free beside a label."""
_MINUTE = 60
_STEPS = [_MINUTE * n for n in (1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 10_080)]


class Axis(Struct, frozen=True):
    """A stretch of time, drawn from `left` to `right`."""

    start: datetime
    end: datetime
    left: float
    right: float
    offset: timedelta
    """How far the zone to print is from UTC at the start."""
    show: Callable[[datetime], str]

    def at(self, moment: datetime) -> float:
        """Where it stands; what lies outside stands at the end that is nearer."""
        share = (moment - self.start) / (self.end - self.start)
        return self.left + min(1.0, max(0.0, share)) * (self.right - self.left)

    def ticks(self) -> Iterator[tuple[float, str]]:
        """Where the marks of the clock stand, and what each reads."""
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
    """The window, longer where a row stands outside of it."""
    window = timeline.window
    start = min([window.start, *(row.at for row in timeline.rows)])
    end = max([window.end, *(row.at for row in timeline.rows)])
    return Axis(start, end, left, right, window.local(start).utcoffset() or timedelta(), clock(window))
