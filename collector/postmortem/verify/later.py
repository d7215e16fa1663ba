"""`Three minutes later`: between what stands before, in the sentence or in the one before it, and what happens then."""

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
"""Two times to the minute and a duration that is rounded, too."""
Instants = list[tuple[datetime, datetime]]


def later(statement: Statement, mention: Mention, facts: Facts) -> tuple[list[timedelta], bool]:
    """How much later it was by the evidence, by every reading; and whether there is no other reading."""
    if not _LATER.match(statement.text, mention.end):
        return [], False
    target = _beside(statement, mention)
    own = [one for one in statement.times if one.start < mention.start and one is not target]
    if target is None and statement.leading and not statement.text[mention.end :].split()[1:]:
        # A row that ends with it: its time is so much later than that of the row before.
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
    """Whether one of the readings is so long."""
    return any(abs(one - mention.span) <= max(slack, _ROUNDED) for one in found)


def _beside(statement: Statement, mention: Mention) -> ClockTime | None:
    """`three minutes later, at 11:04`, `11:04, three minutes later`."""
    for one in statement.times:
        then = _THEN.fullmatch(statement.text[mention.end : one.start]) if one.start > mention.end else None
        if then:
            return one
        # `14:06, four minutes later Dana rolled back` goes on from that time.
        ends = one.end <= mention.start and _ENDS.match(statement.text, mention.end)
        if ends and _THERE.fullmatch(statement.text[one.end : mention.start]):
            return one
    return None


def _instants(statement: Statement, times: Sequence[ClockTime], facts: Facts) -> Instants:
    """When what a draft has at these times happened; nothing if the evidence has another time for one of them."""
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
    """When that happened which happens in the same part of the sentence, which has no time of its own."""
    part = statement.part(mention.start)
    if any(part.start <= one.start < part.end for one in statement.times) and not statement.leading:
        return []
    about = [topic for topic in part.topics if topic.decides]
    versions = {one.value for one in statement.within([part], "version")}
    ours = of_version(candidates(statement, [part], about, facts).deciding, versions)
    return [(fact.earliest, fact.latest) for fact in ours if fact.in_row]
