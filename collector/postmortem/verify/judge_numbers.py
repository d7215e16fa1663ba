"""Percentages and counts."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from collector.event import Event, Kind
from collector.postmortem.verify.candidates import named
from collector.postmortem.verify.facts import Fact, Facts
from collector.postmortem.verify.finding import Finding, Verdict
from collector.postmortem.verify.mentions import Mention
from collector.postmortem.verify.parts import Part
from collector.postmortem.verify.resemblance import STRONG
from collector.postmortem.verify.statement import Statement
from collector.row import Row
from collector.wording.numbers import percent

_RATIOS = (Kind.ERRORS_ROSE, Kind.ERRORS_FELL, Kind.LATENCY_ROSE, Kind.LATENCY_FELL)
_FAILING = re.compile(
    r"\b(?:5xx\w*|500s|50[0-4]s?|errors?|error rates?|ratio|fail\w*|lost|rejected|refused"
    r"|share of requests|latenc\w+|slow)\b",
    re.IGNORECASE,
)
_OTHERS = re.compile(
    r"\b(?:users?|customers?|budget|slo|sla|cpu|memory|disk|canary|capacity|utili[sz]ation|threshold"
    r"|traffic (?:to|was)|weight|sales|revenue)\b",
    re.IGNORECASE,
)
_OF_REQUESTS = re.compile(r"\sof (?:all |the )*(?:requests|calls|responses|launches|payments)\b", re.IGNORECASE)
ABOUT = re.compile(
    r"(?:~|\u2248|\b(?:about|around|approx(?:\.|imately)?|roughly|nearly|almost|close to|some|ca\.?|circa))\s*$", re.I
)
OVER = re.compile(
    r"(?:>|\u2265|\b(?:over|above|more than|exceed(?:s|ed|ing)?|at least|beyond|north of))\s*(?:the\s)?$", re.I
)
UNDER = re.compile(r"(?:<|\u2264|\b(?:under|below|less than|no more than|within))\s*(?:the\s)?$", re.I)
BEFORE = 24
_NUMBERS = ("before", "after", "peak")


class _Known(NamedTuple):
    """A share of requests that the evidence reports."""

    ratio: float
    at: datetime
    text: str
    """Of what reports it."""


def judge_percentage(statement: Statement, mention: Mention, facts: Facts) -> Finding:
    """A share of requests: that of the errors it is about, before, after and at their highest."""
    part = statement.part(mention.start)
    about = _FAILING.search(part.text) or (_FAILING.search(statement.text) and not _OTHERS.search(part.text))
    alert = any(one.type == "alert" for one in statement.mentions)
    about = about or (alert and (_OF_REQUESTS.match(statement.text, mention.end) or _in_brackets(statement, mention)))
    if not about or _OTHERS.search(part.text):
        return as_printed(statement, mention, "percentage", facts)
    found = named(statement, [part], facts.of(_RATIOS))
    # `6,430 of 103,252 requests failed (6.2%)`
    counted = [one.value.split() for one in statement.mentions if one.type == "count" and " " in one.value]
    value, exact = float(mention.value) / 100, 0.5000001 * 10 ** -(mention.digits + 2)
    # Values are printed with fewer digits where they are small.
    before = statement.text[max(0, mention.start - BEFORE) : mention.start]
    known = [_Known(ratio, fact.at, fact.text) for fact in found for ratio in _ratios(fact.event)]
    known += _of_rows_like(statement)
    if OVER.search(before):
        agree = [one for one in known if one.ratio >= value - exact]
    elif UNDER.search(before):
        agree = [one for one in known if one.ratio <= value + exact]
    else:
        slack = max(exact, 0.1 * value + 0.005) if ABOUT.search(before) else exact
        known_then = [*known, *_at_times(statement, part, found)]
        agree = [one for one in known_then if abs(one.ratio - value) <= slack]
    if agree:
        closest = min(agree, key=lambda one: (abs(one.ratio - value), one.at))
        return number_finding(statement, mention, Verdict.CONFIRMED, closest.text)
    pair = next((pair for pair in counted if int(pair[1]) and abs(int(pair[0]) / int(pair[1]) - value) <= exact), None)
    if pair:
        verdict = (
            Verdict.CONFIRMED
            if any(_has(row.text, [int(each) for each in pair]) for row in facts.rows)
            else Verdict.NOT_FOUND
        )
        return number_finding(statement, mention, verdict, f"{pair[0]} of {pair[1]}, which stand beside it")
    if known and not statement.open(mention.start):
        values = ", ".join(dict.fromkeys(percent(one.ratio) for one in sorted(known)))
        return number_finding(statement, mention, Verdict.CONTRADICTED, f"the evidence has {values}: {known[0].text}")
    return as_printed(statement, mention, "percentage", facts)


def judge_count(statement: Statement, mention: Mention, facts: Facts) -> Finding:
    """A number of pods, nodes, requests: one that stands in a row, or in an Event of what it is about."""
    values = [int(each) for each in mention.value.split()]
    rows = [one.row for one in statement.like if one.score >= STRONG]
    if any(_has(row.text, values) for row in facts.rows):
        row = next(row for row in [*rows, *facts.rows] if _has(row.text, values))
        return number_finding(statement, mention, Verdict.CONFIRMED, row.text)
    for fact in named(statement, [statement.part(mention.start)], facts.of(facts.by_kind)):
        numbers = {int(number) for number in fact.event.numbers.values() if abs(number) < 1e15}
        if set(values) <= numbers:
            return number_finding(statement, mention, Verdict.CONFIRMED, fact.text)
    others = [row for row in rows if _counts(row.text, len(values), mention.noun)]
    other = others[0].text if others else _counted_otherwise(statement, mention, facts)
    if other and not statement.open(mention.start):
        return number_finding(statement, mention, Verdict.CONTRADICTED, f"the evidence has: {other}")
    return number_finding(statement, mention, Verdict.NOT_FOUND, "no such number in the evidence")


_COUNTED = {
    ("pods crash", "times"): re.compile(r"\b([0-9,]+) times\b"),
    ("pods cannot start", "pods"): re.compile(r"^([0-9,]+) pods\b"),
    ("scaling", "replicas"): re.compile(r"\bscaled to ([0-9,]+)\b"),
    ("scaling", "pods"): re.compile(r"\bscaled to ([0-9,]+)\b"),
}
"""What rows count all of, by what happens and by what is counted."""
_SOME = re.compile(r"\b(?:first|some|other|another|more|fewer|least|from|of|by)\b", re.IGNORECASE)


def _counted_otherwise(statement: Statement, mention: Mention, facts: Facts) -> str:
    """The row that counts all of the same things, where a draft has another number of them; else nothing."""
    scope, topics = statement.around(mention)
    first, _, requests = mention.value.partition(" ")
    for fact in facts.of(facts.by_kind) if requests else ():
        if fact.event.numbers.get("requests") == float(requests) and fact.event.numbers.get("errors") != float(first):
            return fact.text
    if _SOME.search(statement.text[max(0, mention.start - BEFORE) : mention.start]):
        return ""
    for topic in topics:
        pattern = _COUNTED.get((topic.name, f"{mention.noun.rstrip('s')}s"))
        rows = [fact for fact in named(statement, scope, facts.of(topic.decides)) if fact.whole] if pattern else []
        if pattern and len(rows) == 1 and pattern.search(rows[0].text):
            return rows[0].text
    return ""


def _in_brackets(statement: Statement, mention: Mention) -> bool:
    """`CheckoutErrors fires (40%)`."""
    around = statement.text[: mention.start].rstrip()[-1:] + statement.text[mention.end :].lstrip()[:1]
    return around == "()"


def _ratios(event: Event) -> Iterator[float]:
    numbers = event.numbers
    yield from (numbers[name] for name in _NUMBERS if name in numbers)
    if "errors" in numbers and numbers.get("requests"):
        yield numbers["errors"] / numbers["requests"]


def _of_rows_like(statement: Statement) -> Iterator[_Known]:
    """Of all services of a row that the sentence reads like, since one row may be about many of them."""
    for row in (one.row for one in statement.like if one.score >= STRONG):
        yield from (_Known(ratio, row.at, row.text) for event in row.events for ratio in _ratios(event))


def _at_times(statement: Statement, part: Part, found: Iterable[Fact]) -> Iterator[_Known]:
    """What the series had at the times of this part."""
    times = [one for one in statement.times if part.start <= one.start < part.end] or statement.leading
    moments = [moment.timestamp() for time in times for moment in time.moments]
    for fact in found:
        for at, ratio in fact.event.plot:
            if any(-60 <= at - moment <= 120 for moment in moments):
                yield _Known(ratio, fact.at, fact.text)


def as_printed(statement: Statement, mention: Mention, what: str, facts: Facts) -> Finding:
    """What a row prints as it is."""
    shape = re.compile(rf"(?<![\w.,]){re.escape(mention.text.strip())}(?![\w.])")
    like: Sequence[Row] = [one.row for one in statement.like]
    row = next((row for row in [*like, *facts.rows] if shape.search(row.text)), None)
    if row:
        return number_finding(statement, mention, Verdict.CONFIRMED, row.text)
    return number_finding(statement, mention, Verdict.NOT_FOUND, f"no such {what} in the evidence")


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


def number_finding(statement: Statement, mention: Mention, verdict: Verdict, evidence: str) -> Finding:
    """The finding about a number."""
    return Finding(statement.line(mention.start), mention.start, mention.type, mention.text, verdict, evidence)
