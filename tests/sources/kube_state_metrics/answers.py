"""The documents that `fetch` would give for some series, without a server."""

import itertools
import json
from collections.abc import Iterable, Sequence
from urllib.parse import urlencode

from collector.event import Event
from collector.secrets import Scrubber
from collector.source import Document, Gap
from sources.kube_state_metrics import KubeStateMetricsSettings, KubeStateMetricsSource
from sources.kube_state_metrics.metrics import METRICS
from tests.collector.build import WINDOW
from tests.sources.prometheus.samples import FIRST, LAST, Sampled, utc

BASE = "http://prom/api/v1"


def documents(series: Iterable[Sampled], seams: Sequence[int] = ()) -> list[Document]:
    """Raw samples in pages cut at `seams`, both ends in each, as Prometheus 2 gives them."""
    series = list(series)
    existing = {one.name for one in series}
    names = f"{BASE}/label/__name__/values?{urlencode({'start': int(FIRST), 'end': int(LAST)})}"
    found = [_document("names", names, sorted(existing))]
    for metric in METRICS:
        ours = [one for one in series if one.name == metric.name]
        selector = metric.selector(None, "namespace")
        if metric.once:
            query = f"last_over_time({selector}[{LAST - FIRST:.0f}s])"
            last = [(one, [one.samples[-1]]) for one in ours]
            found.append(_matrix("facts", "query_range", {"query": query, "start": LAST, "end": LAST}, last, LAST))
            continue
        for begin, end in itertools.pairwise([FIRST, *sorted(seams), LAST]):
            page = [(one, [sample for sample in one.samples if begin <= sample[0] <= end]) for one in ours]
            query = f"{selector}[{end - begin:.0f}s]"
            found.append(_matrix("samples", "query", {"query": query, "time": end}, page))
    return found


def ksm(url: str = "http://prom", **settings: object) -> KubeStateMetricsSource:
    made = KubeStateMetricsSettings.model_validate({"url": url, "cluster": "prod", **settings})
    return KubeStateMetricsSource("ksm", made, Scrubber(), sleep=lambda seconds: None)


def read(series: Iterable[Sampled], seams: Sequence[int] = ()) -> tuple[list[Event], list[Gap]]:
    every = list(ksm().read(documents(series, seams), WINDOW))
    return [one for one in every if isinstance(one, Event)], [one for one in every if isinstance(one, Gap)]


def _matrix(
    call: str,
    path: str,
    query: dict[str, object],
    found: Iterable[tuple[Sampled, list[tuple[float, float]]]],
    at: float | None = None,
) -> Document:
    items = [
        {
            "metric": {"__name__": one.name, **one.labels},
            "values": [[at or time, str(value)] for time, value in samples],
        }
        for one, samples in found
        if samples
    ]
    return _document(call, f"{BASE}/{path}?{urlencode(query)}", {"resultType": "matrix", "result": items})


def _document(call: str, url: str, data: object) -> Document:
    return Document(call, f"GET {url}", utc(LAST + 60), json.dumps({"status": "success", "data": data}))
