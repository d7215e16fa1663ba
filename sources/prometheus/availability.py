"""When rules were evaluated at all, so that an outage of Prometheus is not mistaken for the end of an alert."""

from collections.abc import Collection, Iterator

import numpy as np

from collector.source import BadAnswer, Document, Gap
from sources.promql.series import Array, Extent
from sources.promql.sorted_numbers import median

MISSED = 3.0
"""An alert is over after this many intervals without a sample, while other series have samples."""
_WARM_UP = 3.0
"""Intervals until a started Prometheus writes ALERTS: it evaluates twice before it restores their state."""
_OUTAGE_FACTOR = 2.0
"""A distance between samples of this many times the usual one means that nothing could take samples."""
_CENTURY = 4102444800.0


def started(document: Document) -> Iterator[float | Gap]:
    """The Unix seconds at which a Prometheus was started, from an answer to `restarts`."""
    try:
        result = document.json()["data"]["result"]
        values = {float(value) for one in result for _, value in one["values"]}
    except BadAnswer as error:
        yield Gap(error.reason, error.hint)
    except (KeyError, TypeError, ValueError, OverflowError):
        yield Gap("restarts: the answer has not the shape that is documented, and was left out")
    else:
        yield from sorted(value for value in values if 0 < value < _CENTURY)


class Availability:
    """When Prometheus was available, according to its samples and its starts."""

    def __init__(self, extent: Extent, starts: Collection[float]) -> None:
        """`starts` are Unix seconds, in any order."""
        self.start, self.end = extent.start, extent.end
        self._alive = extent.alive
        self._steady = extent.steady
        self._started = np.array(sorted(starts), dtype=float)
        self._usual = median(np.diff(extent.alive)) if len(extent.alive) > 1 else 0.0

    def away(self, last: float, again: float, interval: float) -> bool:
        """Whether no rule was evaluated between the samples `last` and `again` of an alert."""
        absence = self._absence(last, again, interval)
        if absence is None:
            return False
        stopped, back = absence
        slack = interval + self._usual
        return stopped <= last + slack and again <= back + _WARM_UP * interval + slack

    def over_by(self, last: float, interval: float) -> float | None:
        """When an alert with the last sample `last` was over at the latest; None if nothing shows that it is over."""
        by = last + interval
        patience = last + MISSED * interval
        if not self._steady:
            return by if patience < self.end else None
        later = self._alive[self._alive > last + interval / 2]
        if not len(later) or later[-1] <= patience:
            return None
        began = self._started[(self._started > last) & (self._started <= by)]
        if len(began) or later[0] > patience:
            # It may have ended at an evaluation that wrote no sample.
            by = (float(began[-1]) if len(began) else float(later[0])) + _WARM_UP * interval
        return by if by <= later[-1] else None

    def restarted(self, begin: float, end: float) -> bool:
        """Whether a Prometheus was started between `begin` and `end`."""
        return bool(np.any((self._started >= begin) & (self._started <= end)))

    def _absence(self, last: float, again: float, interval: float) -> tuple[float, float] | None:
        """The last sample of any series before Prometheus was away, and the first one after; None if it was not."""
        seen: Array = self._alive[(self._alive >= last) & (self._alive <= again)]
        began = self._started[(self._started > last) & (self._started < again)]
        if len(began):
            before, after = seen[seen < began[0]], seen[seen > began[-1]]
            return (float(before[-1]) if len(before) else last), (float(after[0]) if len(after) else again)
        if not self._steady or len(seen) < 2:
            return None
        widest = int(np.argmax(np.diff(seen)))
        if seen[widest + 1] - seen[widest] <= _OUTAGE_FACTOR * max(self._usual, interval):
            return None
        return float(seen[widest]), float(seen[widest + 1])
