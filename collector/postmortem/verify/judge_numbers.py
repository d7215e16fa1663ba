"""Percentages, counts and durations."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta

from collector.event import Event, Kind
from collector.postmortem.verify.candidates import named
from collector.postmortem.verify.facts import Fact, Facts
from collector.postmortem.verify.finding import Finding, Verdict
from collector.postmortem.verify.mentions import Mention
from collector.postmortem.verify.resemblance import STRONG
from collector.postmortem.verify.statement import Part, Statement
from collector.row import Row
from collector.wording.numbers import lasting, percent

_RATIOS = (Kind.ERRORS_ROSE, Kind.ERRORS_FELL, Kind.LATENCY_ROSE, Kind.LATENCY_FELL)
_FAILING = re.compile(
    r"\b(?:5xx\w*|500s|50[0-4]s?|errors?|error rates?|ratio|fail\w*|lost|rejected|refused|share of requests|latenc\w+|slow)\b",
    re.IGNORECASE,
)
_OTHERS = re.compile(
    r"\b(?:users?|customers?|budget|slo|sla|cpu|memory|disk|canary|capacity|utili[sz]ation|threshold|traffic (?:to|was)|weight|sales|revenue)\b",
    re.IGNORECASE,
)
_ABOUT = re.compile(
    r"(?:~|\u2248|\b(?:about|around|approx(?:\.|imately)?|roughly|nearly|almost|close to|some|ca\.?|circa))\s*$", re.I
)
_OVER = re.compile(
    r"(?:>|\u2265|\b(?:over|above|more than|exceed(?:s|ed|ing)?|at least|beyond|north of))\s*(?:the\s)?$", re.I
)
_UNDER = re.compile(r"(?:<|\u2264|\b(?:under|below|less than|no more than|within))\s*(?:the\s)?$", re.I)
_BEFORE = 24
_SHORT = 4
"""A part of a sentence of so few words belongs to the one before it: `detected 14:06 (after 3 min)`."""
_NUMBERS = ("before", "after", "peak")


def judge_percentage(statement: Statement, mention: Mention, facts: Facts) -> Finding:
    """A share of requests: that of the errors it is about, before, after and at their highest."""
    part = statement.part(mention.start)
    about = _FAILING.search(part.text) or (_FAILING.search(statement.text) and not _OTHERS.search(part.text))
    if not about or _OTHERS.search(part.text):
        return _printed(statement, mention, "percentage", facts)
    found = named(statement, [part], facts.of(_RATIOS), facts)
    # `6,430 of 103,252 requests failed (6.2%)`
    counted = [one.value.split() for one in statement.mentions if one.type == "count" and " " in one.value]
    value, exact = float(mention.value) / 100, 0.5000001 * 10 ** -(mention.digits + 2)
    # Values are printed with fewer digits where they are small.
    before = statement.text[max(0, mention.start - _BEFORE) : mention.start]
    known = [(ratio, fact) for fact in found for ratio in _ratios(fact.event)]
    if _OVER.search(before):
        agree = [one for one in known if one[0] >= value - exact]
    elif _UNDER.search(before):
        agree = [one for one in known if one[0] <= value + exact]
    else:
        slack = max(exact, 0.1 * value + 0.005) if _ABOUT.search(before) else exact
        known_then = [*known, *_at_times(statement, part, found)]
        agree = [one for one in known_then if abs(one[0] - value) <= slack]
    if agree:
        fact = min(agree, key=lambda one: (abs(one[0] - value), one[1].at))[1]
        return _finding(statement, mention, Verdict.CONFIRMED, fact.text)
    pair = next((pair for pair in counted if int(pair[1]) and abs(int(pair[0]) / int(pair[1]) - value) <= exact), None)
    if pair:
        verdict = (
            Verdict.CONFIRMED
            if any(_has(row.text, [int(each) for each in pair]) for row in facts.rows)
            else Verdict.NOT_FOUND
        )
        return _finding(statement, mention, verdict, f"{pair[0]} of {pair[1]}, which stand beside it")
    if known and not statement.open(mention.start):
        values = ", ".join(dict.fromkeys(percent(ratio) for ratio, _ in sorted(known, key=lambda one: one[0])))
        return _finding(statement, mention, Verdict.CONTRADICTED, f"the evidence has {values}: {known[0][1].text}")
    return _printed(statement, mention, "percentage", facts)


def judge_count(statement: Statement, mention: Mention, facts: Facts) -> Finding:
    """A number of pods, nodes, requests: one that stands in a row, or in an Event of what it is about."""
    values = [int(each) for each in mention.value.split()]
    rows = [one.row for one in statement.like if one.score >= STRONG]
    if any(_has(row.text, values) for row in facts.rows):
        row = next(row for row in [*rows, *facts.rows] if _has(row.text, values))
        return _finding(statement, mention, Verdict.CONFIRMED, row.text)
    for fact in named(statement, [statement.part(mention.start)], facts.of(facts.by_kind), facts):
        numbers = {int(number) for number in fact.event.numbers.values() if abs(number) < 1e15}
        if set(values) <= numbers:
            return _finding(statement, mention, Verdict.CONFIRMED, fact.text)
    others = [row for row in rows if _counts(row.text, len(values), mention.noun)]
    if others and not statement.open(mention.start):
        return _finding(statement, mention, Verdict.CONTRADICTED, f"the evidence has: {others[0].text}")
    return _finding(statement, mention, Verdict.NOT_FOUND, "no such number in the evidence")


def judge_duration(statement: Statement, mention: Mention, facts: Facts) -> Finding:
    """A span of time: from the beginning to the end of what it is about."""
    spans, own = _nearest_spans(statement, mention, facts)
    before = statement.text[max(0, mention.start - _BEFORE) : mention.start]
    slack = max(mention.exact, timedelta(seconds=1))
    if mention.exact >= timedelta(hours=1):
        slack = timedelta(minutes=30)
    if _ABOUT.search(before):
        slack = max(slack, mention.span / 10, timedelta(minutes=2))
    agree = [one for one in spans if one[0] - slack <= mention.span <= one[1] + slack]
    if agree:
        return _finding(statement, mention, Verdict.CONFIRMED, agree[0][2])
    if spans and own and not (_OVER.search(before) or _UNDER.search(before)) and not statement.open(mention.start):
        shown = "; ".join(dict.fromkeys(f"{lasting((low + high) / 2)} ({what})" for low, high, what in spans[:3]))
        return _finding(statement, mention, Verdict.CONTRADICTED, f"the evidence has {shown}")
    return _printed(statement, mention, "duration", facts)


def _ratios(event: Event) -> Iterator[float]:
    numbers = event.numbers
    yield from (numbers[name] for name in _NUMBERS if name in numbers)
    if "errors" in numbers and numbers.get("requests"):
        yield numbers["errors"] / numbers["requests"]


def _at_times(statement: Statement, part: Part, found: Iterable[Fact]) -> Iterator[tuple[float, Fact]]:
    """What the series had at the times of this part."""
    times = [one for one in statement.times if part.start <= one.start < part.end] or statement.leading
    moments = [moment.timestamp() for time in times for moment in time.moments]
    for fact in found:
        for at, ratio in fact.event.plot:
            if any(-60 <= at - moment <= 120 for moment in moments):
                yield ratio, fact


def _nearest_spans(
    statement: Statement, mention: Mention, facts: Facts
) -> tuple[list[tuple[timedelta, timedelta, str]], bool]:
    """Those of its own part of the sentence, else of the nearest part that has any; and whether they are surely meant."""
    home = statement.part(mention.start)
    before = [part for part in reversed(statement.parts) if part.start < home.start]
    after = [part for part in statement.parts if part.start > home.start]
    for part in (home, *before, *after):
        found = list(_spans(statement, part, facts))
        if found:
            return found, part is home or len(home.text.split()) <= _SHORT
    return [], False


def _spans(statement: Statement, part: Part, facts: Facts) -> Iterator[tuple[timedelta, timedelta, str]]:
    text = f"{part.text} "
    phases = facts.phases
    for pattern, start, ends in _MEASURED:
        if pattern.search(text):
            for end in ends:
                if start in phases and end in phases:
                    yield _between(phases[start], phases[end], f"from {start} to {end}")
    if re.search(r"\balert", statement.text, re.IGNORECASE) and _LASTED.search(text):
        yield from _firing(statement, part, facts)


def _firing(statement: Statement, part: Part, facts: Facts) -> Iterator[tuple[timedelta, timedelta, str]]:
    for ended in named(statement, [part], facts.of([Kind.ALERT_RESOLVED]), facts):
        begun = [
            fact
            for fact in facts.of([Kind.ALERT_FIRING])
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


_LASTED = re.compile(r"\b(?:resolv\w*|clear\w*|recover\w*|active|last\w*|firing|was up)\b", re.IGNORECASE)


def _measured(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE)


_MEASURED = (
    (
        _measured(r"incident|outage|lasted|downtime|total|duration|resolved (?:after|within|in)"),
        "started",
        ("resolved", "mitigated"),
    ),
    (_measured(r"incident|outage|lasted|downtime|total|duration"), "detected", ("resolved", "mitigated")),
    (_measured(r"detect\w*|noticed"), "started", ("detected",)),
    (_measured(r"identif\w*|diagnos\w*|culprit|find the cause"), "started", ("identified",)),
    (_measured(r"identif\w*|diagnos\w*|culprit|find the cause"), "detected", ("identified",)),
    (_measured(r"mitigat\w*"), "started", ("mitigated",)),
    (_measured(r"mitigat\w*"), "detected", ("mitigated",)),
    (_measured(r"resolv\w*|recover\w*"), "started", ("resolved",)),
    (_measured(r"resolv\w*|recover\w*"), "detected", ("resolved",)),
)


def _printed(statement: Statement, mention: Mention, what: str, facts: Facts) -> Finding:
    """What a row prints as it is."""
    shape = re.compile(rf"(?<![\w.,]){re.escape(mention.text.strip())}(?![\w.])")
    like: Sequence[Row] = [one.row for one in statement.like]
    row = next((row for row in [*like, *facts.rows] if shape.search(row.text)), None)
    if row:
        return _finding(statement, mention, Verdict.CONFIRMED, row.text)
    return _finding(statement, mention, Verdict.NOT_FOUND, f"no such {what} in the evidence")


def _has(text: str, values: Sequence[int]) -> bool:
    numbers = [
        int(each.replace(",", "")) for each in re.findall(r"(?<![\w.:])[0-9][0-9,]*(?![\w.:%])", text) if len(each) < 15
    ]
    return all(value in numbers for value in values) if len(values) == 1 else _pair(text, values)


def _pair(text: str, values: Sequence[int]) -> bool:
    return bool(re.search(rf"(?<!\d){values[0]:,}(?: of | out of |/){values[1]:,}(?!\d)", text))


def _counts(text: str, size: int, noun: str) -> bool:
    """Whether it counts the same sort of thing."""
    if size == 2:
        return bool(re.search(r"\d of \d", text))
    return bool(noun) and bool(re.search(rf"\d {re.escape(noun.rstrip('s'))}s?\b", text))


def _finding(statement: Statement, mention: Mention, verdict: Verdict, evidence: str) -> Finding:
    return Finding(statement.line(mention.start), mention.start, mention.type, mention.text, verdict, evidence)
