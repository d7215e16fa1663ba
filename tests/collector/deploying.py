"""Deploys as CI and Argo CD record them and as the cluster rolls them out, and the rows that come of them."""

from typing import Any

from collector.event import Event, Kind
from collector.gather import Gathered
from collector.timeline import Draft, Scope, Timeline, explained_draft
from tests.collector.build import WINDOW, event, rollout

PRODUCTION = {"service": "checkout", "environment": "production"}
CLUSTER = {"cluster": "prod-eu", "namespace": "shop"}


def drafted(*events: Event, scope: Scope | None = None) -> Draft:
    return explained_draft(Gathered(events, ()), WINDOW, scope or Scope())


def rows(*events: Event, scope: Scope | None = None) -> list[str]:
    return texts(drafted(*events, scope=scope).timeline)


def texts(timeline: Timeline) -> list[str]:
    return [f"{row.at:%H:%M} {row.text}" for row in timeline.rows]


def under(*events: Event, scope: Scope | None = None) -> tuple[str, ...]:
    return drafted(*events, scope=scope).timeline.left_out


def record(start: str, end: str, number: int, *, done: Kind = Kind.DEPLOY_SUCCEEDED, **known: Any) -> list[Event]:
    """The record of a deploy: its start and its end."""
    keys = {**PRODUCTION, "run": f"run-{number}", "deployment": f"{number}", **known}
    begun = {name: value for name, value in keys.items() if name not in ("reason", "ended_by")}
    ended = {**begun, "reason": known.get("reason", ""), "actor": known.get("ended_by", known.get("actor", ""))}
    return [event(Kind.DEPLOY_STARTED, start, **begun), event(done, end, **ended)]


def sync(start: str, end: str, number: int, *, done: Kind = Kind.DEPLOY_SUCCEEDED, **known: Any) -> list[Event]:
    """A sync of Argo CD, which has no environment and knows the cluster."""
    keys = {"service": "checkout", "application": "argocd/checkout", "deployment": f"s{number}", **CLUSTER, **known}
    keys = {"source": "argocd", **keys}
    return [event(Kind.DEPLOY_STARTED, start, **keys), event(done, end, **keys)]


def pods(start: str, end: str, version: str, replaces: str, **known: Any) -> list[Event]:
    kind = known.pop("kind", Kind.ROLLOUT_STARTED)
    return rollout(kind, start, end, end, version, replaces, **{**CLUSTER, **known})


OLD = record("10:00:00", "10:03:00", 1, commit="1" * 40, version="1.4.9")
NEW = record("14:02:00", "14:05:00", 2, commit="2" * 40, version="1.5.0")
