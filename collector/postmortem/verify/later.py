"""Durations such as `three minutes later`, which count from something earlier in the sentence or in the one before."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from collector.postmortem.verify.candidates import candidates, of_version
from collector.postmortem.verify.clock_times import ClockTime
from collector.postmortem.verify.facts import Facts
from collector.postmortem.verify.meaning import meaning
from collector.postmortem.verify.mentions import Mention
from collector.postmortem.verify.statement import Statement

_LATER = re.compile(r"\s(?:later|afterwards)\b(?!\s(?:than|still))", re.IGNORECASE)
_THEN = re.compile(r"\s(?:later|afterwards)[\s,(:\u2013-]*(?:at\s|um\s)?", re.IGNORECASE)
_ENDS = re.compile(r"\s(?:later|afterwards)\W*(?:[.,;:)|]|$)", re.IGNORECASE)
_THERE = re.compile(r"[\s,(\u2013-]*(?:(?:some|about|just|only|that is|i\.e\.)[\s,]*){0,2}")
_ROUNDED = timedelta(seconds=90)
"""Rounding error of two times to the minute and a rounded duration."""
Instants = list[tuple[datetime, datetime]]


def later(statement: Statement, mention: Mention, facts: Facts) -> tuple[list[timedelta], bool]:
    """The durations in the evidence, for every reading of the sentence, and whether there are any."""
    if not _LATER.match(statement.text, mention.end):
        return [], False
    target = _beside(statement, mention)
    own = [one for one in statement.times if one.start < mention.start and one is not target]
    if target is None and statement.leading and not statement.text[mention.end :].split()[1:]:
        # The row ends with the duration: its time is that much later than the row before.
        target, own = statement.leading[0], [one for one in own if one.start >= statement.head]
    before = statement.before
    ends = _instants(statement, [target], facts) if target else _happens(statement, mention, facts)
    begins = _instants(statement, own, facts)
    if not own and before is not None:
        begins = _instants(before, before.times, facts)
        # `It fired at 14:06, and she knew six minutes after that. Six minutes later`: from a time that nobody wrote.
        ends_later = max((one.end for one in before.times), default=0)
        if any(one.type == "duration" and one.start > ends_later for one in before.mentions):
            begins = []
    apart = [high - first for _, high in ends for first, _ in begins]
    found = sorted({*apart, *(low - last for low, _ in ends for _, last in begins)})
    # What comes before the other shows that one of the two times is wrong, and not how much lies between.
    return found, bool(found) and found[0] > -_ROUNDED


def agrees(found: Sequence[timedelta], mention: Mention, slack: timedelta) -> bool:
    """Whether one of the durations agrees with the mention."""
    return any(abs(one - mention.span) <= max(slack, _ROUNDED) for one in found)


def _beside(statement: Statement, mention: Mention) -> ClockTime | None:
    """The time beside a duration: `three minutes later, at 11:04`, `11:04, three minutes later`."""
    for one in statement.times:
        then = _THEN.fullmatch(statement.text[mention.end : one.start]) if one.start > mention.end else None
        if then:
            return one
        # `14:06, four minutes later Dana rolled back` counts from that time, so nothing may follow `later`.
        ends = one.end <= mention.start and _ENDS.match(statement.text, mention.end)
        if ends and _THERE.fullmatch(statement.text[one.end : mention.start]):
            return one
    return None


def _instants(statement: Statement, times: Sequence[ClockTime], facts: Facts) -> Instants:
    """The instants in the evidence for these times of a draft; empty if the evidence contradicts one of them."""
    found: Instants = []
    for time in times:
        meant = meaning(statement, time, facts)
        ours = [at for _, at, _ in meant.agree(time, timedelta(0))]
        if not ours and (meant.deciding or meant.sure):
            return []
        # Of what the evidence does not know there is only the draft's own time.
        inside = [at for at in time.moments if facts.window.start <= at <= facts.window.end]
        found += [(at, at) for at in ours or inside or time.moments]
    return found


def _happens(statement: Statement, mention: Mention, facts: Facts) -> Instants:
    """The instants of the facts that this part of the sentence is about; empty if the part has its own time."""
    part = statement.part(mention.start)
    if any(part.start <= one.start < part.end for one in statement.times) and not statement.leading:
        return []
    about = [topic for topic in part.topics if topic.decides]
    versions = {one.value for one in statement.within([part], "version")}
    ours = of_version(candidates(statement, [part], about, facts).deciding, versions)
    return [(fact.earliest, fact.latest) for fact in ours if fact.in_row]
