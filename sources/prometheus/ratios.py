"""Error and traffic events of each service."""

from collections.abc import Iterator, Sequence

import numpy as np

from collector.event import Event, Subject
from collector.source import Gap
from collector.window import Window
from sources.prometheus.deltas import Bins, binned, scrapes
from sources.prometheus.episode_facts import burst_numbers, fall_numbers, level_numbers, raised_ratio, rise_numbers
from sources.prometheus.episodes import Raised, Rules, raised, used
from sources.prometheus.evidence import Evidence, width
from sources.prometheus.measure_facts import (
    TRAFFIC,
    ChangedRatio,
    errors_fell,
    errors_rose,
    traffic_fell,
    traffic_rose,
)
from sources.prometheus.plot import plot
from sources.prometheus.services import Requests, requests
from sources.prometheus.settings import PrometheusSettings
from sources.prometheus.surge_events import surge_before_alert, surge_event
from sources.prometheus.surges import surge
from sources.prometheus.traffic import Collapse, collapses
from sources.promql.answers import Answers
from sources.promql.series import Extent, clock

_LOST = 4
"""Minimum bins without a sample for a Gap."""
_ALWAYS = 0.05
"""A ratio at least this high over all data is a Gap."""


def request_events(
    answers: Answers,
    extent: Extent,
    window: Window,
    source: str,
    settings: PrometheusSettings,
    alerts: Sequence[Event] = (),
) -> Iterator[Event | Gap]:
    """Errors risen and fallen, traffic collapsed and recovered, of every service; a Gap where samples are missing.

    Numbers of ERRORS_*: `before` and `after` (ratios; the raised one is the level of most of its errors, or its first
    or last level if there are several), `errors` and `requests` (from the rise to the fall); with few requests `low`
    and `high` (confidence interval of the raised ratio); `bursts` if the ratio rose more than once in that time: the
    events are then the first rise and the last fall. Rises also have `peak` and `peak_at` (Unix seconds), `last` (the
    ratio at the end of the data) if it does not fall, and `load_before` and `load` (requests per second) if requests
    surged. Falls also have `since`, the Unix second of the first data, if it was already raised then. Changes between
    two raised levels have only `before`, `after` and `change` (1, 2, ...). A TRAFFIC_ROSE with `surge` precedes the
    rise if the requests increased some time before it, or an alert of a service without errors; `alerts` are those that
    fired.

    Numbers of TRAFFIC_*: `before` and `after` (requests per second), `requests` (while it was low). Falls also have
    `lowest` (requests per second over a minute) and `lowest_at`.
    """
    missing: list[str] = []
    always: list[str] = []
    for one in requests(answers, settings):
        if isinstance(one, Gap):
            yield one
            continue
        scraped = scrapes(one.counters, extent.start)
        if broken := sum(each.impossible for each in scraped):
            what = f"{one.metric} of {one.subject.service}: {broken} samples"
            yield Gap(f"{what} rise faster than requests can come, and were left out", "is the counter broken?")
        bins = binned(scraped, extent.start)
        if bins is None:
            continue
        missing += [f"{one.metric} of {one.subject.service} {hole}" for hole in _holes(bins, extent, window)]
        counted = used(bins)
        episodes = [one for one in raised(counted, _rules(settings)) if _changes(one, window)]
        for index, episode in enumerate(episodes):
            yield from _errors(one, episode, counted, index, extent, source)
        if not episodes:
            always += _throughout(one, counted)
            ours = [alert for alert in alerts if _is_of(alert.subject, one.subject)]
            evidence = Evidence(source, extent, one.subject, one.title, one.metric, 0, "", ())
            yield from surge_before_alert(ours, evidence, one.total, counted)
        for index, collapse in enumerate(collapses(bins)):
            yield from _traffic(one, collapse, bins, index, extent, source)
    yield from _gap("no samples of ", missing, "not scraped then, or not running")
    yield from _gap("whether this is usual is not known, as it does not change: ", always, "look further back")


def _is_of(alert: Subject, service: Subject) -> bool:
    """Whether an alert is about this service. A namespace or cluster that it lacks matches any."""
    same = (
        not alert.namespace or alert.namespace == service.namespace,
        not alert.cluster or alert.cluster == service.cluster,
    )
    return bool(alert.service) and alert.service == service.service and all(same)


def _rules(settings: PrometheusSettings) -> Rules:
    return Rules(settings.least_error_ratio, settings.least_error_ratio / 2, settings.least_error_ratio)


