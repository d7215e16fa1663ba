"""The counters of one service whose requests fail at times, and what is found in them."""

from collector.event import Event
from tests.sources.prometheus.samples import FIRST, LAST, Sampled, at, counter, documents, read, steps, up

Levels = list[tuple[str, str, float]]
"""From when to when (times of day) which share of the requests fails; none fails at other times."""


def orders(levels: Levels, every: float = 60, phase: float = 20, rate: float = 10, usual: float = 0.0) -> list[Sampled]:
    """The counters of one target that is scraped `every` so many seconds, as exact as if requests were a fluid."""
    times = steps(FIRST + phase, LAST, every)
    spans = [(at(begin), at(end), share - usual) for begin, end, share in levels]
    failed = {
        time: rate
        * (usual * every + sum(max(0.0, min(time, e) - max(time - every, b)) * share for b, e, share in spans))
        for time in times
    }
    labels = {"service": "orders", "namespace": "shop", "instance": "a"}
    bad = counter({**labels, "code": "503"}, times, failed.__getitem__)
    good = counter({**labels, "code": "200"}, times, lambda time: rate * every - failed[time], 1000)
    return [good, Sampled(bad.name, bad.labels, [sample for sample in bad.samples if sample[1] > 0])]


def found(series: list[Sampled]) -> list[Event]:
    events, gaps = read(documents([*series, up()]))
    assert gaps == []
    return events
