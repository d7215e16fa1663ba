"""Looks up everything in a draft that can be looked up."""

import re
from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import pairwise

from msgspec.structs import replace

from collector.postmortem.page import page
from collector.postmortem.verify.anaphora import carried
from collector.postmortem.verify.clock_times import header_zones, named_zones, sentence_zones, stated_zones
from collector.postmortem.verify.codes import judge_code
from collector.postmortem.verify.config_kinds import judge_config_kinds
from collector.postmortem.verify.deeds import judge_people
from collector.postmortem.verify.facts import Facts, facts_of
from collector.postmortem.verify.finding import Finding, Verdict
from collector.postmortem.verify.incident_phases import in_any, of_each_incident
from collector.postmortem.verify.job_outcomes import judge_jobs
from collector.postmortem.verify.judge_counts import judge_count
from collector.postmortem.verify.judge_durations import judge_duration
from collector.postmortem.verify.judge_names import judge_alert, judge_commit, judge_name, judge_run, judge_version
from collector.postmortem.verify.judge_nodes import judge_node
from collector.postmortem.verify.judge_numbers import judge_percentage
from collector.postmortem.verify.judge_times import judge_time
from collector.postmortem.verify.leftover import leftovers
from collector.postmortem.verify.mentions import Mention
from collector.postmortem.verify.order import judge_order
from collector.postmortem.verify.outcome import judge_outcome
from collector.postmortem.verify.quoted_notes import quoted_note
from collector.postmortem.verify.rates import judge_rate
from collector.postmortem.verify.relative_times import absolute
from collector.postmortem.verify.resemblance import Rows
from collector.postmortem.verify.resources import judge_resources
from collector.postmortem.verify.sentences import sentences
from collector.postmortem.verify.shift import shifts
from collector.postmortem.verify.statement import Statement, statement
from collector.result import Timeline

_CAUSE = re.compile(
    r"\b(?:because(?: of)?|due to|caus(?:e|es|ed|ing)|root[- ]cause|led to|leads to|result(?:s|ed"
    r"|ing)? (?:in|from)|as a result|owing to"
    r"|thanks to|culprit|the reason|triggered by|brought (?:down|about)|responsible for|trac(?:ed"
    r"|es) (?:back )?to|stem(?:s|med) from"
    r"|attribut(?:ed|able) to|consequence of|to blame)\b",
    re.IGNORECASE,
)
_OR = re.compile(r"[\s\0]*\b(?:or|oder)\b[\s\0]*(?:at|um)?[\s\0]*", re.IGNORECASE)


def verify(text: str, timeline: Timeline) -> list[Finding]:
    """What the evidence of a timeline has about each time, number and name of a draft, in the order of the lines."""
    every = of_each_incident(facts_of(timeline), timeline)
    # Which of several incidents a sentence is about need not show.
    facts = every[0] if len(every) == 1 else replace(every[0], phases={})
    rows = Rows(timeline.rows)
    text, stood = absolute(text)
    read = page(text)
    zones = stated_zones("\n".join(read.lines))
    found = sentences(read)
    named = {zone for sentence in found for zone in header_zones(sentence.zone)}
    named |= named_zones("\n".join(sentence.text for sentence in found))
    # Where only a table or a single time has a zone, the others may be in the same or not.
    zones = zones or (timeline.window.tz, *sorted(named - {timeline.window.tz}, key=str))
    statements: list[Statement] = []
    for sentence in found:
        own = sentence_zones(sentence.text) or header_zones(sentence.zone) or header_zones(sentence.title)
        before = statements[-1] if statements and statements[-1].sentence.title == sentence.title else None
        statements.append(statement(sentence, own or zones, facts, rows, carried(sentence.text, before), before))
    ahead, findings = shifts(statements, facts)
    for one in statements:
        shift = ahead.get(one.sentence.group, timedelta(0))
        judged = [finding for each in every for finding in _judged(one, each, shift)]
        findings += judged if len(every) == 1 else in_any(judged)
    findings = [replace(one, text=stood.get((one.line, one.text), one.text)) for one in findings]
    return sorted(dict.fromkeys(findings))


def _judged(one: Statement, facts: Facts, shift: timedelta) -> Iterator[Finding]:
    times = [judge_time(one, time, facts, shift) for time in one.times]
    yield from _either(
        one, [_or_quoted(one, (time.start, time.end), each, facts) for time, each in zip(one.times, times, strict=True)]
    )
    for mention in one.mentions:
        found = _or_quoted(one, (mention.start, mention.end), _look_up(one, mention, facts, shift), facts)
        if found.verdict == Verdict.NOT_FOUND and mention.type == "duration" and not re.search("[0-9]", mention.text):
            # `Two minutes later` may count from anything, so it does not count as looked up.
            evidence = "nothing beside it shows what it is the duration of"
            found = replace(found, verdict=Verdict.NOT_CHECKED, evidence=evidence)
        yield found
    yield from judge_people(one, facts)
    yield from judge_order(one, facts)
    yield from judge_outcome(one, facts)
    yield from judge_jobs(one, facts)
    yield from judge_config_kinds(one, facts)
    yield from judge_resources(one, facts)
    yield from leftovers(one, facts)
    cause = _CAUSE.search(one.sentence.text)
    if cause and not one.sentence.plans:
        evidence = "claims a cause, which no evidence decides"
        yield Finding(one.line(one.head), one.head, "cause", one.sentence.text, Verdict.JUDGE, evidence)


def _or_quoted(one: Statement, span: tuple[int, int], found: Finding, facts: Facts) -> Finding:
    """The same, but confirmed if it was not found and a note has it in the same words."""
    note = quoted_note(one, *span, facts.rows) if found.verdict == Verdict.NOT_FOUND else ""
    return replace(found, verdict=Verdict.CONFIRMED, evidence=f"a note has it: {note}") if note else found


def _either(one: Statement, found: Sequence[Finding]) -> Iterator[Finding]:
    """The findings about the times of a statement. If one time of `at 14:07 or 14:08` is right, that is enough."""
    times = list(zip(one.times, found, strict=True))
    pairs = [(a, b) for a, b in pairwise(times) if _OR.fullmatch(one.text[a[0].end : b[0].start])]
    right = {id(other[1]) for pair in pairs for own, other in (pair, pair[::-1]) if own[1].verdict == Verdict.CONFIRMED}
    for each in found:
        if id(each) in right and each.verdict == Verdict.CONTRADICTED:
            yield replace(each, verdict=Verdict.NOT_FOUND, evidence="the evidence has the other of the two")
        else:
            yield each


def _look_up(one: Statement, mention: Mention, facts: Facts, shift: timedelta) -> Finding:
    match mention.type:
        case "percentage":
            return judge_percentage(one, mention, facts)
        case "code":
            return judge_code(one, mention, facts)
        case "rate":
            return judge_rate(one, mention, facts)
        case "count":
            return judge_count(one, mention, facts)
        case "duration":
            return judge_duration(one, mention, facts)
        case "version":
            return judge_version(one, mention, facts, shift)
        case "commit":
            return judge_commit(one, mention, facts, shift)
        case "run":
            return judge_run(one, mention, facts, shift)
        case "alert":
            return judge_alert(one, mention, facts)
        case "node":
            return judge_node(one, mention, facts)
        case _:
            return judge_name(one, mention, facts)
