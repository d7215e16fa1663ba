"""Latency per service: the share of requests slower than a bound that nearly all requests meet in normal times."""

import math
from collections.abc import Iterator

import numpy as np
from msgspec.structs import replace

from collector.event import Event
from collector.source import Gap
from collector.window import Window
from sources.prometheus.deltas import Bins, Counter, Scrapes, binned, scrapes
from sources.prometheus.episode_facts import burst_numbers, fall_numbers, level_numbers, raised_ratio, rise_numbers
from sources.prometheus.episodes import Raised, Rules, raised, used
from sources.prometheus.evidence import Evidence, width
from sources.prometheus.measure_facts import ChangedRatio, latency_fell, latency_rose
from sources.prometheus.plot import plot
from sources.prometheus.services import Histogram, histograms
from sources.prometheus.settings import PrometheusSettings
from sources.prometheus.surge_events import surge_event
from sources.prometheus.surges import surge
from sources.promql.answers import Answers
from sources.promql.series import Array, Extent

_KEPT = 0.95
"""Share of the requests before the window that meet the bound."""
_RULES = Rules(raised=0.1, normal=0.05, least=0.05)
_LEAST_REQUESTS = 30
_QUANTILE = 0.95


def latency_events(
    answers: Answers, extent: Extent, window: Window, source: str, settings: PrometheusSettings
) -> Iterator[Event | Gap]:
    """Latency risen and fallen, of every service with a classic histogram; a Gap if a configured one shows nothing.

    Numbers: `before` and `after` (shares of requests over the bound), `bound` (seconds), `errors` (requests over it,
    from the rise to the fall), `requests` and `bursts`, as for errors; `p95_before` and `p95_after` (seconds,
    interpolated as by `histogram_quantile`) unless they are beyond the last bound. Rises also have `peak`, `peak_at`,
    `last`, `load_before` and `load`, falls `since`, and changes between raised levels `change`, as for errors.
    """
    for histogram in histograms(answers, settings):
        one = _Latency(histogram, extent.start)
        bound = one.bound(window.start.timestamp()) if one.bounds else None
        if bound is None:
            if answers.series("counters", histogram.metric):
                yield from _unusable(one)
            continue
        bins = one.bins(bound)
        if bins is None:
            continue
        for index, episode in enumerate(raised(bins, _RULES)):
            yield from _events(one, bound, episode, bins, index, extent, source)


def _unusable(one: "_Latency") -> Iterator[Gap]:
    """Why a configured histogram shows nothing although it has series."""
    histogram = one.histogram
    if not histogram.configured:
        return
    what = f"latencies of {histogram.subject.service}: {histogram.metric}"
    if not histogram.buckets:
        yield Gap(f"{what} gives no buckets", "does it select the series that have the label `le`?")
    elif not one.bounds:
        yield Gap(f"{what} has no bounds that all its series have", 'is the bucket le="+Inf" left out?')
    elif histogram.wanted is not None and not any(math.isclose(histogram.wanted, bound) for bound in one.bounds):
        known = ", ".join(f"{bound:g}" for bound in one.bounds if bound < math.inf)
        yield Gap(f"{what} has no bound of {histogram.wanted:g} s", f"it has these, in seconds: {known}")


