"""Judges durations against the time from the beginning to the end of their subject."""

import re
from collections.abc import Iterator
from datetime import timedelta

from collector.event import Kind
from collector.postmortem.verify.alert_ends import alert_ends_apart
from collector.postmortem.verify.between_two import between_two
from collector.postmortem.verify.candidates import named
from collector.postmortem.verify.elapsed import PART_OF_DURATION, elapsed, is_from_one_to_another
from collector.postmortem.verify.facts import Fact, Facts
from collector.postmortem.verify.finding import Finding, Verdict
from collector.postmortem.verify.judge_numbers import (
    ABOUT,
    CONTEXT_WIDTH,
    OVER,
    UNDER,
    confirm_if_printed,
    number_finding,
)
from collector.postmortem.verify.later import agrees, later
from collector.postmortem.verify.meaning import meaning
from collector.postmortem.verify.mentions import Mention
from collector.postmortem.verify.parts import Part
from collector.postmortem.verify.remedies import restored_by_remedy
from collector.postmortem.verify.statement import Statement
from collector.wording.numbers import duration_text

_LATER = re.compile(r"\s(?:later|afterwards|earlier)\b(?!\s(?:than|still))", re.IGNORECASE)
_BESIDE = re.compile(r"[\s,;(\u2013-]{1,3}(?:\w+\s){0,2}")
"""Text between a time and `5 minutes later`."""
_IN_BRACKETS = re.compile(r"\s*\((?:for |about |around |ca\. |etwa |~|= ?)?")
"""Text between two times and the duration between them: `between 14:03 and 14:22 UTC (19 minutes)`."""
_ROUNDED = timedelta(minutes=1)
_SHORT = 4
"""Maximum number of words of a part that belongs to the part before it: `detected 14:06 (after 3 min)`."""


def judge_duration(statement: Statement, mention: Mention, facts: Facts) -> Finding:
    """Compare a duration with the time from the beginning to the end of its subject."""
    spans, own = _nearest_spans(statement, mention, facts)
    before = statement.text[max(0, mention.start - CONTEXT_WIDTH) : mention.start]
    if is_from_one_to_another(statement.part(mention.start).text) or PART_OF_DURATION.search(before):
        own = False
    if restored_by_remedy(statement, mention):
        own = False
    between = elapsed(statement, mention, facts) or between_two(statement, mention, facts)
    # What a named alert lasted may differ from the incident, if it did not end that.
    spans = between if between and alert_ends_apart(statement, mention, facts) else [*between, *spans]
    slack = max(mention.exact, timedelta(seconds=1))
    if mention.exact >= timedelta(hours=1):
        slack = timedelta(minutes=30)
    if ABOUT.search(before):
        slack = max(slack, mention.span / 10, timedelta(minutes=2))
    agree = [one for one in spans if one[0] - slack <= mention.span <= one[1] + slack]
    if agree:
        return number_finding(statement, mention, Verdict.CONFIRMED, agree[0][2])
    over, under = OVER.search(before), UNDER.search(before)
    beyond = not any(
        one[1] + slack > mention.span if over else one[0] - slack < mention.span for one in spans if over or under
    )
    relative = _RELATIVE.match(statement.text, mention.end)
    # A duration that is alone in a table cell may count from the row before.
    home = statement.part(mention.start)
    alone = statement.sentence.group and statement.head and home.text.strip(" |") == mention.text
    own = bool(between) or (own and not relative and not alone)
    if spans and own and beyond and not statement.is_hypothetical(mention.start):
        shown = "; ".join(dict.fromkeys(f"{duration_text((low + high) / 2)} ({what})" for low, high, what in spans[:3]))
        return number_finding(statement, mention, Verdict.CONTRADICTED, f"the evidence has {shown}")
    after, sure = later(statement, mention, facts)
    if agrees(after, mention, slack):
        return number_finding(statement, mention, Verdict.CONFIRMED, "as much lies between the two in the evidence")
    if sure and not over and not under and not statement.is_hypothetical(mention.start):
        listed = ", ".join(dict.fromkeys(duration_text(one) for one in after if one > timedelta(0)))
        if listed:
            return number_finding(statement, mention, Verdict.CONTRADICTED, f"between the two lie {listed}")
    spanned = len(statement.times) == 2 and _IN_BRACKETS.fullmatch(
        statement.text[statement.times[1].end : mention.start]
    )
    lasted = _apart(statement, facts) if spanned else None
    if lasted is not None:
        right = abs(lasted - mention.span) <= max(slack, timedelta(minutes=1)) + _ROUNDED
        verdict = Verdict.CONFIRMED if right else Verdict.CONTRADICTED
        return number_finding(
            statement, mention, verdict, f"the evidence has {duration_text(lasted)} between the two times"
        )
    beside = any(_BESIDE.fullmatch(statement.text[time.end : mention.start]) for time in statement.times)
    apart = _apart(statement, facts) if beside and _LATER.match(statement.text, mention.end) else None
    if apart is not None and abs(apart - mention.span) > max(slack, timedelta(minutes=1)) + _ROUNDED:
        evidence = f"the evidence has {duration_text(apart)} between the two times beside it"
        return number_finding(statement, mention, Verdict.CONTRADICTED, evidence)
    return confirm_if_printed(statement, mention, "duration", facts)


