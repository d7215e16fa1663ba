"""What counters counted per scrape; resets, new series and missed scrapes are handled series by series."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from sources.promql.series import Array, Series
from sources.promql.sorted_numbers import distinct, median

_NEXT = 1.5
"""Two samples up to this many scrape intervals apart are of successive scrapes."""
_MOST_BINS = 2000
_MOST_RATE = 1e7
"""Requests per second of one series; a sample that rises faster than this is broken."""
_USUAL_INTERVAL = 60.0
"""Prometheus' default for scrape_interval."""
_JITTER = 0.1
"""Share of the scrape interval by which a scrape may be late and still fall into its bin."""


class Counter(Struct, frozen=True):
    """One series of a service, and which requests it counts."""

    series: Series
    failed: bool
    """Counts failed requests."""
    total: bool
    """Counts among all requests."""


class Bins(Struct, frozen=True):
    """Requests of one service on a time grid; scrapes of its targets fall into common bins."""

    begin: Array
    end: Array
    """Unix seconds; the end belongs to the bin, the begin does not."""
    errors: Array
    requests: Array
    """Requests counted since the previous scrapes, according to the scrapes within the bin."""
    seconds: Array
    """Seconds that these counts cover, on average per target: about the step; 0 means no data."""
    scraped: Array
    """Unix seconds of these scrapes, on average; the end of the bin if there are none."""
    step: float
    """Seconds per bin."""

    def where(self, which: NDArray[Any]) -> "Bins":
        """The bins that an index selects."""
        parts = {name: getattr(self, name) for name in self.__struct_fields__}
        return Bins(**{name: part if name == "step" else part[which] for name, part in parts.items()})


class Scrapes(Struct, frozen=True):
    """What one series counted, scrape by scrape."""

    counter: Counter
    times: Array
    """Unix seconds of the scrapes that are used."""
    counted: Array
    """Count since the scrape before."""
    covered: Array
    """Seconds since the scrape before."""
    impossible: int
    """Samples left out because they rise faster than `_MOST_RATE`."""


def scrapes(counters: Sequence[Counter], start: float) -> list[Scrapes]:
    """What each counter counted, in the same order.

    Samples were requested from `start` on: a counter with samples from the start began before it.
    """
    apart = [_sample_distances(counter.series) for counter in counters]
    usual = _interval(apart)
    steps = [_interval([one], usual) for one in apart]
    deltas = [_deltas(one.series, seconds, step) for one, seconds, step in zip(counters, apart, steps, strict=True)]
    fresh = _NewSeries(counters, deltas, usual)
    found = []
    for counter, step, delta in zip(counters, steps, deltas, strict=True):
        times, values = counter.series.times, counter.series.values
        valid = delta.valid & ~(delta.reset & (delta.amounts > fresh.plausible))
        ends, counts, covered = times[1:][valid], delta.amounts[valid], delta.seconds[valid]
        begins = len(times) and times[0] > start + _NEXT * step and values[0] <= _MOST_RATE * step
        if begins and fresh.from_zero(counter, step):
            ends, counts = np.concatenate((times[:1], ends)), np.concatenate((np.maximum(values[:1], 0), counts))
            covered = np.concatenate(([step], covered))
        found.append(Scrapes(counter, ends, counts, covered, int(np.sum(delta.impossible))))
    return found


def binned(found: Sequence[Scrapes], start: float) -> Bins | None:
    """Errors and requests per scrape interval; None if no two samples are successive. `start` as in `scrapes`."""
    found = [one for one in found if len(one.times)]
    totals = [one for one in found if one.counter.total]
    if not totals:
        return None
    step = _interval([_sample_distances(one.counter.series) for one in found])
    newest = max(float(one.times[-1]) for one in found)
    edges = _edges(totals, start, newest, step * max(1.0, np.ceil((newest - start) / step / _MOST_BINS)))
    step = float(edges[1] - edges[0])
    errors, requests, seen, known, when = np.zeros((5, len(edges) - 1))
    for one in found:
        # The whole count of a scrape belongs to its time, so an effect is never before its cause.
        into = np.searchsorted(edges, one.times) - 1
        amounts = np.bincount(into, one.counted, len(seen))
        if one.counter.failed:
            errors += amounts
        if one.counter.total:
            requests += amounts
            seen += np.bincount(into, one.covered, len(seen))
            when += np.bincount(into, one.covered * (one.times - start), len(seen))
            known[into[0] : into[-1] + 1] += step
    full = np.maximum(seen, 1e-9)
    # Nothing is invented for a target that missed a scrape: the other targets represent that time.
    seconds = np.where(seen > 0, seen / np.maximum(known, 1e-9) * step, 0.0)
    scraped = np.where(seen > 0, when / full + start, edges[1:])
    return Bins(edges[:-1], edges[1:], np.minimum(errors, requests), requests, seconds, scraped, step)


