"""What counters counted, per scrape: resets, new series and lost scrapes taken care of series by series."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sources.prometheus.series import Array, Series

_NEXT = 1.5
"""Up to so many scrape intervals apart, two samples are of successive scrapes."""
_MOST_BINS = 2000
_USUAL_INTERVAL = 60.0
"""Prometheus' default for scrape_interval."""


@dataclass(frozen=True, slots=True)
class Counter:
    """One series of a service, and what it counts."""

    series: Series
    failed: bool
    """Counts failed requests."""
    total: bool
    """Counts among all requests."""


@dataclass(frozen=True, slots=True)
class Bins:
    """Requests of one service on a grid of time; the scrapes of its targets fall into common bins."""

    edges: Array
    """Unix seconds, one more than there are bins; the later edge belongs to a bin."""
    errors: Array
    requests: Array
    """What scrapes within the bin found to be counted since the ones before."""
    seen: Array
    """Seconds, summed over the series, for which there are samples; 0 is no data, which is not no requests."""

    @property
    def step(self) -> float:
        """Seconds per bin."""
        return float(self.edges[1] - self.edges[0])


def binned(counters: Sequence[Counter], start: float) -> Bins | None:
    """Errors and requests per scrape interval; None if no two samples follow one another.

    `start` is from when samples were asked: a counter that is there from the start began before it.
    """
    step = _interval([counter.series for counter in counters])
    newest = max((counter.series.times[-1] for counter in counters if len(counter.series.times)), default=start)
    step *= max(1.0, np.ceil((newest - start) / step / _MOST_BINS))
    edges = np.arange(np.floor(start / step) - 1, np.ceil(newest / step) + 1) * step
    errors, requests, seen = np.zeros((3, len(edges) - 1))
    for counter, times, counted, covered in _scrapes(counters, start):
        # The whole of what a scrape brings counts at its time: the effect is never before its cause.
        into = np.searchsorted(edges, times) - 1
        amounts = np.bincount(into, counted, len(seen))
        if counter.failed:
            errors += amounts
        if counter.total:
            requests += amounts
            seen += np.bincount(into, covered, len(seen))
    return Bins(edges, np.minimum(errors, requests), requests, seen) if seen.any() else None


def _scrapes(counters: Sequence[Counter], start: float) -> Iterator[tuple[Counter, Array, Array, Array]]:
    """For each series: times of scrapes, what was counted since the ones before, and the seconds since then."""
    usual = _interval([counter.series for counter in counters])
    steps = [_interval([counter.series], usual) for counter in counters]
    deltas = [_deltas(counter.series, step) for counter, step in zip(counters, steps, strict=True)]
    fresh = _Fresh(counters, deltas, usual)
    for counter, step, (amounts, valid) in zip(counters, steps, deltas, strict=True):
        times, values = counter.series.times, counter.series.values
        if not len(times):
            continue
        ends, counted, covered = times[1:][valid], amounts[valid], np.diff(times)[valid]
        if times[0] > start + _NEXT * step and fresh.from_zero(counter, step):
            ends, counted = np.concatenate((times[:1], ends)), np.concatenate((values[:1], counted))
            covered = np.concatenate(([step], covered))
        yield counter, ends, counted, covered


def _interval(series: Sequence[Series], otherwise: float = _USUAL_INTERVAL) -> float:
    """The scrape interval in whole seconds: the median, which lost scrapes do not move."""
    steps = np.concatenate([np.diff(one.times) for one in series]) if series else np.array([])
    return max(1.0, float(np.round(np.median(steps)))) if len(steps) else otherwise


def _deltas(series: Series, step: float) -> tuple[Array, NDArray[np.bool_]]:
    """What was counted between samples, and whether they are of successive scrapes."""
    amounts = np.diff(series.values)
    # A counter that went down was reset, and has counted from 0 since.
    amounts = np.where(amounts < 0, series.values[1:], amounts)
    return np.maximum(amounts, 0), np.diff(series.times) <= _NEXT * step


class _Fresh:
    """Tells which series began to count when they appeared, and which were only not seen before."""

    def __init__(
        self, counters: Sequence[Counter], deltas: Sequence[tuple[Array, NDArray[np.bool_]]], usual: float
    ) -> None:
        self._usual = usual
        ends: dict[tuple[str, ...], list[Array]] = {}
        counts: dict[tuple[str, ...], list[Array]] = {}
        self._firsts: dict[tuple[tuple[str, ...], float], float] = {}
        for counter, (amounts, good) in zip(counters, deltas, strict=True):
            times, target = counter.series.times, _target(counter.series.labels)
            ends.setdefault(target, []).append(times[1:][good])
            if counter.total:
                counts.setdefault(target, []).append(np.stack((times[1:][good], amounts[good])))
                if len(times):
                    key = (target, float(times[0]))
                    self._firsts[key] = self._firsts.get(key, 0.0) + float(counter.series.values[0])
        self._ends = {target: np.unique(np.concatenate(many)) for target, many in ends.items()}
        self._all = np.unique(np.concatenate(list(self._ends.values()))) if ends else np.array([])
        self._most = max((_largest(np.concatenate(many, axis=1)) for many in counts.values()), default=0.0)

    def from_zero(self, counter: Counter, step: float) -> bool:
        """Whether the first value of a series is what it counted since the scrape before.

        It is when the target was scraped then and now, so that the series is new in it. It is for a new target
        when others of the service were scraped then, and if no target ever counted so much as to make it
        implausible: a target that was only relabelled brings the count of its whole life.
        """
        first, target = float(counter.series.times[0]), _target(counter.series.labels)
        if np.any(np.abs(self._ends[target] - first) < step / 2):
            return True
        known = np.any((self._all < first) & (self._all >= first - _NEXT * self._usual))
        return bool(known) and self._firsts.get((target, first), 0.0) <= 2 * self._most


def _target(labels: Mapping[str, str]) -> tuple[str, ...]:
    """What is scraped at once: a process, mostly a pod."""
    return tuple(labels.get(name, "") for name in ("job", "instance", "pod"))


def _largest(counts: Array) -> float:
    """The most that a target counted between two scrapes, over all its series."""
    times, which = np.unique(counts[0], return_inverse=True)
    return float(np.bincount(which, weights=counts[1]).max()) if len(times) else 0.0
