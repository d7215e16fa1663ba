"""Error ratios that a query computes: there are no counts, and every value looks back over the range of the query.

After a change, the value moves from the old level to the new one over the length of that range, so its position
between the two shows how long ago the change was.
"""

from collections.abc import Iterator

import numpy as np
from msgspec import Struct

from collector.event import Event, Subject
from collector.source import Gap
from collector.window import Window
from sources.prometheus.bursts import Limits, episodes
from sources.prometheus.changes import Change
from sources.prometheus.evidence import Evidence
from sources.prometheus.measure_facts import RaisedRatio, errors_fell, errors_rose
from sources.prometheus.plot import sampled_plot
from sources.prometheus.settings import PrometheusSettings, RatioSettings, window_of
from sources.promql.answers import Answers
from sources.promql.series import Extent, Series
from sources.promql.sorted_numbers import median

_FAR = 5.0
"""A ratio is raised if it is this many times as far from normal as it usually is (the median distance, MAD)."""
_LEAST_SAMPLES = 2
_FEW = 0.05
"""Share of the samples that may be outside 0 to 1, as extrapolated rates and broken samples may be."""
_AFTER = 20
"""Number of samples after a fall; their median is the ratio after it."""


class _Raised(Struct, frozen=True):
    """One episode of a raised ratio."""

    first: int
    """Index of the first raised sample."""
    end: int
    """Index of the first sample after it that is near normal; the number of samples if there is none."""
    normal: float
    level: float
    after: float
    """After the fall; without a fall, at the end."""
    bursts: int
    """How often the ratio rose in that time."""


def ratio_query_events(
    answers: Answers, extent: Extent, window: Window, source: str, settings: PrometheusSettings
) -> Iterator[Event | Gap]:
    """Errors risen and fallen of every service with a `ratio_query`.

    Numbers: `before` and `after` (ratios), `window` (seconds that each value looks back), `bursts` if it rose more
    than once; rises also `peak`, `peak_at` and, if it does not fall, `last`. The change may precede the samples by up
    to that window, which the interval of the events covers.
    """
    for ratio in settings.ratios:
        if not ratio.ratio_query:
            continue
        found = answers.series("ratio", ratio.ratio_query)
        if len(found) != 1 or not len(found[0].times):
            many = f"{len(found)} series instead of one" if len(found) > 1 else "no samples"
            hint = "sum everything up in it" if len(found) > 1 else "does it select anything?"
            yield Gap(f"ratio_query of {ratio.service}: {many}", hint)
            continue
        series, wrong = _proper(found[0])
        if wrong > _FEW * len(found[0].times):
            yield Gap(f"ratio_query of {ratio.service}: is no ratio from 0 to 1", "does it give percent?")
            continue
        if wrong:
            yield Gap(f"ratio_query of {ratio.service}: {wrong} samples that are no ratio were left out")
        lag = window_of(ratio.ratio_query)
        for index, one in enumerate(_raised(series, window.start.timestamp(), settings.least_error_ratio, lag)):
            yield from _events(ratio, series, one, index, extent, source)


def _proper(series: Series) -> tuple[Series, int]:
    """The samples from 0 to 1, and the number of others."""
    good = (series.values >= 0) & (series.values <= 1)
    return Series(series.labels, series.times[good], series.values[good]), int(np.sum(~good))


def _raised(series: Series, start: float, least: float, lag: float) -> Iterator[_Raised]:
    times, values = series.times, series.values
    outside = [part for part in (values[times < start], values[-len(values) // 10 :], values) if len(part)]
    normal = min(median(part) for part in outside)
    low = normal + max(least / 2, normal / 2)
    calm = values[values <= low]
    high = max(least, low, normal + _FAR * median(np.abs(calm - normal))) if len(calm) else max(least, low)

    def enough(index: int) -> bool:
        following = values[index : index + _LEAST_SAMPLES]
        return len(following) == _LEAST_SAMPLES and bool(np.all(following >= high))

    for episode in episodes(values.tolist(), times, Limits(normal, low, high), enough):
        during = np.concatenate([values[burst.first : burst.end] for burst in episode.bursts])
        # For this long after the fall, the values still include the time before it.
        later = values[(times >= times[min(episode.end, len(times) - 1)] + lag)]
        after = median(later[:_AFTER]) if episode.end < len(values) and len(later) else float(values[-1])
        yield _Raised(episode.first, episode.end, normal, median(during), after, len(episode.bursts))


def _change(series: Series, index: int, before: float, after: float, lag: float) -> Change:
    """The change behind the value at `index`, which may show only a part of it."""
    seen, last = float(series.times[index]), float(series.times[index - 1])
    shown = (float(series.values[index]) - before) / (after - before) if after != before else 1.0
    return Change(last - lag, min(seen, max(last - lag, seen - lag * min(1.0, max(0.0, shown)))), seen, index)


def _events(
    settings: RatioSettings, series: Series, one: _Raised, index: int, extent: Extent, source: str
) -> Iterator[Event]:
    lag = window_of(settings.ratio_query)
    begin, end = float(series.times[one.first]), float(series.times[one.end - 1])
    drawn = sampled_plot(series.times, series.values, begin, end)
    subject = Subject(service=settings.service)
    evidence = Evidence(source, extent, subject, settings.name, "ratio", index, settings.ratio_query, drawn)
    inside = slice(one.first, one.end)
    falls = one.end < len(series.times)
    ratio = RaisedRatio(
        subject=subject,
        measure=settings.name,
        before=one.normal,
        rose_to=one.level,
        fell_from=one.level,
        after=one.after,
        peak=float(series.values[inside].max()),
        peak_at=float(series.times[one.first + series.values[inside].argmax()]),
        times=one.bursts,
        scale=f"from a query that looks back {lag:g} s, so that times are as exact as that",
        since=None if one.first else float(series.times[0]),
        until=None if falls else float(series.times[-1]),
    )
    numbers = {"window": lag} | ({"bursts": float(one.bursts)} if one.bursts > 1 else {})
    if one.first:
        rise = _change(series, one.first, one.normal, one.level, lag)
        levels = {"before": one.normal, "after": one.level, "peak": ratio.peak, "peak_at": ratio.peak_at}
        levels |= {} if falls else {"last": one.after}
        yield evidence.event(errors_rose(ratio), rise, levels | numbers)
    if falls:
        fall = _change(series, one.end, one.level, one.after, lag)
        levels = {"before": one.level, "after": one.after} | ({} if ratio.since is None else {"since": ratio.since})
        yield evidence.event(errors_fell(ratio), fall, levels | numbers)
