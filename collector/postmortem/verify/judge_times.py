"""Judges times: when did it happen according to the evidence?"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from collector.event import Kind
from collector.postmortem.verify.clock_times import ClockTime
from collector.postmortem.verify.facts import Fact, Facts
from collector.postmortem.verify.finding import Finding, Verdict
from collector.postmortem.verify.meaning import meaning
from collector.postmortem.verify.statement import Statement
from collector.window import Window

_MOST = 3
"""Maximum number of other times to name."""
_ANYWHERE = frozenset(
    {
        Kind.DEPLOY_STARTED,
        Kind.DEPLOY_SUCCEEDED,
        Kind.ROLLOUT_STARTED,
        Kind.ROLLOUT_COMPLETED,
        Kind.ALERT_FIRING,
        Kind.ALERT_RESOLVED,
        Kind.CONFIG_CHANGED,
        Kind.SCALED,
    }
)
"""Kinds of facts that can be meant even if they have no row."""


def judge_time(statement: Statement, time: ClockTime, facts: Facts, shift: timedelta) -> Finding:
    """Compare a time with those in the evidence."""
    meant = meaning(statement, time, facts)
    found = meant.agree(time, shift)
    line = statement.line(time.start)

    def judged(verdict: Verdict, evidence: str) -> Finding:
        return Finding(line, time.start, "time", time.text, verdict, evidence)

    if found:
        _, at, text = min(found, key=lambda one: (one[0], time.distance(one[1], shift), one[2]))
        return judged(Verdict.CONFIRMED, f"{clock(at, facts.window)} {text}")
    printed = _printed(statement, time, facts, shift)
    if printed and not (meant.deciding and time.start < statement.head):
        return judged(Verdict.CONFIRMED, printed)
    rows = [fact for fact in meant.deciding if fact.is_row]
    others = [(fact.at, fact.text) for fact in rows or meant.deciding]
    if not others and meant.sure:
        others = [(row.at, row.text) for row in meant.rows]
    if others and not meant.open:
        anywhere = _without_row(statement, time, facts, shift, meant.deciding)
        if anywhere:
            return judged(
                Verdict.NOT_FOUND, f"not in the table, but {clock(anywhere.at, facts.window)} {anywhere.text}"
            )
        return judged(Verdict.CONTRADICTED, f"the evidence has {_listed(others, time, shift, facts.window)}")
    if time.outside:
        return judged(Verdict.NOT_FOUND, "lies outside of the window of the evidence")
    return judged(Verdict.NOT_FOUND, "the evidence has nothing like it at that time")


def clock(moment: datetime, window: Window) -> str:
    """A time to the second, with the date if it differs from that of the window's start."""
    local = window.local(moment)
    day = "" if local.date() == window.local(window.start).date() else f"{local:%Y-%m-%d} "
    return f"{day}{local:%H:%M:%S}"


def _printed(statement: Statement, time: ClockTime, facts: Facts, shift: timedelta) -> str:
    """The resembling row that prints this time besides its own, or the window if the time is its end; else empty."""
    if time.start >= statement.head:
        for one in statement.similar_rows:
            for moment in sorted(facts.row_moments.get(one.row.id, ())):
                if time.meets(moment, moment, shift):
                    return f"{clock(one.row.at, facts.window)} {one.row.text}"
    edge = {"from": facts.window.start, "to": facts.window.end}.get(time.place)
    return "the window of the evidence" if edge and time.meets(edge, edge, shift) else ""


def _without_row(
    statement: Statement, time: ClockTime, facts: Facts, shift: timedelta, deciding: Sequence[Fact]
) -> Fact | None:
    """A fact of the same kind at that time, about any service, if the statement names no service or alert.

    If it names a version, the fact is of that version: `five services were released at 2.31.0 between 13:02 and 13:11`.
    """
    if any(one.type in ("service", "alert") for one in statement.mentions):
        return None
    versions = {one.value for one in statement.mentions if one.type == "version"}
    kinds = sorted({fact.kind for fact in deciding} & _ANYWHERE)
    back = all(fact.rollback for fact in deciding)
    ours = (fact for fact in facts.of_kinds(kinds) if fact.rollback or not back)
    ours = (fact for fact in ours if not versions or fact.event.keys.version in versions)
    return next((fact for fact in ours if time.meets(fact.earliest, fact.latest, shift)), None)


def _listed(others: Sequence[tuple[datetime, str]], time: ClockTime, shift: timedelta, window: Window) -> str:
    """The nearest times with their texts. Of several texts for one time the first is taken, which is the row's."""
    texts: dict[str, str] = {}
    moments: dict[str, datetime] = {}
    for at, text in others:
        texts.setdefault(clock(at, window), text)
        moments.setdefault(clock(at, window), at)
    near = sorted(texts, key=lambda shown: (time.distance(moments[shown], shift), shown))
    listed = "; ".join(f"{shown} {texts[shown]}" for shown in sorted(near[:_MOST], key=lambda shown: moments[shown]))
    return f"{listed}; and {len(near) - _MOST} more" if len(near) > _MOST else listed
