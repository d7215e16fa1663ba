"""Judges times: when did it happen according to the evidence?"""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from collector.event import Kind
from collector.postmortem.verify.candidates import candidates, of_version
from collector.postmortem.verify.clock_times import ClockTime
from collector.postmortem.verify.facts import Fact, Facts
from collector.postmortem.verify.finding import Finding, Verdict
from collector.postmortem.verify.parts import Part
from collector.postmortem.verify.resemblance import STRONG, words
from collector.postmortem.verify.statement import Statement
from collector.row import Row
from collector.window import Window

_MOST = 3
"""Maximum number of other times that a finding lists."""
_FEW = 4
_MUCH = 0.5
"""Number and share of a sentence's words that a note cannot have by chance."""
_NAME = re.compile(r"\b[A-Z][a-z]+\b")
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


class Meant(Struct, frozen=True):
    """The facts and rows in the evidence that a time may belong to."""

    deciding: tuple[Fact, ...]
    """If none of these happened at the time, it is wrong."""
    agreeing: tuple[Fact, ...]
    rows: tuple[Row, ...]
    """The rows that the statement resembles."""
    sure: bool
    """Whether the best of `rows` resembles the statement beyond doubt."""
    open: bool
    """Whether the statement is negated, a plan or a wish."""

    def agree(self, time: ClockTime, shift: timedelta) -> list[tuple[int, datetime, str]]:
        """The rank, instant and text of all that happened at the time; rank 1 is for facts that only may be meant."""
        found = [
            (rank, fact.at, fact.text)
            for rank, facts in enumerate((self.deciding, self.agreeing))
            for fact in facts
            if time.meets(fact.earliest, fact.latest, shift)
        ]
        spans = ((row, row.earliest or row.at, row.latest or row.at) for row in self.rows)
        rows = (row for row, first, last in spans if time.meets(min(first, row.at), max(last, row.at), shift))
        return [*found, *((0, row.at, row.text) for row in rows)]


def meaning(statement: Statement, time: ClockTime, facts: Facts) -> Meant:
    """Find the facts and rows that a time may belong to."""
    scope, topics = statement.scope(time)
    found = candidates(statement, scope, topics, facts)
    versions = {one.value for one in statement.within(scope, "version")}
    deciding = of_version(found.deciding, versions)
    if not deciding and len(statement.times) == 1 and not statement.open(time.start):
        deciding = _reported(statement, facts)
    # Facts about other versions agree, too: then the time is right, and only the version is wrong.
    agreeing = (
        *found.agreeing,
        *found.deciding,
        *_written_by(statement, scope, facts),
        *_of_run(statement, deciding, facts),
    )
    leads = time.start < statement.head
    like = statement.like if leads or len(statement.times) == 1 else ()
    # A sentence with the words of a note may give the time of something that the note mentions.
    like = like if leads else tuple(one for one in like if one.row.kind not in (Kind.NOTE, Kind.ANNOTATION))
    sure = bool(like) and like[0].score >= STRONG
    rows = tuple(one.row for one in like) if sure or not deciding else ()
    return Meant(deciding, agreeing, rows, sure, statement.open(statement.topical(scope)))


def _written_by(statement: Statement, scope: Sequence[Part], facts: Facts) -> list[Fact]:
    """The notes by people whom the statement names; none if these parts name a run or an alert."""
    if statement.within(scope, "run") or statement.within(scope, "alert"):
        return []
    if any(
        topic.subject in ("deploy", "rollback") and topic.verb for part in scope for topic in part.topics
    ) and not any(_NAME.search(part.text) for part in scope):
        # `Kat merged it; its deploy succeeded at 09:27`: a note by Kat shows nothing about the deploy.
        return []
    names = set(_NAME.findall(statement.text))
    return [note for note in facts.of([Kind.NOTE]) if names & set(_NAME.findall(note.text.partition(":")[0][:40])[:1])]


def _of_run(statement: Statement, deciding: Sequence[Fact], facts: Facts) -> list[Fact]:
    """The facts about the only run that the sentence names, unless one of the deciding facts belongs to it."""
    runs = {one.value for one in statement.mentions if one.type == "run"}
    if len(runs) != 1 or runs & {fact.event.keys.run_number for fact in deciding}:
        return []
    return [fact for fact in facts.of(facts.by_kind) if fact.event.keys.run_number in runs]


def _reported(statement: Statement, facts: Facts) -> tuple[Fact, ...]:
    """The note with the words of the sentence by somebody whom the sentence names; empty if it is not the only one."""
    own, names = words(statement.sentence.text), set(_NAME.findall(statement.text))
    found = []
    for note in facts.of([Kind.NOTE]):
        author, _, text = note.text.partition(":")
        theirs = words(text)
        if note.whole and names & set(_NAME.findall(author[:40])) and len(own & theirs) >= max(_FEW, len(own) * _MUCH):
            found.append(note)
    return tuple(found) if len(found) == 1 else ()


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
    rows = [fact for fact in meant.deciding if fact.whole]
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
        for one in statement.like:
            for moment in sorted(facts.row_moments.get(one.row.id, ())):
                if time.meets(moment, moment, shift):
                    return f"{clock(one.row.at, facts.window)} {one.row.text}"
    edge = {"from": facts.window.start, "to": facts.window.end}.get(time.place)
    return "the window of the evidence" if edge and time.meets(edge, edge, shift) else ""


def _without_row(
    statement: Statement, time: ClockTime, facts: Facts, shift: timedelta, deciding: Sequence[Fact]
) -> Fact | None:
    """A fact of the same kind at that time, about anybody, if the statement names no service, alert or version."""
    if any(one.type in ("service", "alert", "version") for one in statement.mentions):
        return None
    kinds = sorted({fact.kind for fact in deciding} & _ANYWHERE)
    back = all(fact.rollback for fact in deciding)
    ours = (fact for fact in facts.of(kinds) if fact.rollback or not back)
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
