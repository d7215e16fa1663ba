"""Makes samples as Prometheus would have taken them, as OpenMetrics text or as the documents of its answers."""

import itertools
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from types import MappingProxyType
from urllib.parse import urlencode

from msgspec import Struct

from collector.event import Event
from collector.secrets import Scrubber
from collector.source import Document, Gap
from collector.window import Window
from sources.prometheus import PrometheusSettings, PrometheusSource, RatioSettings

WINDOW = Window(datetime(2026, 4, 1, 14, 0, tzinfo=UTC), datetime(2026, 4, 1, 14, 30, tzinfo=UTC))
FIRST, LAST = WINDOW.start.timestamp() - 3600, WINDOW.end.timestamp() + 900
"""Of what is asked for that window."""
SCRAPE = 15.0
QUERIES = {"alerts": "ALERTS", "alerts_for_state": "ALERTS_FOR_STATE"}


class Sampled(Struct, frozen=True):
    """One series."""

    name: str
    labels: dict[str, str]
    samples: list[tuple[float, float]]


def at(clock: str) -> float:
    """Unix seconds of a time of day in UTC on the day of the window."""
    return datetime.fromisoformat(f"2026-04-01T{clock}+00:00").timestamp()


def utc(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def steps(begin: float, end: float, every: float = SCRAPE) -> list[float]:
    """Times from `begin` up to `end`, both included."""
    return [begin + every * number for number in range(int((end - begin) // every) + 1)]


def up() -> Sampled:
    """A target that is scraped all the time."""
    return Sampled("up", {"job": "node", "instance": "n:9100"}, [(time, 1) for time in steps(FIRST - 600, LAST)])


def counter(
    labels: dict[str, str], times: Sequence[float], counted: Callable[[float], float], before: float = 0
) -> Sampled:
    """A counter of requests that counts `counted(time)` from each scrape to the one at `time`, after `before`."""
    value, samples = before, []
    for time in times:
        value += counted(time)
        samples.append((time, value))
    return Sampled("http_requests_total", {"job": "web", **labels}, samples)


def alert(name: str, state: str, times: Iterable[float], since: float, **labels: str) -> list[Sampled]:
    """ALERTS and ALERTS_FOR_STATE of evaluations of a rule."""
    times = list(times)
    labels = {"alertname": name, **labels}
    return [
        Sampled("ALERTS", {**labels, "alertstate": state}, [(time, 1) for time in times]),
        Sampled("ALERTS_FOR_STATE", labels, [(time, int(since)) for time in times]),
    ]


def openmetrics(series: Iterable[Sampled]) -> str:
    """Text for `promtool tsdb create-blocks-from openmetrics`."""
    lines = []
    for one in sorted(series, key=lambda one: (one.name, sorted(one.labels.items()))):
        inside = ",".join(f'{name}="{value}"' for name, value in sorted(one.labels.items()))
        lines += [f"{one.name}{{{inside}}} {value} {time:.3f}" for time, value in one.samples]
    return "\n".join([*lines, "# EOF", ""])


def documents(
    series: Iterable[Sampled], seams: Sequence[float] = (), only: Mapping[str, str] = MappingProxyType({})
) -> list[Document]:
    """What `fetch` gives for `series`, every question in pages cut at `seams`, as Prometheus 2 does: with both ends.

    Counters are asked for with the labels `only`.
    """
    series = list(series)
    names = sorted({one.name for one in series})
    found = [document("names", f"http://prom/api/v1/label/__name__/values?start={FIRST:.0f}&end={LAST:.0f}", names)]
    edges = [FIRST, *sorted(seams), LAST]
    for name in sorted({*names, "ALERTS", "ALERTS_FOR_STATE"}):
        if name == "up":
            times = sorted(
                {time for one in series if one.name == name for time, _ in one.samples if FIRST <= time <= LAST}
            )
            items = [{"metric": {}, "values": [[time, str(time)] for time in times]}]
            query = {"query": "max(timestamp(up))", "start": FIRST, "end": LAST, "step": 60}
            found.append(answer("alive", "query_range", query, items))
            continue
        asked = name
        call = {query: call for call, query in QUERIES.items()}.get(name, "counters")
        if call == "counters":
            asked = name + ("{" + ",".join(f'{key}="{value}"' for key, value in only.items()) + "}" if only else "")
            query = {"query": f"count(count_over_time({asked}[{LAST - FIRST:.0f}s]))", "time": LAST}
            found.append(answer("series", "query", query, [{"metric": {}, "value": [LAST, str(len(series))]}]))
        for begin, end in itertools.pairwise(edges):
            pieces = [
                (one, [[t, str(v)] for t, v in one.samples if begin <= t <= end])
                for one in series
                if one.name == name and (call != "counters" or only.items() <= one.labels.items())
            ]
            items = [{"metric": {"__name__": name, **one.labels}, "values": values} for one, values in pieces if values]
            found.append(answer(call, "query", {"query": f"{asked}[{end - begin:.0f}s]", "time": end}, items))
    return found


def answer(call: str, path: str, query: dict[str, object], items: object) -> Document:
    """One answer to a query."""
    data = {"resultType": "matrix", "result": items}
    return document(call, f"http://prom/api/v1/{path}?{urlencode(query)}", data)


def document(call: str, url: str, data: object, **more: object) -> Document:
    body = {"status": "success", "data": data, **more}
    return Document(call, f"GET {url}", utc(LAST + 60), json.dumps(body))


def source(*ratios: RatioSettings, url: str = "http://prom", **settings: object) -> PrometheusSource:
    made = PrometheusSettings.model_validate({"url": url, "ratios": list(ratios), **settings})
    return PrometheusSource("prom", made, Scrubber(), sleep=lambda seconds: None)


def read(given: Iterable[Document], *ratios: RatioSettings, **settings: object) -> tuple[list[Event], list[Gap]]:
    """Events and Gaps."""
    every = list(source(*ratios, **settings).read(given, WINDOW))
    return [one for one in every if isinstance(one, Event)], [one for one in every if isinstance(one, Gap)]
