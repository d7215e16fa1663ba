"""When kube-state-metrics was scraped, and when a pod was first missing from a scrape."""

from collections.abc import Iterable

import numpy as np

from sources.promql.series import Array, Series
from sources.promql.sorted_numbers import distinct, median


class ScrapeTimes:
    """The scrapes of every instance of kube-state-metrics; times are Unix seconds."""

    def __init__(self, found: Iterable[Series]) -> None:
        """Takes series that are in every scrape."""
        pieces: dict[str, list[Array]] = {}
        for one in found:
            if len(one.times):
                pieces.setdefault(instance(one), []).append(one.times)
        self._scrapes = {name: distinct(np.concatenate(times)) for name, times in sorted(pieces.items())}
        every = list(self._scrapes.values())
        self.times: Array = distinct(np.concatenate(every)) if every else np.array([])

    @property
    def interval(self) -> float:
        """The usual distance between scrapes, the longest of all instances; 0 if unknown."""
        return max((median(np.diff(times)) for times in self._scrapes.values() if len(times) > 1), default=0)

    def missed(self, last: float, seen_by: Iterable[str]) -> float | None:
        """The first scrape that would have shown an object last seen at `last` by these instances; None if none did.

        If none of these instances was scraped again, those that were first scraped after `last` count instead. Other
        instances do not count: each may be responsible for only a part of the objects.
        """
        by = [self._next(name, last) for name in seen_by]
        known = [time for time in by if time is not None]
        if not known:
            known = [float(times[0]) for times in self._scrapes.values() if times[0] > last]
        return min(known, default=None)

    def before(self, time: float, seen_by: Iterable[str]) -> float | None:
        """The last scrape before `time` that would have shown what these instances saw then; None if none would.

        If none of these instances was scraped before, those that were last scraped before `time` count instead.
        """
        scrapes = [self._scrapes.get(name, np.array([])) for name in seen_by]
        known = [float(times[times < time][-1]) for times in scrapes if (times < time).any()]
        if not known:
            known = [float(times[-1]) for times in self._scrapes.values() if times[-1] < time]
        return max(known, default=None)

    def _next(self, name: str, last: float) -> float | None:
        times = self._scrapes.get(name, np.array([]))
        index = int(np.searchsorted(times, last, side="right"))
        return float(times[index]) if index < len(times) else None


def instance(series: Series) -> str:
    """The instance of kube-state-metrics that was scraped."""
    return f"{series.labels.get('job', '')}/{series.labels.get('instance', '')}"
