"""Error ratios that a query gives ready-made: no counts, and every value looks back over the range of the query.

After a change the value moves from the old level to the new one in the course of that range, so that where it stands
tells how long ago the change was.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from collector.event import Event, Kind, Subject
from collector.source import Gap
from collector.window import Window
from sources.prometheus.answers import Answers
from sources.prometheus.changes import Change
from sources.prometheus.evidence import Evidence
from sources.prometheus.plot import sampled_plot
from sources.prometheus.series import Extent, Series, clock
from sources.prometheus.settings import PrometheusSettings, RatioSettings, window_of

_FAR = 5.0
"""So many times as far from normal as it usually is (the median, MAD) is raised."""
_LEAST_SAMPLES = 2


@dataclass(frozen=True, slots=True)
class _Raised:
    """Indexes of the first raised sample, and of the first normal one after it; `end` is beyond the last if none is."""

    first: int
    end: int
    normal: float
    level: float


def sampled_events(
    answers: Answers, extent: Extent, window: Window, source: str, settings: PrometheusSettings
) -> Iterator[Event | Gap]:
    """Errors risen and fallen of every service with a `ratio_query`.

    Numbers: `before` and `after` (ratios), `window` (seconds that each value looks back); rises also `peak` and
    `peak_at`. The truth may lie earlier than the samples by that window, and the interval of the events says so.
    """
    for ratio in settings.ratios:
        if not ratio.ratio_query:
            continue
        found = answers.series("ratio", ratio.ratio_query)
        if len(found) != 1 or not len(found[0].times):
            many = f"{len(found)} series instead of one" if len(found) > 1 else "no samples"
            hint = "sum everything up in it" if len(found) > 1 else "does it select anything?"
            yield Gap(f"ratio_query of {ratio.service}: {many}", hint)
        elif found[0].values.max() > 1 or found[0].values.min() < 0:
            yield Gap(f"ratio_query of {ratio.service}: is no ratio from 0 to 1", "does it give percent?")
        else:
            for index, one in enumerate(_raised(found[0], window.start.timestamp(), settings.least_error_ratio)):
                yield from _events(ratio, found[0], one, index, extent, source)


def _raised(series: Series, start: float, least: float) -> Iterator[_Raised]:
    values = series.values
    outside = [part for part in (values[series.times < start], values[-len(values) // 10 :]) if len(part)]
    normal = min(float(np.median(part)) for part in outside)
    low = normal + max(least / 2, normal / 2)
    calm = values[values <= low]
    high = max(least, low, normal + _FAR * float(np.median(np.abs(calm - normal)))) if len(calm) else max(least, low)
    since: int | None = None
    for index, value in enumerate(values.tolist()):
        if since is None and value >= high and np.all(values[index : index + _LEAST_SAMPLES] >= high):
            since = index
        elif since is not None and value <= low:
            yield _Raised(since, index, normal, float(np.median(values[since:index])))
            since = None
    if since is not None and len(values) - since >= _LEAST_SAMPLES:
        yield _Raised(since, len(values), normal, float(np.median(values[since:])))


def _change(series: Series, index: int, before: float, after: float, lag: float) -> Change:
    """The change that brought the value at `index`, of which it shows a part."""
    seen, last = float(series.times[index]), float(series.times[index - 1])
    shown = (float(series.values[index]) - before) / (after - before) if after != before else 1.0
    return Change(last - lag, min(seen, max(last - lag, seen - lag * min(1.0, max(0.0, shown)))), seen, index)


def _events(
    ratio: RatioSettings, series: Series, one: _Raised, index: int, extent: Extent, source: str
) -> Iterator[Event]:
    lag = window_of(ratio.ratio_query)
    inside = slice(one.first, one.end)
    begin, end = float(series.times[one.first]), float(series.times[one.end - 1])
    drawn = sampled_plot(series.times, series.values, begin, end)
    subject = Subject(service=ratio.service)
    evidence = Evidence(source, extent, subject, ratio.name, "ratio", index, ratio.ratio_query, drawn)
    scale = f"from a query that looks back {lag:g} s, so that times are as exact as that"
    if one.first:
        peak, at = float(series.values[inside].max()), float(series.times[one.first + series.values[inside].argmax()])
        still = "" if one.end < len(series.times) else f"; still so at {clock(series.times[-1])} UTC"
        rise = _change(series, one.first, one.normal, one.level, lag)
        summary = f"{ratio.name} of {ratio.service} rises from {one.normal:.1%} to {one.level:.1%}"
        numbers = {"before": one.normal, "after": one.level, "peak": peak, "peak_at": at, "window": lag}
        yield evidence.event(
            Kind.ERRORS_ROSE, rise, f"{summary} (peak {peak:.1%} at {clock(at)[:5]} UTC; {scale}){still}", numbers
        )
    if one.end < len(series.times):
        fall = _change(series, one.end, one.level, one.normal, lag)
        first = float(series.times[0])
        before = "" if one.first else f"; it was raised before {clock(first)} UTC already"
        summary = f"{ratio.name} of {ratio.service} falls from {one.level:.1%} to {one.normal:.1%}"
        numbers = {"before": one.level, "after": one.normal, "window": lag} | ({} if one.first else {"since": first})
        yield evidence.event(Kind.ERRORS_FELL, fall, f"{summary} ({scale}){before}", numbers)
