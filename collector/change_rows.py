"""The rows of a change: its start, its new pods, its old pods, its end."""

from collections.abc import Sequence
from datetime import tzinfo

from collector.changes import Change
from collector.episode_rows import ending
from collector.episodes import Episode
from collector.event import Kind, order
from collector.merge import Fact
from collector.row import row
from collector.timeline import Row
from collector.words import clock, listed, named


def change_rows(change: Change, recovered: Sequence[Episode], tz: tzinfo) -> list[Row]:
    """The rows of one change; `recovered` are the episodes that ended with it."""
    rows = [_start(change)]
    if not change.rolls_back:
        rows += [*_ready(change, tz), *_terminated(change, recovered)]
    if not any(row.kind == Kind.POD_TERMINATED for row in rows):
        rows += _completed(change, recovered)
    return [*rows, *_held(change, tz), *_failed(change)]


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


def _start(change: Change) -> Row:
    keys = change.keys
    details = listed(
        f"{change.start.what.source} run {keys.run_number}" if keys.run_number else "",
        f"commit {keys.commit[:7]}" if keys.commit else "",
        f"by {change.actor}" if change.actor else "",
    )
    starts = "starts via CI/CD" if change.ci else "starts"
    replaced = f"replaces {keys.replaces}" if keys.replaces != keys.version and keys.replaces else ""
    notes = "" if change.restarts else "; ".join(note for note in (replaced, change.details) if note)
    replaces = f" ({notes})" if notes else ""
    if change.rolls_back:
        starts, replaces = "initiated" + (" via CI/CD" if change.ci else ""), ""
    text = change_name(change, origin=True) + replaces + " " + starts + (f": {details}" if details else "")
    facts = [*(fact for fact in change.ci if fact.kind in (Kind.RUN_STARTED, Kind.DEPLOY_STARTED))]
    facts += [*(rollout.started for rollout in change.rollouts), *change.marks]
    kind = Kind.ROLLBACK_STARTED if change.rolls_back else Kind.DEPLOY_STARTED if change.ci else Kind.ROLLOUT_STARTED
    return row(kind, change.start.what.at, text, change.service, facts)


def _ready(change: Change, tz: tzinfo) -> list[Row]:
    ready = sorted((fact for rollout in change.rollouts for fact in rollout.ready), key=lambda fact: order(fact.what))
    if not ready:
        return []
    wanted = sum(rollout.replicas for rollout in change.rollouts)
    first, last = ready[0].what.at, ready[-1].what.at
    span = f" ({clock(first, tz)} to {clock(last, tz)})" if clock(first, tz) != clock(last, tz) else ""
    pods = named("New pods of", change.service, change.keys.version)
    # That others became ready need not be known.
    many = f"{len(ready)}/{wanted}" if len(ready) >= wanted else f"at least {len(ready)} of {wanted}"
    text = f"{pods} pass health checks: {many} ready{span}"
    return [row(Kind.POD_READY, last, text, change.service, ready)]


def _terminated(change: Change, recovered: Sequence[Episode]) -> list[Row]:
    gone = [fact for rollout in change.rollouts for fact in rollout.terminated]
    if not gone:
        return []
    wanted = max(len(gone), sum(rollout.replicas for rollout in change.rollouts))
    pods = named("Old pods of", change.service, "" if change.restarts else change.keys.replaces)
    parts = [f"{pods} terminated: {len(gone)}/{wanted}"]
    if change.complete_at:
        parts.append("rollout complete")
    parts += [ending(episode) for episode in recovered]
    facts = [*gone, *_completions(change), *_ends(recovered)]
    return [row(Kind.POD_TERMINATED, max(fact.what.at for fact in gone), ", ".join(parts), change.service, facts)]


def _completed(change: Change, recovered: Sequence[Episode]) -> list[Row]:
    done = _completions(change)
    at = change.complete_at
    if at is None and not change.rollouts:
        at = next((fact.what.at for fact in change.ci if fact.kind == Kind.DEPLOY_SUCCEEDED), None)
    if at is None:
        return []
    wanted = sum(rollout.replicas for rollout in change.rollouts)
    parts = [f"{wanted}/{wanted} pods ready" if wanted else ""]
    parts += [ending(episode) for episode in recovered]
    details = listed(*parts)
    text = f"{change_name(change)} complete" + (f": {details}" if details else "")
    pods = [fact for rollout in change.rollouts for fact in (*rollout.ready, *rollout.terminated)]
    kind = Kind.ROLLBACK_COMPLETED if change.rolls_back else Kind.ROLLOUT_COMPLETED
    return [row(kind, at, text, change.service, [*done, *pods, *_ends(recovered)])]


def _held(change: Change, tz: tzinfo) -> list[Row]:
    """That it was paused, with when it went on, and that it was aborted."""
    holds = [fact for rollout in change.rollouts for fact in rollout.holds]
    paused = [fact for fact in holds if fact.kind == Kind.ROLLOUT_PAUSED]
    resumed = [fact for fact in holds if fact.kind == Kind.ROLLOUT_RESUMED]
    rows = []
    if paused or resumed:
        first, last = (paused or resumed)[0].what, (paused or resumed)[-1].what
        times = f" {len(paused)} times ({clock(first.at, tz)} to {clock(last.at, tz)})" if len(paused) > 1 else ""
        by = [f"by {fact.what.actor}" for fact in paused[:1] if fact.what.actor]
        why = first.description if len(paused) == 1 else ""
        on = [fact for fact in resumed if paused and fact.what.at >= last.at]
        text = f"{change_name(change)} {'paused' if paused else 'resumed'}{times}"
        details = listed(why, *by, f"resumed at {clock(on[0].what.at, tz)}" if on else "")
        text += f": {details}" if details else ""
        end = on[0].what.at if on else None
        rows.append(row((paused or resumed)[0].kind, first.at, text, change.service, [*paused, *resumed], end=end))
    for fact in (fact for fact in holds if fact.kind == Kind.ROLLOUT_ABORTED):
        details = listed(fact.what.description, f"by {fact.what.actor}" if fact.what.actor else "")
        text = f"{change_name(change)} aborted" + (f": {details}" if details else "")
        rows.append(row(fact.kind, fact.what.at, text, change.service, [fact]))
    return rows


def _failed(change: Change) -> list[Row]:
    rows = []
    for rollout in change.rollouts:
        if rollout.stuck:
            text = f"{change_name(change)} is stuck: it made no progress within its deadline"
            rows.append(row(Kind.ROLLOUT_STUCK, rollout.stuck.what.at, text, change.service, [rollout.stuck]))
    failed = [fact for fact in change.ci if fact.kind == Kind.DEPLOY_FAILED]
    failed = failed or [fact for fact in change.ci if fact.kind == Kind.RUN_FAILED]
    if failed:
        text = f"{change_name(change)} failed in CI/CD"
        rows.append(row(Kind.DEPLOY_FAILED, failed[0].what.at, text, change.service, failed))
    return rows


def _completions(change: Change) -> list[Fact]:
    ends = [rollout.completed for rollout in change.rollouts if rollout.completed]
    return ends + [fact for fact in change.ci if fact.kind in (Kind.DEPLOY_SUCCEEDED, Kind.RUN_SUCCEEDED)]


def _ends(recovered: Sequence[Episode]) -> list[Fact]:
    return [episode.over for episode in recovered if episode.over]
