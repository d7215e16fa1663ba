"""Rows: how an alert, crashes and what has no wording of its own become lines, and which Facts stand under them."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta, tzinfo

from collector.alerts import Alert
from collector.episode_rows import beginning
from collector.event import Kind
from collector.merge import Fact
from collector.row import row
from collector.timeline import Row
from collector.window import Window
from collector.words import clock, lasting, named

TROUBLES = {
    Kind.POD_CRASHED: "Containers of {} crash",
    Kind.POD_OOM_KILLED: "Containers of {} are killed for lack of memory",
    Kind.POD_KILLED: "Containers of {} are killed for failing their liveness or startup probe",
    Kind.POD_EVICTED: "Pods of {} are evicted",
    Kind.POD_UNREADY: "Pods of {} are not ready any more",
    Kind.POD_RECOVERED: "Pods of {} are ready again",
    Kind.POD_UNSCHEDULABLE: "Pods of {} cannot be scheduled",
    Kind.POD_IMAGE_FAILED: "Images of {} cannot be pulled",
    Kind.POD_START_FAILED: "Pods of {} cannot be started",
    Kind.POD_NOT_READY: "Pods of {} do not become ready",
    Kind.POD_CRASH_LOOP: "Containers of {} crash again and again",
    Kind.VOLUME_UNBOUND: "Volumes of {} cannot be provided",
    Kind.JOB_FAILED: "Jobs of {} fail",
}
"""What goes wrong with pods and Jobs, and what to say of many."""
_DEATHS = (Kind.POD_CRASHED, Kind.POD_OOM_KILLED, Kind.POD_CRASH_LOOP)
_LAST_PODS = timedelta(minutes=2)
"""So long after a Job failed the last of its pods may still die: it is told to stop then."""
LASTING = (
    *(Kind.POD_IMAGE_FAILED, Kind.POD_UNSCHEDULABLE, Kind.POD_START_FAILED, Kind.POD_NOT_READY),
    *(Kind.POD_CRASH_LOOP, Kind.VOLUME_UNBOUND),
)


def alert_rows(alert: Alert, window: Window) -> list[Row]:
    """An alert firing, with the episode it is about, and resolved."""
    tz, until = window.tz, alert.until
    last = alert.firing[-1].what.at
    folded = ""
    if alert.instances > 1:
        folded = f" ({alert.instances} instances, the last at {clock(last, tz)})"
    elif len(alert.firing) > 1:
        folded = f" ({len(alert.firing)} times between {clock(alert.since, tz)} and {clock(last, tz)})"
    whose = f"for {alert.service}" if alert.service else ""
    if alert.since < window.start:
        before = "" if "since" in alert.firing[0].what.numbers else " or before"
        text = named("Alert", alert.name, whose, f"firing since {window.clock(alert.since)}{before}")
    else:
        text = named("Alert", alert.name, "fires", whose)
    ongoing = ""
    if until is None:
        ongoing = f", its end not seen by {clock(window.end, tz)}"
    elif until > window.end:
        ongoing = f", still firing at {clock(window.end, tz)}"
    about = beginning(alert.episode, tz) if alert.episode else ""
    about = about or next((fact.what.description for fact in alert.firing if fact.what.description), "")
    text += folded + ongoing
    facts = [*alert.firing, *([alert.episode.begun] if alert.episode and alert.episode.begun else [])]
    text += f": {about}" if about else ""
    rows = [row(Kind.ALERT_FIRING, alert.since, text, alert.service, facts, end=until)]
    if until:
        more = "" if all("since" in fact.what.numbers for fact in alert.resolved) else "more than "
        text = f"{named('Alert', alert.name, whose, 'resolved')} after {more}{lasting(until - alert.since)}"
        rows.append(row(Kind.ALERT_RESOLVED, until, text, alert.service, alert.resolved))
    return rows


def trouble_rows(facts: Iterable[Fact], tz: tzinfo) -> list[Row]:
    """Crashes, kills, evictions and what else befalls pods and Jobs: those of one kind and workload in one row.

    That pods are ready again stands in the row that says that they were not, that the kubelet waits before it starts a
    container again in that of the deaths it waits because of, and what pods of a Job died of in that of its failure.
    """
    facts = list(facts)
    present = {(fact.kind, *_whose(fact)) for fact in facts}
    failed: dict[tuple[str, ...], list[datetime]] = {}
    for fact in facts:
        if fact.kind == Kind.JOB_FAILED:
            failed.setdefault(_whose(fact), []).append(fact.what.latest + _LAST_PODS)
    groups: dict[tuple[Kind, str, str, str], list[Fact]] = {}
    for fact in facts:
        kind = fact.kind
        if kind == Kind.POD_RECOVERED and (Kind.POD_UNREADY, *_whose(fact)) in present:
            kind = Kind.POD_UNREADY
        elif kind in _DEATHS and any(fact.what.earliest <= end for end in failed.get(_whose(fact), ())):
            kind = Kind.JOB_FAILED
        elif kind == Kind.POD_CRASH_LOOP and (Kind.POD_OOM_KILLED, *_whose(fact)) in present:
            kind = Kind.POD_OOM_KILLED
        elif kind == Kind.POD_CRASHED and (Kind.POD_CRASH_LOOP, *_whose(fact)) in present:
            kind = Kind.POD_CRASH_LOOP
        groups.setdefault((kind, *_whose(fact)), []).append(fact)
    return [_trouble(kind, ours, tz) for (kind, *_), ours in groups.items()]


def plain_row(fact: Fact) -> Row:
    """A Fact in its source's own words."""
    what = fact.what
    return row(what.kind, what.at, what.summary, what.subject.service, [fact])