def _edges(totals: Sequence[Scrapes], start: float, newest: float, step: float) -> Array:
    """The grid, cut where the fewest scrapes are: just after the scrapes if all targets are scraped together."""
    # A few scrapes of each target show its phase.
    phases = distinct(np.concatenate([one.times[:: max(1, len(one.times) // 8)] for one in totals]) % step)
    gaps = np.diff(np.append(phases, phases[0] + step))
    widest = int(np.argmax(gaps))
    phase = phases[widest] + min(gaps[widest] / 2, _JITTER * step)
    first = np.floor((start - phase) / step) - 1
    count = int(np.ceil((newest - phase) / step) - first)
    edges: Array = phase + (first + np.arange(count + 1)) * step
    return edges


def _sample_distances(series: Series) -> Array:
    """Seconds between successive samples."""
    times = series.times
    seconds: Array = times[1:] - times[:-1]
    return seconds


def _interval(apart: Sequence[Array], otherwise: float = _USUAL_INTERVAL) -> float:
    """The scrape interval in whole seconds: the median distance between samples, which missed scrapes do not affect."""
    steps = np.concatenate(apart) if apart else np.array([])
    return max(1.0, float(round(median(steps)))) if len(steps) else otherwise


class _Deltas(Struct, frozen=True):
    """Differences between the samples of one series."""

    amounts: Array
    """Increase of the counter."""
    seconds: Array
    """Seconds between the samples."""
    valid: NDArray[np.bool_]
    """Whether the samples are of successive scrapes."""
    reset: NDArray[np.bool_]
    """Whether the counter restarted from 0 between them."""
    impossible: NDArray[np.bool_]
    """Whether it rose faster than `_MOST_RATE`."""


def _deltas(series: Series, seconds: Array, step: float) -> _Deltas:
    amounts = series.values[1:] - series.values[:-1]
    reset = amounts < 0
    amounts = np.maximum(np.where(reset, series.values[1:], amounts), 0)
    impossible = ~reset & (amounts > _MOST_RATE * np.maximum(seconds, 1.0))
    return _Deltas(amounts, seconds, (seconds <= _NEXT * step) & ~impossible, reset, impossible)


class _NewSeries:
    """Decides which series were new when they appeared, and which only had not been seen before."""

    def __init__(self, counters: Sequence[Counter], deltas: Sequence[_Deltas], usual: float) -> None:
        self._usual = usual
        ends: dict[tuple[str, ...], list[Array]] = {}
        counts: dict[tuple[str, ...], list[Array]] = {}
        self._firsts: dict[tuple[tuple[str, ...], float], float] = {}
        for counter, delta in zip(counters, deltas, strict=True):
            times, target = counter.series.times, _target(counter.series.labels)
            ends.setdefault(target, []).append(times[1:][delta.valid])
            if counter.total:
                good = delta.valid & ~delta.reset
                counts.setdefault(target, []).append(np.stack((times[1:][good], delta.amounts[good])))
                if len(times):
                    key = (target, float(times[0]))
                    self._firsts[key] = self._firsts.get(key, 0.0) + float(counter.series.values[0])
        self._ends = {target: distinct(np.concatenate(many)) for target, many in ends.items()}
        self._all = distinct(np.concatenate(list(self._ends.values()))) if ends else np.array([])
        most = max((_largest(np.concatenate(many, axis=1)) for many in counts.values()), default=0.0)
        self.plausible = 2 * most
        """The most that a target may count between two scrapes; one with more only looks as if it began from zero."""

    def from_zero(self, counter: Counter, step: float) -> bool:
        """Whether the first value of a series is its count since the scrape before.

        It is if the target was scraped both then and now, so only the series is new. For a new target, it is if others
        of the service were scraped then, and if the value is plausible compared with what targets count per scrape: a
        target that was only relabelled has the count of its whole lifetime.
        """
        first, target = float(counter.series.times[0]), _target(counter.series.labels)
        if np.any(np.abs(self._ends[target] - first) < step / 2):
            return True
        known = np.any((self._all < first) & (self._all >= first - _NEXT * self._usual))
        return bool(known) and self._firsts.get((target, first), 0.0) <= self.plausible


def _target(labels: Mapping[str, str]) -> tuple[str, ...]:
    """The labels of a scrape target: a process, mostly a pod."""
    return tuple(labels.get(name, "") for name in ("job", "instance", "pod"))


def _largest(counts: Array) -> float:
    """The most that a target counted between two scrapes, over all its series."""
    times, which = np.unique(counts[0], return_inverse=True)
    return float(np.bincount(which, weights=counts[1]).max()) if len(times) else 0.0
