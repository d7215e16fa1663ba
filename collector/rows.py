"""Rows: how an alert, crashes and what has no wording of its own become lines, and which Facts stand under them."""

from collections.abc import Iterable, Sequence
from datetime import tzinfo

from collector.alerts import Alert
from collector.episode_rows import beginning
from collector.event import Kind
from collector.merge import Fact
from collector.row import row
from collector.timeline import Row
from collector.window import Window
from collector.words import clock, lasting, named


def alert_rows(alert: Alert, window: Window) -> list[Row]:
    """An alert firing, with the episode it is about, and resolved."""
    tz, until = window.tz, alert.until
    last = alert.firing[-1].what.at
    folded = ""
    if alert.instances > 1:
        folded = f" ({alert.instances} instances, the last at {clock(last, tz)})"
    elif len(alert.firing) > 1:
        folded = f" ({len(alert.firing)} times between {clock(alert.since, tz)} and {clock(last, tz)})"
    early = ", before the window" if alert.since < window.start else ""
    ongoing = "" if until and until <= window.end else f", still firing at {clock(window.end, tz)}"
    about = beginning(alert.episode, tz) if alert.episode else ""
    about = about or next((fact.what.description for fact in alert.firing if fact.what.description), "")
    text = named("Alert", alert.name, "fires", f"for {alert.service}" if alert.service else "")
    text += folded + early + ongoing
    facts = [*alert.firing, *([alert.episode.begun] if alert.episode and alert.episode.begun else [])]
    text += f": {about}" if about else ""
    rows = [row(Kind.ALERT_FIRING, alert.since, text, alert.service, facts, end=until)]
    if until:
        ends = named("Alert", alert.name, f"for {alert.service}" if alert.service else "", "resolved")
        text = f"{ends} after {lasting(until - alert.since)}"
        rows.append(row(Kind.ALERT_RESOLVED, until, text, alert.service, alert.resolved))
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
    return row(what.kind, what.at, what.summary, what.subject.service, [fact])


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
    return row(kind, first.at, text, first.subject.service, facts, end=until)
