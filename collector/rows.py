"""Rows: how one change, alert, error episode, crash or note is worded, and which Facts stand under it."""

from collections.abc import Iterable, Sequence
from datetime import datetime, tzinfo

from collector.changes import Change
from collector.event import Event, Kind, order
from collector.merge import Fact
from collector.symptoms import Alert, Errors
from collector.timeline import Row, row_id
from collector.words import clock, count, lasting, listed, named, percent


def change_rows(change: Change, recovery: Errors | None, tz: tzinfo) -> list[Row]:
    """The rows of one change: its start, its pods, its end. `recovery` are errors that ended with it."""
    rows = [_start(change)]
    if not change.rolls_back:
        rows += [*_ready(change, tz), *_terminated(change, recovery)]
    if not any(row.kind == Kind.POD_TERMINATED for row in rows):
        rows += _completed(change, recovery)
    return [*rows, *_failed(change)]


def alert_rows(alert: Alert, tz: tzinfo) -> list[Row]:
    """An alert firing, with the errors it is about, and resolved."""
    times = len(alert.firing)
    folded = ""
    if alert.instances > 1:
        folded = f" ({alert.instances} instances, the last at {clock(alert.firing[-1].what.at, tz)})"
    elif times > 1:
        folded = f" ({times} times between {clock(alert.since, tz)} and {clock(alert.firing[-1].what.at, tz)})"
    about = f": {rise(alert.errors, tz)}" if alert.errors else ""
    facts = [*alert.firing, *([alert.errors.rose] if alert.errors else [])]
    fires = named("Alert", alert.name, "fires", f"for {alert.service}" if alert.service else "") + folded + about
    rows = [_row(Kind.ALERT_FIRING, alert.since, fires, alert.service, facts, end=alert.until)]
    if alert.until:
        ends = named("Alert", alert.name, f"for {alert.service}" if alert.service else "", "resolved")
        text = f"{ends} after {lasting(alert.until - alert.since)}"
        rows.append(_row(Kind.ALERT_RESOLVED, alert.until, text, alert.service, alert.resolved))
    return rows


def error_rows(episode: Errors, tz: tzinfo) -> list[Row]:
    """The rows of an error episode of which no alert and no change tells."""
    rose, fell = episode.rose, episode.fell
    text = _capital(rise(episode, tz, of=episode.service))
    end = fell.what.at if fell else None
    rows = [_row(Kind.ERRORS_ROSE, rose.what.at, text, episode.service, [rose], end=end)]
    if fell:
        text = _capital(fall(fell.what, of=episode.service))
        rows.append(_row(Kind.ERRORS_FELL, fell.what.at, text, episode.service, [fell]))
    return rows


def crash_rows(facts: Iterable[Fact], tz: tzinfo) -> list[Row]:
    """Crashes and OOM kills, those of one workload folded into one row."""
    groups: dict[tuple[Kind, str, str], list[Fact]] = {}
    for fact in facts:
        subject = fact.what.subject
        groups.setdefault((fact.kind, subject.namespace, subject.workload or subject.pod), []).append(fact)
    return [_crashes(kind, ours, tz) for (kind, _, _), ours in groups.items()]


def plain_row(fact: Fact) -> Row:
    """A Fact in its source's own words."""
    what = fact.what
    return _row(what.kind, what.at, what.summary, what.subject.service, [fact])


def change_name(change: Change, *, origin: bool = False) -> str:
    """What a change is called: `Deploy of checkout 1.5.0`, `Rollback of checkout to 1.4.9`.

    With `origin` a rollback also says from which version.
    """
    keys = change.keys
    version = keys.version or keys.commit[:7]
    if change.rolls_back:
        came_from = f"from {keys.replaces}" if origin and keys.replaces else ""
        return named("Rollback of", change.service, came_from, f"to {version}" if version else "")
    what = "Restart of" if change.restarts else "Deploy of" if change.ci else "Rollout of"
    return named(what, change.service, version)


def rise(episode: Errors, tz: tzinfo, of: str = "") -> str:
    """`5xx ratio rises from 0.1% to 40% (since 14:03, peak 41.2% at 14:09, 5,412 of 13,004 requests)`."""
    rose = episode.rose.what
    numbers = rose.numbers
    details = listed(
        f"since {clock(rose.at, tz)}",
        f"peak {percent(numbers['peak'])} at {_unix_clock(numbers['peak_at'], tz)}" if "peak_at" in numbers else "",
        f"{count(numbers['errors'])} of {count(numbers['requests'])} requests" if "requests" in numbers else "",
    )
    levels = f"from {percent(numbers['before'])} to {percent(numbers['after'])}"
    return f"{_measure(rose, of)} rises {levels} ({details})"


def fall(fell: Event, of: str = "") -> str:
    """`5xx ratio falls from 40% to 0%`."""
    levels = f"from {percent(fell.numbers['before'])} to {percent(fell.numbers['after'])}"
    return f"{_measure(fell, of)} falls {levels}"


