"""The event of a surge of requests that came some time before errors or slow requests."""

from collections.abc import Iterator

from msgspec.structs import replace

from collector.event import Event
from sources.prometheus.changes import Change
from sources.prometheus.deltas import Bins
from sources.prometheus.episode_facts import load_numbers
from sources.prometheus.evidence import Evidence, width
from sources.prometheus.measure_facts import TRAFFIC, traffic_rose
from sources.prometheus.plot import plot
from sources.prometheus.surges import Surge

_LEAD = 120.0
"""Minimum seconds from a surge to the rise for the surge to have an event of its own."""


def surge_event(more: Surge | None, rise: Change, of: Evidence, total: str, bins: Bins) -> Iterator[Event]:
    """The event of a surge; none if it came with the rise.

    `of` is the evidence of the rise, `total` selects the counters of all requests.

    Numbers: `load_before` and `load` (requests per second), and `surge`, which is 1.
    """
    if more is None or more.change.at > rise.at - _LEAD:
        return
    shown = replace(
        of,
        measure=TRAFFIC,
        metric=f"{of.metric} surge",
        query=f"sum(rate({total}[{width(bins.step)}s]))",
        plot=plot(bins, more.change.at, rise.at, bins.requests, bins.seconds),
    )
    rose = traffic_rose(of.subject, more.before, more.level, step=bins.step)
    yield shown.event(rose, more.change, load_numbers(more) | {"surge": 1.0})
