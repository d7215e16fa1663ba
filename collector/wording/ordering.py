"""The order of rows: an effect is not printed before its possible cause if it is unknown which came first."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec.structs import replace

from collector.event import CAUSAL_RANK, Kind
from collector.row import Row

_CAUSES = frozenset(
    {Kind.DEPLOY_STARTED, Kind.ROLLOUT_STARTED, Kind.ROLLBACK_STARTED, Kind.CONFIG_CHANGED, Kind.SCALED}
    | {Kind.FLAG_CHANGED}
    | {Kind.WORKLOAD_DELETED, Kind.NODE_NOT_READY, Kind.NODE_DRAINED}
)
_EFFECTS = frozenset(
    {Kind.ERRORS_ROSE, Kind.LATENCY_ROSE, Kind.TRAFFIC_FELL, Kind.POD_CRASHED}
    | {Kind.POD_EVICTED, Kind.POD_UNREADY, Kind.POD_OOM_KILLED, Kind.ALERT_FIRING}
)
"""Without kinds that last, such as a crash loop: their interval is their duration, not how exact their start is."""
_COURSE = frozenset({Kind.POD_READY, Kind.POD_TERMINATED, Kind.ROLLOUT_COMPLETED, Kind.ROLLBACK_COMPLETED})
"""The results of a deploy."""


def after_causes(rows: Sequence[Row]) -> list[Row]:
    """The rows, with each effect moved to the first cause of the same service that is later but within its interval.

    The results of a deploy are moved in the same way to the start of that deploy, and never to that of the next one.
    """
    causes: dict[str, list[datetime]] = {}
    starts: dict[str, list[datetime]] = {}
    for row in rows:
        if row.kind in _CAUSES:
            causes.setdefault(row.service, []).append(row.at)
            starts.setdefault(row.story, []).append(row.at)
    return [_ordered(row, causes, starts) for row in rows]


def in_order(rows: Sequence[Row]) -> tuple[Row, ...]:
    """The rows by time; within one instant, causes are first, and a failed deploy is before its rollback."""
    begun: dict[str, datetime] = {}
    for row in rows:
        begun[row.story] = min(row.at, begun.get(row.story, row.at))

    def key(row: Row) -> tuple[datetime, bool, int, str]:
        failed = row.kind == Kind.DEPLOY_FAILED and begun[row.story] < row.at
        return (row.at, not failed, CAUSAL_RANK[row.kind], row.id)

    return tuple(sorted(rows, key=key))


def _ordered(row: Row, causes: Mapping[str, Sequence[datetime]], starts: Mapping[str, Sequence[datetime]]) -> Row:
    if row.kind in _COURSE:
        return _after(row, starts, row.story)
    return _after(row, causes, row.service) if row.kind in _EFFECTS else row


def _after(row: Row, known: Mapping[str, Sequence[datetime]], name: str) -> Row:
    latest = row.latest or row.at
    after = [at for at in known.get(name, ()) if row.at < at <= latest]
    return replace(row, at=min(after)) if after and name else row