def _start(change: Change) -> Row:
    keys = change.keys
    details = listed(
        f"{change.start.what.source} run {keys.run_number}" if keys.run_number else "",
        f"commit {keys.commit[:7]}" if keys.commit else "",
        f"by {change.actor}" if change.actor else "",
    )
    starts = "starts via CI/CD" if change.ci else "starts"
    replaces = f" (replaces {keys.replaces})" if keys.replaces and not change.restarts else ""
    if change.rolls_back:
        starts, replaces = "initiated" + (" via CI/CD" if change.ci else ""), ""
    text = change_name(change, origin=True) + replaces + " " + starts + (f": {details}" if details else "")
    facts = [*(fact for fact in change.ci if fact.kind in (Kind.RUN_STARTED, Kind.DEPLOY_STARTED))]
    facts += [rollout.started for rollout in change.rollouts]
    kind = Kind.ROLLBACK_STARTED if change.rolls_back else Kind.DEPLOY_STARTED if change.ci else Kind.ROLLOUT_STARTED
    return _row(kind, change.start.what.at, text, change.service, facts)


def _ready(change: Change, tz: tzinfo) -> list[Row]:
    ready = sorted((fact for rollout in change.rollouts for fact in rollout.ready), key=lambda fact: order(fact.what))
    if not ready:
        return []
    wanted = sum(rollout.replicas for rollout in change.rollouts)
    first, last = ready[0].what.at, ready[-1].what.at
    span = f" ({clock(first, tz)} to {clock(last, tz)})" if clock(first, tz) != clock(last, tz) else ""
    pods = named("New pods of", change.service, change.keys.version)
    text = f"{pods} pass health checks: {len(ready)}/{wanted} ready{span}"
    return [_row(Kind.POD_READY, last, text, change.service, ready)]


def _terminated(change: Change, recovery: Errors | None) -> list[Row]:
    gone = [fact for rollout in change.rollouts for fact in rollout.terminated]
    if not gone:
        return []
    wanted = max(len(gone), sum(rollout.replicas for rollout in change.rollouts))
    pods = named("Old pods of", change.service, "" if change.restarts else change.keys.replaces)
    parts = [f"{pods} terminated: {len(gone)}/{wanted}"]
    if change.complete_at:
        parts.append("rollout complete")
    if recovery and recovery.fell:
        parts.append(fall(recovery.fell.what))
    facts = [*gone, *_completions(change), *_recovered(recovery)]
    return [_row(Kind.POD_TERMINATED, max(fact.what.at for fact in gone), ", ".join(parts), change.service, facts)]


def _completed(change: Change, recovery: Errors | None) -> list[Row]:
    done = _completions(change)
    at = change.complete_at
    if at is None and not change.rollouts:
        at = next((fact.what.at for fact in change.ci if fact.kind == Kind.DEPLOY_SUCCEEDED), None)
    if at is None:
        return []
    wanted = sum(rollout.replicas for rollout in change.rollouts)
    parts = [f"{wanted}/{wanted} pods ready" if wanted else ""]
    if recovery and recovery.fell:
        parts.append(fall(recovery.fell.what))
    details = listed(*parts)
    text = f"{change_name(change)} complete" + (f": {details}" if details else "")
    pods = [fact for rollout in change.rollouts for fact in (*rollout.ready, *rollout.terminated)]
    kind = Kind.ROLLBACK_COMPLETED if change.rolls_back else Kind.ROLLOUT_COMPLETED
    return [_row(kind, at, text, change.service, [*done, *pods, *_recovered(recovery)])]


def _failed(change: Change) -> list[Row]:
    rows = []
    for rollout in change.rollouts:
        if rollout.stuck:
            text = f"{change_name(change)} is stuck: it made no progress within its deadline"
            rows.append(_row(Kind.ROLLOUT_STUCK, rollout.stuck.what.at, text, change.service, [rollout.stuck]))
    failed = [fact for fact in change.ci if fact.kind == Kind.DEPLOY_FAILED]
    failed = failed or [fact for fact in change.ci if fact.kind == Kind.RUN_FAILED]
    if failed:
        text = f"{change_name(change)} failed in CI/CD"
        rows.append(_row(Kind.DEPLOY_FAILED, failed[0].what.at, text, change.service, failed))
    return rows


def _completions(change: Change) -> list[Fact]:
    ends = [rollout.completed for rollout in change.rollouts if rollout.completed]
    return ends + [fact for fact in change.ci if fact.kind in (Kind.DEPLOY_SUCCEEDED, Kind.RUN_SUCCEEDED)]


def _recovered(recovery: Errors | None) -> list[Fact]:
    return [recovery.fell] if recovery and recovery.fell else []


def _crashes(kind: Kind, facts: Sequence[Fact], tz: tzinfo) -> Row:
    first = facts[0].what
    if len(facts) == 1:
        return plain_row(facts[0])
    owner = first.subject.service or first.subject.workload
    pods = len({fact.what.subject.pod for fact in facts})
    what = "killed for lack of memory" if kind == Kind.POD_OOM_KILLED else "crash"
    until = max(fact.what.at for fact in facts)
    times = f"{len(facts)} times in {pods} {'pod' if pods == 1 else 'pods'}"
    text = f"Containers of {owner} {what} {times} ({clock(first.at, tz)} to {clock(until, tz)})"
    return _row(kind, first.at, text, first.subject.service, facts, end=until)


def _unix_clock(seconds: float, tz: tzinfo) -> str:
    return clock(datetime.fromtimestamp(seconds, tz), tz)


def _measure(what: Event, of: str) -> str:
    return named(what.keys.measure or "error ratio", f"of {of}" if of else "")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _row(kind: Kind, at: datetime, text: str, service: str, facts: Iterable[Fact], end: datetime | None = None) -> Row:
    once = {id(event): event for fact in facts for event in fact.events}
    events = tuple(sorted(once.values(), key=order))
    return Row(id=row_id(kind, events), at=at, end=end, text=text, kind=kind, service=service, events=events)
