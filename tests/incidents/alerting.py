"""Alerts: their rules, and the series that Prometheus writes of them."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

import yaml
from msgspec import Struct, field

from tests.incidents.traffic import gauge
from tests.incidents.world import World

_SLOT = 0.731
"""Rules are evaluated this far after each multiple of the interval."""


class Alert(Struct, frozen=True):
    """One alert with one set of labels, and when it was active."""

    name: str
    labels: dict[str, str]
    expression: str
    times: Sequence[tuple[str, str, str]]
    """(pending, firing, no longer active); an empty `firing` if it never fired, an empty end if it still does."""
    hold: str = "2m"
    severity: str = "critical"
    summary: str = ""
    unseen: Sequence[tuple[datetime, datetime]] = field(default_factory=tuple)
    """When Prometheus was down and evaluated nothing."""

    @property
    def all_labels(self) -> dict[str, str]:
        """With its name and severity."""
        return {"alertname": self.name, "severity": self.severity, **self.labels}


WATCHDOG = Alert("Watchdog", {}, "vector(1)", [("9 days before 10:00", "9 days before 10:00", "")], "0s", "none")
"""The one that always fires, to show that alerting works."""


def error_ratio(threshold: float, window: str = "2m", metric: str = "http_requests_total") -> str:
    """The expression that most people write."""
    by = "sum by (namespace, service)"
    return f'{by} (rate({metric}{{code=~"5.."}}[{window}])) / {by} (rate({metric}[{window}])) > {threshold}'


def rules(alerts: Iterable[Alert]) -> str:
    """The rules file: each rule once, however many alerts come of it."""
    by_name = {alert.name: alert for alert in alerts}
    listed = [
        {
            "alert": alert.name,
            "expr": alert.expression,
            "for": alert.hold,
            "labels": {"severity": alert.severity},
            "annotations": {"summary": alert.summary} if alert.summary else {},
        }
        for alert in by_name.values()
    ]
    return yaml.safe_dump({"groups": [{"name": "services", "interval": "30s", "rules": listed}]}, sort_keys=False)


def series(world: World, alerts: Sequence[Alert], start: datetime, interval: float = 30.0) -> Iterator[str]:
    """ALERTS and ALERTS_FOR_STATE."""
    found, since = [], []
    for alert in alerts:
        for pending, firing, end in alert.times:
            begin = _slot(world.moment(pending), interval)
            fires = _slot(world.moment(firing), interval) if firing else None
            until = world.moment(end) if end else world.end
            at = begin
            while at < until:
                if at >= start and not any(a <= at < b for a, b in alert.unseen):
                    state = "firing" if fires and at >= fires else "pending"
                    found.append(({**alert.all_labels, "alertstate": state}, 1.0, at))
                    since.append((alert.all_labels, int(begin.timestamp()), at))
                at += timedelta(seconds=interval)
    yield from gauge("ALERTS", sorted(found, key=lambda one: (str(one[0]), one[2])))
    yield from gauge("ALERTS_FOR_STATE", sorted(since, key=lambda one: (str(one[0]), one[2])))


def _slot(at: datetime, interval: float) -> datetime:
    seconds = at.timestamp() // interval * interval + _SLOT
    return datetime.fromtimestamp(seconds if seconds >= at.timestamp() else seconds + interval, at.tzinfo)