def _whose(fact: Fact) -> tuple[str, str, str]:
    subject = fact.what.subject
    return subject.cluster, subject.namespace, subject.workload or subject.pod


def _is_death(fact: Fact) -> bool:
    """Whether it tells that a container ended, and not only that the kubelet waits before it starts it again."""
    return bool({"exit_code", "restarts"} & fact.what.numbers.keys())


def _trouble(kind: Kind, every: Sequence[Fact], tz: tzinfo) -> Row:
    facts = [fact for fact in every if fact.kind == kind]
    facts = [fact for fact in facts if _is_death(fact)] or facts
    back_at = [fact.what.at for fact in every if fact.kind == Kind.POD_RECOVERED and kind == Kind.POD_UNREADY]
    over = max(back_at, default=None)
    back = f", ready again by {clock(over, tz)}" if over else ""
    codes = sorted({int(fact.what.numbers["exit_code"]) for fact in every if "exit_code" in fact.what.numbers})
    died = f", exit code {', '.join(map(str, codes))}" if codes else ""
    if kind == Kind.JOB_FAILED and any(fact.kind == Kind.POD_OOM_KILLED for fact in every):
        died = f", out of memory{died}"
    first = facts[0].what
    begun = min(fact.what.at for fact in every) if kind == Kind.POD_CRASH_LOOP else first.at
    if kind in LASTING:
        over = over or max((fact.what.latest for fact in facts), default=None)
    if len(facts) == 1:
        more = died if kind == Kind.JOB_FAILED else back
        return row(kind, begun, first.summary + more, first.subject.service, every, end=over)
    owner = first.subject.service or first.subject.workload
    pods = len({fact.what.subject.pod for fact in facts})
    until = max(fact.what.at for fact in facts)
    number = sum(int(fact.what.numbers.get("count", 1)) if _is_death(fact) else 1 for fact in facts)
    in_pods = f"in {pods} {'pod' if pods == 1 else 'pods'}"
    # How often it was said of a state that lasts is not how often it happened.
    times = in_pods if kind in LASTING else f"{number} times" + (f" {in_pods}" if kind != Kind.JOB_FAILED else "")
    begin, end = clock(first.at, tz), clock(until, tz)
    span = f" ({begin} to {end})" if begin != end else ""
    reasons = sorted({fact.what.reason for fact in facts if fact.what.reason}) if kind in LASTING else []
    why = f" ({', '.join(reasons)})" if reasons else ""
    text = f"{TROUBLES[kind].format(owner)}: {times}{span}{died}{back}{why}"
    return row(kind, begun, text, first.subject.service, every, end=over or until)