class _Latency:
    """The buckets that all histograms of a service have."""

    def __init__(self, histogram: Histogram, start: float) -> None:
        self.histogram = histogram
        self._start = start
        every = histogram.buckets.get(math.inf, [])
        # If only some series had a bound, the requests of the others would count as slower.
        common = [bound for bound, many in histogram.buckets.items() if len(many) == len(every)]
        self.bounds = common if len(common) > 1 else []
        pairs = [(bound, series) for bound in self.bounds for series in histogram.buckets[bound]]
        counters = [Counter(series, failed=bound < math.inf, total=bound == math.inf) for bound, series in pairs]
        self._scrapes: dict[float, list[Scrapes]] = {}
        for (bound, _), one in zip(pairs, scrapes(counters, start), strict=True):
            self._scrapes.setdefault(bound, []).append(one)

    def bound(self, until: float) -> float | None:
        """The configured bound, else the smallest that nearly all requests met before `until`, or ever if few.

        None if there is no such bound, or if there are too few requests.
        """
        if (wanted := self.histogram.wanted) is not None:
            return next((bound for bound in self.bounds if math.isclose(wanted, bound)), None)
        kept = self.kept(self._start, until)
        if kept[-1] < _LEAST_REQUESTS:
            kept = self.kept(self._start, math.inf)
        bound = self.bounds[int(np.argmax(kept >= _KEPT * kept[-1]))]
        return bound if kept[-1] >= _LEAST_REQUESTS and bound < math.inf else None

    def kept(self, begin: float, end: float) -> Array:
        """How many requests met each bound between two times."""
        sums = [
            sum(float(one.counted[(one.times > begin) & (one.times <= end)].sum()) for one in self._scrapes[bound])
            for bound in self.bounds
        ]
        # The buckets of a scrape may be inconsistent, but a bucket never counts less than those below it.
        kept: Array = np.maximum.accumulate(sums)
        return kept

    def bins(self, bound: float) -> Bins | None:
        """All requests, and those over the bound as errors."""
        bins = binned([*self._scrapes[bound], *self._scrapes[math.inf]], self._start)
        return used(replace(bins, errors=bins.requests - bins.errors)) if bins else None

    def quantile(self, begin: float, end: float) -> float | None:
        """Seconds that 95 % of the requests between two times met; None if that is beyond the last bound."""
        kept = self.kept(begin, end)
        wanted = _QUANTILE * kept[-1]
        place = int(np.searchsorted(kept, wanted))
        if kept[-1] < 1 or self.bounds[place] == math.inf:
            return None
        below, low = (float(kept[place - 1]), self.bounds[place - 1]) if place else (0.0, 0.0)
        return low + float((self.bounds[place] - low) * (wanted - below) / (float(kept[place]) - below))


def _events(
    one: _Latency, bound: float, episode: Raised, bins: Bins, index: int, extent: Extent, source: str
) -> Iterator[Event]:
    histogram = one.histogram
    measure = histogram.title or f"share of requests over {bound:g} s"
    begin, end = float(bins.begin[episode.first]), float(bins.end[episode.end - 1])
    drawn = plot(bins, begin, end, bins.errors, bins.requests)
    evidence = Evidence(
        source, extent, histogram.subject, measure, histogram.metric, index, _query(one, bound, bins.step), drawn
    )
    counts = {"bound": bound, "errors": round(episode.errors), "requests": round(episode.requests)}
    scale = f"{counts['errors']:,} of {counts['requests']:,} requests; resolution {bins.step:g} s"
    raised_p95 = one.quantile(begin, end)
    counts |= burst_numbers(episode)
    ratio = raised_ratio(histogram.subject, measure, episode, scale, bins)
    if (rise := episode.rise) is not None:
        more = surge(episode.first, episode.end, bins)
        yield from surge_event(more, rise, evidence, histogram.bucket(math.inf), bins)
        numbers = rise_numbers(episode, more) | counts | _p95(one.quantile(extent.start, rise.earliest), raised_p95)
        yield evidence.event(latency_rose(ratio), rise, numbers)
    for place, each in enumerate(episode.changes, start=1):
        worded = latency_rose if each.after > each.before else latency_fell
        fact = worded(ChangedRatio(histogram.subject, measure, each.before, each.after))
        yield evidence.event(fact, each.change, level_numbers(each, place), place)
    if (fall := episode.fall) is not None:
        numbers = fall_numbers(episode, bins) | counts | _p95(raised_p95, one.quantile(fall.latest, math.inf))
        yield evidence.event(latency_fell(ratio), fall, numbers)


def _p95(before: float | None, after: float | None) -> dict[str, float]:
    known = {"p95_before": before, "p95_after": after}
    return {name: value for name, value in known.items() if value is not None}


def _query(one: _Latency, bound: float, step: float) -> str:
    """PromQL for the share of requests over the bound."""
    kept, every = one.histogram.bucket(bound), one.histogram.bucket(math.inf)
    return f"1 - sum(rate({kept}[{width(step)}s])) / sum(rate({every}[{width(step)}s]))"
