"""The event of a surge of requests that came some time before errors, slow requests, or an alert."""

from collections.abc import Iterator, Sequence

import numpy as np
from msgspec.structs import replace

from collector.event import Event
from sources.prometheus.changes import Change
from sources.prometheus.deltas import Bins
from sources.prometheus.episode_facts import load_numbers
from sources.prometheus.evidence import Evidence, width
from sources.prometheus.measure_facts import TRAFFIC, traffic_rose
from sources.prometheus.plot import plot
from sources.prometheus.surges import Surge, is_sudden, surge

_ALERT_AFTER = 1200.0
"""Maximum seconds from a surge to the time at which an alert became active."""
_ALERT_LASTS = 300.0
"""Seconds after an alert fired in which requests still count as part of the surge."""
_LEAST_REQUESTS = 100.0
"""Minimum requests while the alert became active; fewer come in bursts by chance."""
_LEAD = 120.0
"""Minimum seconds from a surge to the rise for the surge to have an event of its own."""


def surge_event(more: Surge | None, rise: Change, of: Evidence, total: str, bins: Bins) -> Iterator[Event]:
    """The event of a surge; none if it came with the rise.

    `of` is the evidence of the rise, `total` selects the counters of all requests.

    Numbers: `load_before` and `load` (requests per second), and `surge`, which is 1.
    """
    if more is not None and more.change.at <= rise.at - _LEAD:
        yield _event(more, rise.at, of, total, bins)


def surge_before_alert(alerts: Sequence[Event], of: Evidence, total: str, bins: Bins) -> Iterator[Event]:
    """The event of a surge before the first of these alerts of the service that a surge may explain.

    For services without errors or slow requests; `of` is the evidence, as in `surge_event`.
    """
    for alert in sorted(alerts, key=lambda one: (one.at, one.native_id)):
        fired = alert.at.timestamp()
        active = alert.numbers.get("since", fired)
        first, end = np.searchsorted(bins.end, (active, fired + _ALERT_LASTS)).tolist()
        if first == 0 or end <= first or bins.requests[first:end].sum() < _LEAST_REQUESTS:
            continue
        more = surge(first, end, bins)
        if more is not None and active - _ALERT_AFTER <= more.change.at <= fired and is_sudden(more, bins):
            yield _event(more, fired, of, total, bins)
            return


def _event(more: Surge, until: float, of: Evidence, total: str, bins: Bins) -> Event:
    shown = replace(
        of,
        measure=TRAFFIC,
        metric=f"{of.metric} surge",
        query=f"sum(rate({total}[{width(bins.step)}s]))",
        plot=plot(bins, more.change.at, until, bins.requests, bins.seconds),
    )
    rose = traffic_rose(of.subject, more.before, more.level, step=bins.step)
    return shown.event(rose, more.change, load_numbers(more) | {"surge": 1.0})
