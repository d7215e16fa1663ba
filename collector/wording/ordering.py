"""The order of rows: an effect is not printed before its possible cause where nobody knows which came first."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from collector.event import Kind
from collector.row import Row

_CAUSES = frozenset(
    {Kind.DEPLOY_STARTED, Kind.ROLLOUT_STARTED, Kind.ROLLBACK_STARTED, Kind.CONFIG_CHANGED, Kind.SCALED}
    | {Kind.WORKLOAD_DELETED, Kind.NODE_NOT_READY, Kind.NODE_DRAINED}
)
_EFFECTS = frozenset(
    {Kind.ERRORS_ROSE, Kind.LATENCY_ROSE, Kind.TRAFFIC_FELL, Kind.POD_CRASHED}
    | {Kind.POD_EVICTED, Kind.POD_UNREADY, Kind.POD_OOM_KILLED, Kind.ALERT_FIRING}
)
"""Not what lasts, as a crash loop: its interval is how long it did, and not how well its beginning is known."""


def after_causes(rows: Sequence[Row]) -> list[Row]:
    """The rows, those of effects with a time that is not before a cause of the same service in their interval."""
    causes: dict[str, list[datetime]] = {}
    for row in rows:
        if row.kind in _CAUSES:
            causes.setdefault(row.service, []).append(row.at)
    return [_after(row, causes.get(row.service, ())) if row.kind in _EFFECTS else row for row in rows]


def _after(row: Row, causes: Sequence[datetime]) -> Row:
    latest = row.latest or row.at
    after = [at for at in causes if row.at < at <= latest]
    return replace(row, at=min(after)) if after and row.service else row