def _changes(episode: Raised, window: Window) -> bool:
    """Whether a rise was seen, or a fall inside the window; a fall after a window raised throughout does not count."""
    if episode.rise is None and episode.fall is not None:
        return episode.fall.at < window.end.timestamp()
    return episode.rise is not None


def _throughout(one: Requests, bins: Bins) -> Iterator[str]:
    errors, total = float(bins.errors.sum()), float(bins.requests.sum())
    if errors >= _ALWAYS * total > 0:
        counts = f"{errors:,.0f} of {total:,.0f} requests, {clock(bins.begin[0])}-{clock(bins.end[-1])} UTC"
        yield f"{one.title} of {one.subject.service} {errors / total:.1%} ({counts})"


def _gap(what: str, many: list[str], hint: str) -> Iterator[Gap]:
    if many:
        more = f" and {len(many) - 5} more" if len(many) > 5 else ""
        yield Gap(f"{what}{'; '.join(many[:5])}{more}", hint)


def _holes(bins: Bins, extent: Extent, window: Window) -> Iterator[str]:
    """Times within the window without samples."""
    inside = (bins.begin >= window.start.timestamp()) & (bins.end <= min(extent.end, window.end.timestamp()))
    first = int(np.argmax(bins.seconds > 0))
    missing = np.concatenate(([False], (bins.seconds <= 0) & inside & (np.arange(len(inside)) > first), [False]))
    edges = np.flatnonzero(np.diff(missing.astype(int)))
    for begin, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        if end - begin >= _LOST:
            yield f"{clock(bins.begin[begin])}-{clock(bins.end[end - 1])} UTC"


def _errors(one: Requests, episode: Raised, bins: Bins, index: int, extent: Extent, source: str) -> Iterator[Event]:
    window = width(bins.step)
    query = f"sum(rate({one.errors}[{window}s])) / sum(rate({one.total}[{window}s]))"
    drawn = plot(bins, bins.begin[episode.first], bins.end[episode.end - 1], bins.errors, bins.requests)
    evidence = Evidence(source, extent, one.subject, one.title, one.metric, index, query, drawn)
    counts: dict[str, float] = {"errors": round(episode.errors), "requests": round(episode.requests)}
    scale = f"{counts['errors']:,} of {counts['requests']:,} requests; resolution {bins.step:g} s"
    if episode.likely:
        low, high = episode.likely
        counts |= {"low": low, "high": high}
        scale += f"; so few that it may be anything from {low:.0%} to {high:.0%}"
    counts |= burst_numbers(episode)
    ratio = raised_ratio(one.subject, one.title, episode, scale, bins)
    if (rise := episode.rise) is not None:
        more = surge(episode.first, episode.end, bins)
        yield from surge_event(more, rise, evidence, one.total, bins)
        yield evidence.event(errors_rose(ratio), rise, rise_numbers(episode, more) | counts)
    for place, each in enumerate(episode.changes, start=1):
        worded = errors_rose if each.after > each.before else errors_fell
        fact = worded(ChangedRatio(one.subject, one.title, each.before, each.after))
        yield evidence.event(fact, each.change, level_numbers(each, place), place)
    if (fall := episode.fall) is not None:
        yield evidence.event(errors_fell(ratio), fall, fall_numbers(episode, bins) | counts)


def _traffic(one: Requests, collapse: Collapse, bins: Bins, index: int, extent: Extent, source: str) -> Iterator[Event]:
    end = collapse.rise.at if collapse.rise else float(bins.end[-1])
    drawn = plot(bins, collapse.fall.at, end, bins.requests, bins.seconds)
    query = f"sum(rate({one.total}[{width(bins.step)}s]))"
    evidence = Evidence(source, extent, one.subject, TRAFFIC, one.metric, index, query, drawn)
    numbers = {
        "before": collapse.before,
        "after": collapse.level,
        "lowest": collapse.lowest,
        "lowest_at": collapse.lowest_at,
        "requests": round(collapse.requests),
    }
    fell = traffic_fell(
        one.subject,
        collapse.before,
        collapse.level,
        lowest=collapse.lowest,
        lowest_at=collapse.lowest_at,
        step=bins.step,
        until=None if collapse.rise else float(bins.end[-1]),
    )
    yield evidence.event(fell, collapse.fall, numbers)
    if (rise := collapse.rise) is not None:
        numbers = {"before": collapse.level, "after": collapse.after, "requests": round(collapse.requests)}
        rose = traffic_rose(one.subject, collapse.level, collapse.after, step=bins.step)
        yield evidence.event(rose, rise, numbers)
