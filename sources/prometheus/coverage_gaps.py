"""Gaps for request counters that were not read or do not exist."""

from collections.abc import Iterator

from collector.source import Gap
from collector.window import Window
from sources.metric_labels import matchers
from sources.prometheus.fetch import natives
from sources.prometheus.metric_names import configured, missing, named_in
from sources.prometheus.metrics import METRICS, selector
from sources.prometheus.settings import PrometheusSettings
from sources.promql.answers import Answers
from sources.promql.limits import LONGEST_COUNTED, MOST_SERIES, too_long


def uncounted(answers: Answers, window: Window, settings: PrometheusSettings) -> Iterator[Gap]:
    """Gaps for counters that were not read or do not exist."""
    if too_long(window):
        hours = LONGEST_COUNTED.total_seconds() / 3600
        yield Gap(f"error ratios: not computed for more than {hours:g} hours at once", "ask for a shorter window")
        return
    for query, count in answers.counts.items():
        if count > MOST_SERIES:
            reason = f"{query}: {count} series, more than the {MOST_SERIES} that are read"
            yield Gap(reason, "name the services that matter in `ratios`")
    for query, dropped in answers.dropped.items():
        if dropped:
            yield Gap(f"{query}: {dropped} samples that are no counts were left out")
    for name in natives(answers.names or []):
        if not any(name in query for query in answers.counts):
            hint = f"name it in `ratios`, where its counts are read: total_query = '{name}'"
            yield Gap(f"{name}: a native histogram, which is not looked through by itself", hint)
    if answers.names is not None:
        yield from missing(settings, answers.names, answers.looked_for, answers.candidates)
    yield from _unselected(answers, settings)
    yield from _unreported(answers)
    if answers.names and not answers.counts and not (settings.ratios or settings.latencies):
        looked_for = ", ".join(metric.name for metric in METRICS)
        yield Gap(
            f"error ratios: none of the usual request counters exists here: {looked_for}", "name yours in `ratios`"
        )


def _unselected(answers: Answers, settings: PrometheusSettings) -> Iterator[Gap]:
    """Configured counters that exist but select no series. Error counters are exempt: there may be no errors yet."""
    absent = (set(configured(settings)) & answers.looked_for) - set(answers.names or ())
    queries = {"ratios": [(one.service, one.total_query) for one in settings.ratios if one.total_query]}
    queries["latencies"] = [(one.service, one.buckets_query) for one in settings.latencies]
    for key, many in queries.items():
        empty = [
            service for service, query in many if not answers.counts.get(query, 1) and not named_in(query) & absent
        ]
        if empty:
            which = "total_query" if key == "ratios" else "buckets_query"
            yield Gap(f"{key}: no samples for {', '.join(empty)}", f"does {which} select anything?")


def _unreported(answers: Answers) -> Iterator[Gap]:
    """Metrics that exist, but without any of the labels that identify their reporters."""
    for metric in METRICS:
        asked = [side for side in metric.sides if selector(metric.name, side) in answers.counts]
        if metric.name not in (answers.names or []) or any(answers.counts[selector(metric.name, one)] for one in asked):
            continue
        wanted = " or ".join(matchers(side.only) for side in asked if side.only)
        if wanted:
            yield Gap(f"{metric.name}: exists, but has no series with {wanted}", "name yours in `ratios`")