def _apart(statement: Statement, facts: Facts) -> timedelta | None:
    """The time between the two facts of a sentence, if it has exactly two times and both are right; else None."""
    found = [
        min(meaning(statement, time, facts).agree(time, timedelta(0)), default=None, key=lambda one: (one[0], one[1]))
        for time in statement.times
    ]
    one, *others = found or [None]
    return abs(others[0][1] - one[1]) if one and len(others) == 1 and others[0] else None


def _nearest_spans(
    statement: Statement, mention: Mention, facts: Facts
) -> tuple[list[tuple[timedelta, timedelta, str]], bool]:
    """The spans of its part of the sentence, else of the nearest part with any; and whether they are surely meant."""
    home = statement.part(mention.start)
    before = [part for part in reversed(statement.parts) if part.start < home.start]
    after = [part for part in statement.parts if part.start > home.start]
    for part in (home, *before, *after):
        found = list(_spans(statement, part, facts))
        if found:
            return found, part is home or (part in before and len(home.text.split()) <= _SHORT)
    return [], False


def _spans(statement: Statement, part: Part, facts: Facts) -> Iterator[tuple[timedelta, timedelta, str]]:
    text = f"{part.text} "
    phases = facts.phases
    for pattern, start, ends in _MEASURED:
        if pattern.search(text):
            for end in ends:
                if start in phases and end in phases:
                    yield _between(phases[start], phases[end], f"from {start} to {end}")
    if _SINCE_FIRST.search(text) and "started" in phases and "detected" in phases and _ALERT.search(statement.text):
        yield _between(phases["started"], phases["detected"], "from started to detected")
    if _ALERT.search(statement.text) and _LASTED.search(text):
        yield from _firing(statement, part, facts)


def _firing(statement: Statement, part: Part, facts: Facts) -> Iterator[tuple[timedelta, timedelta, str]]:
    for ended in named(statement, [part], facts.of_kinds([Kind.ALERT_RESOLVED])):
        begun = [
            fact
            for fact in facts.of_kinds([Kind.ALERT_FIRING])
            if fact.event.keys.alert == ended.event.keys.alert and fact.at <= ended.at and fact.service == ended.service
        ]
        since = ended.event.numbers.get("since")
        if since is not None:
            span = timedelta(seconds=ended.at.timestamp() - since)
            yield span, span, ended.text
        for fact in begun:
            yield _between(fact, ended, ended.text)


def _between(start: Fact, end: Fact, what: str) -> tuple[timedelta, timedelta, str]:
    return max(end.earliest - start.latest, timedelta(0)), max(end.latest - start.earliest, timedelta(0)), what


_RELATIVE = re.compile(
    r"\s(?:later|earlier|afterwards|before|ago|into|"
    r"after (?!(?:the |it )?(?:first|initial|start\w*|onset|began|beginning|impact|incident|outage)\b))",
    re.IGNORECASE,
)
"""Text after a duration that makes it the time between two things, and not the length of one."""
_SINCE_FIRST = re.compile(r"\bafter the (?:first|initial|onset)\b|\bfir(?:es|ed) (?:only )?after\b", re.IGNORECASE)
_ALERT = re.compile(r"\balert|\bfir(?:es|ed)\b|\bpaged\b|\bAlarm", re.IGNORECASE)
_LASTED = re.compile(
    r"\b(?:resolv\w*|clear\w*|recover\w*|active|last\w*|firing|was up|behoben|gelöst|aufgehoben|beendet|endet\w*|aktiv"
    r"|dauert\w*|Entwarnung|zurückgenommen)\b",
    re.IGNORECASE,
)


def _measured(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE)


_GERMAN = r"Vorfall\w*|Störung\w*|Ausfall\w*|Beeinträchtigung\w*|dauerte|insgesamt|Gesamtdauer"
_MEASURED = (
    (
        _measured(rf"incident|impact|outage|lasted|downtime|total|duration|resolved (?:after|within|in)|{_GERMAN}"),
        "started",
        ("resolved", "mitigated"),
    ),
    (
        _measured(rf"incident|impact|outage|lasted|downtime|total|duration|{_GERMAN}"),
        "detected",
        ("resolved", "mitigated"),
    ),
    (
        _measured(
            r"M?TTD|detect\w*|noticed|knew|learn(?:ed|t) of|were aware|until the alert|before the alert"
            r"|bemerkt\w*|entdeckt\w*"
        ),
        "started",
        ("detected",),
    ),
    (_measured(r"M?TTI|identif\w*|diagnos\w*|culprit|find the cause"), "started", ("identified",)),
    (_measured(r"M?TTI|identif\w*|diagnos\w*|culprit|find the cause"), "detected", ("identified",)),
    (_measured(r"M?TTM|mitigat\w*"), "started", ("mitigated",)),
    (_measured(r"M?TTM|mitigat\w*"), "detected", ("mitigated",)),
    (_measured(r"resolv\w*|resolution|recover\w*"), "started", ("resolved",)),
    (_measured(r"resolv\w*|resolution|recover\w*"), "detected", ("resolved",)),
    (_measured(r"M?TTR|restor\w*|recovery|time to (?:fix|repair)"), "started", ("resolved", "mitigated")),
    (_measured(r"M?TTR|restor\w*|recovery|time to (?:fix|repair)"), "detected", ("resolved", "mitigated")),
)
