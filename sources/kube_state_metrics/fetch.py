"""The Prometheus queries about kube-state-metrics, their order and their pages."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from collector.source import BadAnswer, Document, Gap
from collector.window import Window
from sources.kube_state_metrics.metrics import METRICS, Metric
from sources.kube_state_metrics.relevant_objects import relevant_samples
from sources.kube_state_metrics.settings import KubeStateMetricsSettings
from sources.promql.limits import LEAD, LONGEST_COUNTED, MOST_SERIES, TAIL, how_many, too_long

if TYPE_CHECKING:
    # `read` uses this module, but no client.
    from sources.promql.client import Client

_PAGE = 30 * 60
_STEP = 60


def fetch(client: "Client", settings: KubeStateMetricsSettings, window: Window) -> Iterator[Document | Gap]:
    """Yield which of the metrics exist, and for each of them how many series it has, and its samples.

    These are all samples, or the last of each series if its value does not change, or those of the objects that matter.
    A metric with more than MOST_SERIES series is not read; a query that fails with BadAnswer becomes a Gap.
    """
    if too_long(window):
        hours = LONGEST_COUNTED.total_seconds() / 3600
        yield Gap(f"not read for more than {hours:g} hours at once", "ask for a shorter window")
        return
    wide = window.widened(lead=LEAD, tail=TAIL)
    start, end = int(wide.start.timestamp()), int(wide.end.timestamp())
    document, names = client.names("|".join(metric.name for metric in METRICS), start, end)
    yield document
    existing = [metric for metric in METRICS if metric.name in names]
    label = "namespace"
    if settings.namespaces is not None and existing:
        # With honor_labels off, `namespace` is the namespace of kube-state-metrics itself.
        probe = f'{existing[0].name}{{exported_namespace!=""}}'
        document, result = client.at("series", f"count(count_over_time({probe}[{end - start}s]))", end)
        yield document
        label = "exported_namespace" if how_many(result) else label
    for metric in existing:
        selector = metric.selector(settings.namespaces, label)
        begin = int((window.start - metric.lead).timestamp())
        try:
            if metric.of:
                yield from relevant_samples(client, metric, settings.namespaces, label, begin, end)
            else:
                yield from _samples(client, metric, selector, begin, end)
        except BadAnswer as error:
            yield Gap(error.reason, error.hint)


def _samples(client: "Client", metric: Metric, selector: str, start: int, end: int) -> Iterator[Document]:
    since = f" >= {start}" if metric.since else ""
    over = "last" if metric.since else "count"
    document, result = client.at("series", f"count({over}_over_time({selector}[{end - start}s]){since})", end)
    yield document
    if not 0 < how_many(result) <= MOST_SERIES:
        return
    if metric.once:
        # A multiple of the step, since VictoriaMetrics and Mimir would align it.
        last = end // _STEP * _STEP
        yield client.over("facts", f"last_over_time({selector}[{last - start}s]){since}", last, last, _STEP)
        return
    for begin in range(start, end, _PAGE):
        yield client.raw("samples", selector, begin, min(begin + _PAGE, end))
