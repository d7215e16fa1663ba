"""The draft: which rows the table has, out of everything that was gathered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from collector.alerts import Alert, alerts
from collector.change_rows import change_name, change_rows
from collector.changes import Change, changes
from collector.coverage import complemented
from collector.episode_rows import episode_rows
from collector.episodes import ENDS, Episode, ended_by, episodes
from collector.event import CAUSAL_RANK, Event, Kind
from collector.gather import Gathered
from collector.merge import Fact, merge
from collector.rollouts import HOLDS
from collector.rows import LASTING, TROUBLES, alert_rows, plain_row, trouble_rows
from collector.timeline import Row, Timeline
from collector.window import Window
from collector.words import clock, count

_TROUBLE = frozenset({*TROUBLES, Kind.ROLLOUT_STUCK, Kind.DEPLOY_FAILED, Kind.WORKLOAD_DELETED}) - {
    Kind.POD_UNREADY,
    Kind.POD_RECOVERED,
}
"""A pod that is not ready for a while costs nobody anything by itself."""
_PLAIN = frozenset({Kind.SCALED, Kind.CONFIG_CHANGED, Kind.WORKLOAD_DELETED})
"""What has a row in its source's words if its service is told of."""
_MOST_WARNINGS = 10
"""So many names of warnings are listed at most."""
_DRAIN = timedelta(minutes=15)
"""How long before its last pod a node that is drained lost the first."""
_LOST = timedelta(minutes=6)
"""Kubernetes evicts the pods of a lost node after 5 minutes."""
_AT_ONCE = timedelta(seconds=10)
"""So soon it marks them as not ready."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What the user asked to see. Empty means everything that belongs to the incident."""

    services: tuple[str, ...] = ()
    namespaces: tuple[str, ...] = ()
    full: bool = False
    """Also everything that has no row of its own in the summary."""


@dataclass(frozen=True, slots=True)
class _Story:
    """The Facts that mean something put together, before it is decided what is told."""

    window: Window
    facts: Sequence[Fact]
    changes: Sequence[Change]
    episodes: Sequence[Episode]
    alerts: Sequence[Alert]


def draft(gathered: Gathered, window: Window, scope: Scope) -> Timeline:
    """The timeline of `window`. The same evidence gives the same Timeline, whatever order it came in."""
    facts = merge(event for event in gathered.events if _in_namespaces(event, scope))
    # Of a large cluster nine of ten mean nothing of their own.
    telling = [fact for fact in facts if fact.kind != Kind.OTHER]
    unusual = episodes(telling)
    story = _Story(window, telling, changes(telling), unusual, alerts(telling, unusual))
    known = {fact.service for fact in facts}
    told = set(scope.services) or (known if scope.full else _affected(story))
    rows = _rows(story, told)
    left_out = _left_out(story, told)
    left_out += [f"Nothing was seen of a service {name}" for name in sorted(told - known)]
    shown = _events(rows)
    rest = [fact for fact in facts if _inside(fact, window) and shown.isdisjoint(map(id, fact.events))]
    if scope.full:
        rows += [plain_row(fact) for fact in rest]
    elif rest:
        events = sum(len(fact.events) for fact in rest)
        left_out.append(f"{count(events)} further events in the window; --detail full lists them")
    return Timeline(
        window=window,
        rows=tuple(sorted(rows, key=lambda row: (row.at, CAUSAL_RANK[row.kind], row.id))),
        coverage=complemented(gathered.coverage, window),
        left_out=tuple(left_out),
        events=len(gathered.events),
    )


def _in_namespaces(event: Event, scope: Scope) -> bool:
    return not scope.namespaces or event.subject.namespace in ("", *scope.namespaces)


def _affected(story: _Story) -> set[str]:
    """The services whose story is told: those in trouble in the window, by the strongest signs there are.

    Alerts, raised errors or latency and lost traffic are what users feel, and a rollback or an abort is what people
    do about it. Where nobody felt anything, or nobody could see it, stuck rollouts and crashes count as well, and
    without any of those every service that changed: a calm window is still asked for a reason.
    """
    window = story.window
    felt = {alert.service for alert in story.alerts if _during(alert.since, alert.until, window)}
    felt |= {
        episode.service for episode in story.episodes if _during(episode.since or window.start, episode.until, window)
    }
    rolled_back = {change.service for change in story.changes if change.rolls_back and _inside(change.start, window)}
    aborted = [(change.service, rollout.aborted) for change in story.changes for rollout in change.rollouts]
    rolled_back |= {service for service, fact in aborted if fact and _inside(fact, window)}
    if felt - {""}:
        return (felt | rolled_back) - {""}
    troubled = {fact.service for fact in story.facts if fact.kind in _TROUBLE and _inside(fact, window)}
    changed = {fact.service for fact in story.facts if fact.kind in _PLAIN and _inside(fact, window)}
    return rolled_back | troubled or ({change.service for change in story.changes} | changed) - {""}


