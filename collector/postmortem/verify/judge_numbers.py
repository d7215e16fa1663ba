"""Judges percentages, and has the helpers that the judges of all numbers share."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from collector.event import Event, Kind
from collector.postmortem.verify.candidates import named
from collector.postmortem.verify.counted import has_numbers
from collector.postmortem.verify.facts import Fact, Facts
from collector.postmortem.verify.finding import Finding, Verdict
from collector.postmortem.verify.mentions import Mention
from collector.postmortem.verify.parts import Part
from collector.postmortem.verify.resemblance import STRONG
from collector.postmortem.verify.statement import Statement
from collector.postmortem.verify.steps import is_step
from collector.row import Row
from collector.wording.numbers import percent

RATIOS = (Kind.ERRORS_ROSE, Kind.ERRORS_FELL, Kind.LATENCY_ROSE, Kind.LATENCY_FELL)
FAILING = re.compile(
    r"\b(?:5xx\w*|500s|50[0-4]s?|errors?|error rates?|ratio|fail\w*|lost|rejected|refused"
    r"|share of requests|latenc\w+|slow|fehler\w*|fehlgeschlagen\w*|fehl"
    r"|scheiter\w*|gescheitert\w*|länger als|langsam\w*)\b",
    re.IGNORECASE,
)
_OF_ERRORS = (Kind.ERRORS_ROSE, Kind.ERRORS_FELL)
_SLOW = re.compile(
    r"\b(?:latenc\w+|slow\w*|over [0-9.]+ ?s|p9[0-9]|took (?:more|longer)|länger als|langsam\w*)\b", re.IGNORECASE
)
_ERRORS_ONLY = re.compile(r"\b(?:5xx\w*|50[0-4]s?|500s|errors?|error rates?)\b", re.IGNORECASE)
_OTHERS = re.compile(
    r"\b(?:users?|customers?|budget|slo|sla|cpu|memory|disk|canary|capacity|utili[sz]ation|threshold"
    r"|traffic (?:to|was)|weight|sales|revenue)\b",
    re.IGNORECASE,
)
_LISTED = r"(?:[0-9.,]+\s?%|and|und|to|bis|up|,|/|\s)*"
_OPENS, _CLOSES = re.compile(rf"\({_LISTED}$"), re.compile(rf"{_LISTED}\)")
_PEAKED = re.compile(r"\W*(?:it |they )?peak(?:s|ed|ing)?\b", re.IGNORECASE)
"""What is left of `web peaked at 14.3%` without the name of the service."""
_NEXT_TO = re.compile(r"[\s,:\u2013-]{1,3}")
_AT_WORST = re.compile(
    r"\b(?:peak|max(?:imum)?|highest|Höchst\w*|Spitzen?\w*)\b(?: (?:was|of|at|value))?[:,]? *(?= |$)"
    r"|\bat (?:the|its|their) (?:worst|peak|height)\b",
    re.IGNORECASE,
)
"""Words beside the highest share of failed requests: `Peak: 35.5%`, `18.5% at the worst`."""
_OF_REQUESTS = re.compile(
    r"\s(?:of (?:all |the )*(?:requests|calls|responses|launches|payments)|(?:aller |der )+(?:Anfragen|Aufrufe))\b",
    re.IGNORECASE,
)
ABOUT = re.compile(
    r"(?:~|\u2248|\b(?:about|around|approx(?:\.|imately)?|roughly|nearly|almost|close to|some|ca\.?|circa"
    r"|etwa|ungefähr|rund|knapp|fast))\s*$",
    re.I,
)
OVER = re.compile(
    r"(?:>|\u2265|\b(?:over|above|more than|exceed(?:s|ed|ing)?|at least|beyond|north of|über|mehr als|mindestens))"
    r"\s*(?:the\s)?$",
    re.I,
)
_NEVER_OVER = re.compile(r"\b(?:never|not) (?:\w+ )?(?:above|over|more than|exceed\w*|beyond)\s(?:the\s)?$", re.I)
UNDER = re.compile(
    r"(?:<|\u2264|\b(?:under|below|less than|no more than|within|unter|weniger als|höchstens))\s*(?:the\s)?$", re.I
)
CONTEXT_WIDTH = 24
_HUNDREDTHS = 0.0002
_FRACTION_TOLERANCE = 0.08
"""People write `a third` for anything close to it."""
_NUMBERS = ("before", "after", "peak")


class _Known(NamedTuple):
    """A share of requests that the evidence reports."""

    ratio: float
    at: datetime
    text: str
    """Text of the fact or row that reports it."""


def judge_percentage(statement: Statement, mention: Mention, facts: Facts) -> Finding:
    """Compare a share of requests with the ratios before and after a change of its errors, and at their peak."""
    part = statement.part(mention.start)
    about = FAILING.search(part.text) or (FAILING.search(statement.text) and not _OTHERS.search(part.text))
    about = about or (_PEAKED.match(part.text) and any(one.type == "service" for one in statement.mentions))
    about = about or (_AT_WORST.search(_beside(statement.text, mention)) and not _OTHERS.search(statement.text))
    alert = any(one.type == "alert" for one in statement.mentions)
    about = about or (alert and (_OF_REQUESTS.match(statement.text, mention.end) or _beside_alert(statement, mention)))
    if not about or _OTHERS.search(part.text) or is_step(part, statement.text, mention, FAILING):
        return confirm_if_printed(statement, mention, "percentage", facts)
    kinds: Sequence[str] = RATIOS
    if _ERRORS_ONLY.search(part.text) and not _SLOW.search(statement.text):
        # If the evidence has no error ratios, latency ratios may be meant.
        kinds = [kind for kind in _OF_ERRORS if named(statement, [part], facts.of_kinds([kind]))] or RATIOS
    found = named(statement, [part], facts.of_kinds(kinds))
    # `6,430 of 103,252 requests failed (6.2%)`
    counted = [one.value.split() for one in statement.mentions if one.type == "count" and " " in one.value]
    value, exact = float(mention.value) / 100, 0.5000001 * 10 ** -(mention.digits + 2)
    before = statement.text[max(0, mention.start - CONTEXT_WIDTH) : mention.start]
    known = [_Known(ratio, fact.at, fact.text) for fact in found for ratio in _ratios(fact.event)]
    known += _of_rows_like(statement)
    if _NEVER_OVER.search(before):
        agree = [one for one in known if all(other.ratio <= value + exact for other in known)]
    elif OVER.search(before):
        agree = [one for one in known if one.ratio >= value - exact]
    elif UNDER.search(before):
        agree = [one for one in known if one.ratio <= value + exact]
    else:
        slack = _FRACTION_TOLERANCE if mention.noun == "fraction" else exact
        slack = max(slack, 0.1 * value + 0.005) if ABOUT.search(before) else slack
        # If hardly any requests fail, each dashboard shows slightly different hundredths of a percent.
        slack = max(slack, _HUNDREDTHS) if value < 0.01 else slack
        known_then = [*known, *_at_times(statement, part, found)]
        agree = [one for one in known_then if abs(one.ratio - value) <= slack]
    if agree:
        closest = min(agree, key=lambda one: (abs(one.ratio - value), one.at))
        return number_finding(statement, mention, Verdict.CONFIRMED, closest.text)
    pair = next((pair for pair in counted if int(pair[1]) and abs(int(pair[0]) / int(pair[1]) - value) <= exact), None)
    if pair:
        verdict = (
            Verdict.CONFIRMED
            if any(has_numbers(row.text, [int(each) for each in pair]) for row in facts.rows)
            else Verdict.NOT_FOUND
        )
        return number_finding(statement, mention, verdict, f"{pair[0]} of {pair[1]}, which stand beside it")
    printed = _of_several(statement, mention, facts)
    if printed:
        return number_finding(statement, mention, Verdict.CONFIRMED, printed)
    if known and (not statement.is_hypothetical(mention.start) or _NEVER_OVER.search(before)):
        values = ", ".join(dict.fromkeys(percent(one.ratio) for one in sorted(known)))
        return number_finding(statement, mention, Verdict.CONTRADICTED, f"the evidence has {values}: {known[0].text}")
    return confirm_if_printed(statement, mention, "percentage", facts)


def _beside(text: str, mention: Mention) -> str:
    """The text directly before and after a mention."""
    return text[max(0, mention.start - 16) : mention.start] + " " + text[mention.end : mention.end + 16]


def _of_several(statement: Statement, mention: Mention, facts: Facts) -> str:
    """The row that prints the percentage for several services, one of them named in the sentence: `up to 62.5%`."""
    names = [one.value for one in statement.mentions if one.type == "service"]
    shape = re.compile(rf"(?<![\w.,]){re.escape(mention.value)}%")
    rows = (row for row in facts.rows if "services" in row.text and any(name in row.text for name in names))
    return next((row.text for row in rows if shape.search(row.text)), "")


def _beside_alert(statement: Statement, mention: Mention) -> bool:
    """Whether it is in brackets, or directly after an alert: `CheckoutErrors fires (40%)`, `CheckoutErrors, 40%`."""
    before, after = statement.text[: mention.start], statement.text[mention.end :]
    if any(_NEXT_TO.fullmatch(before[one.end :]) for one in statement.mentions if one.type == "alert"):
        return True
    return bool(_OPENS.search(before) and _CLOSES.match(after))


def _ratios(event: Event) -> Iterator[float]:
    numbers = event.numbers
    yield from (numbers[name] for name in _NUMBERS if name in numbers)
    if "errors" in numbers and numbers.get("requests"):
        yield numbers["errors"] / numbers["requests"]


def _of_rows_like(statement: Statement) -> Iterator[_Known]:
    """The ratios of all services in the rows that the sentence resembles; one row may be about many services."""
    for row in (one.row for one in statement.similar_rows if one.score >= STRONG):
        yield from (_Known(ratio, row.at, row.text) for event in row.events for ratio in _ratios(event))


def _at_times(statement: Statement, part: Part, found: Iterable[Fact]) -> Iterator[_Known]:
    """The values of the series at the times of this part."""
    times = [one for one in statement.times if part.start <= one.start < part.end] or statement.leading
    moments = [moment.timestamp() for time in times for moment in time.moments]
    for fact in found:
        for at, ratio in fact.event.plot:
            if any(-60 <= at - moment <= 120 for moment in moments):
                yield _Known(ratio, fact.at, fact.text)


def confirm_if_printed(statement: Statement, mention: Mention, what: str, facts: Facts) -> Finding:
    """Confirm the words of a mention if a row prints them literally; otherwise they are not found."""
    shape = re.compile(rf"(?<![\w.,]){re.escape(mention.text.strip())}(?![\w.])")
    like: Sequence[Row] = [one.row for one in statement.similar_rows]
    row = next((row for row in [*like, *facts.rows] if shape.search(row.text)), None)
    if row:
        return number_finding(statement, mention, Verdict.CONFIRMED, row.text)
    return number_finding(statement, mention, Verdict.NOT_FOUND, f"no such {what} in the evidence")


def number_finding(statement: Statement, mention: Mention, verdict: Verdict, evidence: str) -> Finding:
    """The finding about a number."""
    return Finding(statement.line(mention.start), mention.start, mention.type, mention.text, verdict, evidence)