def _rows(story: _Story, told: set[str]) -> list[Row]:
    """The rows in the window: of the services told of, and of no service at all."""
    tz = story.window.tz
    rows: list[Row] = []
    ours = [change for change in story.changes if change.service in told]
    ended = [(ended_by(episode, ours), episode) for episode in story.episodes]
    for change in ours:
        rows += change_rows(change, [episode for by, episode in ended if by is change], tz)
    for alert in story.alerts:
        if alert.service in told or not alert.service:
            rows += alert_rows(alert, story.window)
    own = [fact for fact in story.facts if fact.service in told and _inside(fact, story.window)]
    rows += trouble_rows([fact for fact in own if fact.kind in TROUBLES], tz)
    held = {id(fact) for change in ours for rollout in change.rollouts for fact in rollout.holds}
    rows += [plain_row(fact) for fact in own if fact.kind in _PLAIN or (fact.kind in HOLDS and id(fact) not in held)]
    rows += [plain_row(fact) for fact in _lost_nodes(story.facts, own)]
    names = {alert.name for alert in story.alerts if alert.service in told or not alert.service}
    marks = {id(fact) for change in ours for fact in change.marks}
    said = [fact for fact in story.facts if _said_by_people(fact, told, names) and id(fact) not in marks]
    rows += [plain_row(fact) for fact in said]
    rows = [row for row in rows if _visible(row, story.window)]
    shown = _events(rows)
    for episode in story.episodes:
        if episode.service in told:
            untold = [row for row in episode_rows(episode, tz) if not any(id(event) in shown for event in row.events)]
            rows += [row for row in untold if _visible(row, story.window)]
    return rows


def _lost_nodes(facts: Sequence[Fact], own: Sequence[Fact]) -> list[Fact]:
    """The nodes that were lost or drained at the cost of pods of the services told of; clusters lose nodes all the
    time.
    """
    evicted = [pod.what.at for pod in own if pod.kind == Kind.POD_EVICTED]
    unready = [pod.what.at for pod in own if pod.kind == Kind.POD_UNREADY]
    spans = [
        (fact, fact.what.earliest - _DRAIN if fact.kind == Kind.NODE_DRAINED else fact.what.earliest)
        for fact in facts
        if fact.kind in (Kind.NODE_NOT_READY, Kind.NODE_DRAINED)
    ]
    at_once = {id(fact): fact.what.latest + _AT_ONCE for fact, _ in spans if fact.kind == Kind.NODE_NOT_READY}
    return [
        fact
        for fact, since in spans
        if any(since <= at <= fact.what.latest + _LOST for at in evicted)
        or any(since <= at <= at_once[id(fact)] for at in unready if id(fact) in at_once)
    ]


def _said_by_people(fact: Fact, told: set[str], alerts: set[str]) -> bool:
    """Notes always, silences of the alerts told of, annotations of the services told of or by somebody by name."""
    if fact.kind in (Kind.SILENCE_STARTED, Kind.SILENCE_ENDED):
        return fact.what.keys.alert in alerts or fact.service in told
    if fact.kind == Kind.ANNOTATION:
        return fact.service in told or (not fact.service and bool(fact.what.actor))
    return fact.kind == Kind.NOTE


def _left_out(story: _Story, told: set[str]) -> list[str]:
    """One line for each thing that a reader may miss in the table."""
    window, tz = story.window, story.window.tz
    lines = []
    for change in story.changes:
        start, end = change.start.what, change.complete_at
        if change.service not in told and window.overlaps(start.earliest, end or start.latest):
            until = f" to {clock(end, tz)}, complete" if end else ""
            lines.append(f"{change_name(change)}, {clock(start.at, tz)}{until}")
    lines += [
        f"Alert {alert.name} for {alert.service}, {clock(alert.since, tz)}"
        for alert in story.alerts
        if alert.service and alert.service not in told and _during(alert.since, alert.until, window)
    ]
    lines += _warnings([fact for fact in story.facts if fact.kind == Kind.WARNING and _inside(fact, window)])
    for fact in story.facts:
        if fact.kind == Kind.NOTE and not _inside(fact, window):
            moment = window.local(fact.what.at).strftime("%Y-%m-%d %H:%M")
            lines.append(f"Note outside the window, {moment}: {fact.what.summary}")
    return lines


def _warnings(facts: Sequence[Fact]) -> list[str]:
    """Warnings of kinds that have no row, counted by their names."""
    named: dict[str, list[Fact]] = {}
    for fact in facts:
        named.setdefault(fact.what.reason, []).append(fact)
    most = sorted(named.items(), key=lambda one: (-len(one[1]), one[0]))[:_MOST_WARNINGS]
    return [
        f"{count(len(ours))} {'warning' if len(ours) == 1 else 'warnings'} {name}, the first: {ours[0].what.summary}"
        for name, ours in most
    ]


def _events(rows: Sequence[Row]) -> set[int]:
    """The identities of the Events under the rows."""
    return {id(event) for row in rows for event in row.events}


def _visible(row: Row, window: Window) -> bool:
    if row.kind == Kind.ALERT_FIRING or row.kind in ENDS.values() or row.kind in LASTING:
        return _during(row.at, row.end, window)
    return _during(row.at, row.at, window)


def _during(since: datetime, until: datetime | None, window: Window) -> bool:
    return window.overlaps(since, until or window.end)


def _inside(fact: Fact, window: Window) -> bool:
    return window.overlaps(fact.what.earliest, fact.what.latest)
