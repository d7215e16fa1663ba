"""Judges counts of pods, nodes and requests."""

import re
from collections.abc import Sequence

from collector.event import Kind
from collector.postmortem.verify.candidates import named
from collector.postmortem.verify.counted import STATES, counted, group_of, has_numbers, states
from collector.postmortem.verify.facts import Fact, Facts
from collector.postmortem.verify.finding import Finding, Verdict
from collector.postmortem.verify.judge_numbers import (
    CONTEXT_WIDTH,
    number_finding,
)
from collector.postmortem.verify.mention_forms import SPELLED
from collector.postmortem.verify.mentions import Mention
from collector.postmortem.verify.requests_counted import requests_otherwise
from collector.postmortem.verify.resemblance import STRONG
from collector.postmortem.verify.statement import Statement

_SOME = re.compile(
    r"\b(?:first|some|others?|another|more than|fewer than|less than|least"
    r"|most|from|of|by|last|remaining|only|every|each"
    r"|next|up to|in)\s(?:the\s|these\s|those\s|our\s)?$",
    re.IGNORECASE,
)
"""Text before a number that counts only some of the things."""
_OF_ALL = re.compile(r"\b(?:of|in) (?:all|the|our|all the|all our|a total of|the total of)\s$|\bin\s$", re.IGNORECASE)
_FROM_OR_OF = re.compile(
    r"\b(?:from [0-9,]+ to (?:\w+ )?|[0-9]+ (?:pods|nodes|containers) (?:of|in|from) )$", re.IGNORECASE
)
_AND_TO = re.compile(r"\b(?:and|then|und|dann) (?:then )?(?:to|auf) $", re.IGNORECASE)
_TIMES_IN = re.compile(r"\b([0-9][0-9,]*|\w+) times in (?:the )?$", re.IGNORECASE)
_TIMES_IN_PODS = re.compile(r"\b([0-9][0-9,]*) times in ([0-9]+) pods?\b")
_WHICH = re.compile(r"\W*(?:which|that|who|die)\b", re.IGNORECASE)
_EVERY = re.compile(r"\b(?:all|alle)\s(?:of\s)?(?:the\s|our\s|its\s)?$", re.IGNORECASE)
_COUNTS = {
    "": (),
    "pods": ("pod.", "rollout.", "rollback.", "workload.", "node.", "deploy."),
    "nodes": ("node.",),
    "services": ("node.", "alert."),
    "times": ("pod.", "alert.", "job."),
}
"""By group of counted things: prefixes of the kinds of Events that may have their number."""
_REQUESTS = re.compile(r"requests?|calls?|responses?|payments?|logins?|launches|orders|anfragen|aufrufen?", re.I)


def judge_count(statement: Statement, mention: Mention, facts: Facts) -> Finding:
    """Look up a number of pods, nodes or requests in the rows, and in the Events about the same subject."""
    if mention.noun == "size":
        return _judge_size(statement, mention, facts)
    values = [int(each) for each in mention.value.split()]
    rows = [one.row for one in statement.similar_rows if one.score >= STRONG]
    part = statement.part(mention.start)
    ours = named(statement, [part], facts.of_kinds(facts.by_kind))
    other = "" if statement.is_hypothetical(mention.start) else _counted_otherwise(statement, mention, ours)
    row = next((row for row in [*rows, *facts.rows] if _has_count(row.text, values, mention.noun)), None)
    if not other and row:
        return number_finding(statement, mention, Verdict.CONFIRMED, row.text)
    # The two numbers of `4 of 6 pods` belong together, so only a row with this pair confirms them.
    paired = len(values) > 1 and bool(group_of(mention.noun))
    for fact in ours if not other and not paired else ():
        numbers = {int(number) for number in fact.event.numbers.values() if abs(number) < 1e15}
        if not fact.kind.startswith(_COUNTS[group_of(mention.noun)] or ""):
            continue
        # Two equal numbers of a pair must not both match the same number of the evidence.
        if set(values) <= numbers and len(set(values)) == len(values):
            return number_finding(statement, mention, Verdict.CONFIRMED, fact.text)
    others = [row for row in rows if _counts(row.text, len(values), mention.noun)]
    other = other or (others[0].text if others else "")
    if other and not statement.is_hypothetical(mention.start):
        return number_finding(statement, mention, Verdict.CONTRADICTED, f"the evidence has: {other}")
    return number_finding(statement, mention, Verdict.NOT_FOUND, "no such number in the evidence")


def _judge_size(statement: Statement, mention: Mention, facts: Facts) -> Finding:
    """Judge the number of pods from or to which a workload was scaled: it must be a size that it had or was given."""
    ours = named(statement, [statement.part(mention.start)], facts.of_kinds([Kind.SCALED]))
    sizes = [(fact, fact.event.numbers["replicas"]) for fact in ours if "replicas" in fact.event.numbers]
    wanted = float(mention.value)
    agree = next((fact for fact, size in sizes if wanted in (size, fact.event.numbers.get("was"))), None)
    if agree:
        return number_finding(statement, mention, Verdict.CONFIRMED, agree.text)
    of_rows = [fact.text for fact, _ in sizes if fact.in_row]
    if of_rows and not statement.is_hypothetical(mention.start):
        return number_finding(statement, mention, Verdict.CONTRADICTED, f"the evidence has {of_rows[0]}")
    return number_finding(statement, mention, Verdict.NOT_FOUND, "no such size in the evidence")


def _counted_otherwise(statement: Statement, mention: Mention, ours: Sequence[Fact]) -> str:
    """The evidence that has another number of the same things, if the draft counts all of them; else empty."""
    paired = _times_in_pods(statement, mention, ours)
    if paired is not None:
        return paired
    before = _FROM_OR_OF.sub("", statement.text[max(0, mention.start - CONTEXT_WIDTH) : mention.start])
    scaled = _scaled_otherwise(statement, mention, ours)
    if scaled is not None:
        return scaled
    if " " not in mention.value and not _OF_ALL.search(before) and _SOME.search(before):
        return ""
    if _REQUESTS.fullmatch(mention.noun) or (" " in mention.value and not group_of(mention.noun)):
        return requests_otherwise(statement, mention, ours)
    return _things_otherwise(statement, mention, ours)


def _times_in_pods(statement: Statement, mention: Mention, ours: Sequence[Fact]) -> str | None:
    """The row that contradicts the pods of `20 times in 2 pods`; empty if a row agrees, None if none has `20 times`."""
    found = _TIMES_IN.search(statement.text[: mention.start]) if group_of(mention.noun) == "pods" else None
    times = SPELLED.get(found[1].lower(), found[1]) if found else ""
    rows = [
        (pods, fact.text)
        for fact in ours
        if fact.is_row
        for number, pods in _TIMES_IN_PODS.findall(fact.text)
        if number == str(times)
    ]
    if not rows:
        return None
    return "" if any(pods == mention.value for pods, _ in rows) else rows[0][1]


def _scaled_otherwise(statement: Statement, mention: Mention, ours: Sequence[Fact]) -> str | None:
    """The row that contradicts `scaled from 8 to 16 pods`; empty if none does, None if it is not about scaling."""
    part = statement.part(mention.start)
    # `from 4 to 8 replicas at 20:06 and to 12 replicas at 20:08`
    text = statement.text[: mention.start] if _AND_TO.search(statement.text[: mention.start]) else part.text
    if group_of(mention.noun) != "pods" or not STATES["scaled"].search(text) or " " in mention.value:
        return None
    scaled = [fact for fact in ours if fact.kind == Kind.SCALED and "replicas" in fact.event.numbers]
    if not any(fact.in_row for fact in scaled):
        return None
    known = {fact.event.numbers.get(name) for fact in scaled for name in ("was", "replicas")}
    # One row may be about many steps; it prints the first size, the last and the highest.
    printed = any(has_numbers(fact.text, [int(mention.value)]) for fact in scaled if fact.is_row)
    return "" if float(mention.value) in known or printed else next(fact.text for fact in scaled if fact.in_row)


def _things_otherwise(statement: Statement, mention: Mention, ours: Sequence[Fact]) -> str:
    """The row that has another number of things in the same state; else empty."""
    group, values = group_of(mention.noun), [int(each) for each in mention.value.split()]
    home = statement.part(mention.start)
    # The state may be in the part beside it: `The pods crash: 35 times in 5 pods`.
    around = [part for part in statement.parts if part.start == home.end and _WHICH.match(part.text)]
    around += [part for part in statement.parts if part.end == home.start]
    own = next(filter(None, (states(part.text) for part in (home, *around))), frozenset())
    if mention.text.lower().startswith("at least"):
        return ""
    own = own or (states(statement.text) if group == "services" else own)
    every = _EVERY.search(statement.text[max(0, mention.start - CONTEXT_WIDTH) : mention.start])
    if not group or not (own or every):
        return ""
    found = [
        (one, fact)
        for fact in ours
        if fact.is_row
        for one in counted(fact.text)
        if one.group == group and (one.states & own or not own)
    ]
    if all(any(one.agrees(value) for one, _ in found) for value in values):
        return ""
    # `One of the 6 pods`: 6 is the total, in any state.
    all_of = _OF_ALL.search(statement.text[max(0, mention.start - CONTEXT_WIDTH) : mention.start])
    # In `2 of the 34 nodes`, 34 can be wrong only if the evidence has a total.
    if all_of and all_of[0].strip().lower() != "in" and not any(one.total for one, _ in found):
        return ""
    # In `the containers crash in 6 pods` only the crashing ones are counted.
    if (
        all_of
        and not (all_of[0].strip().lower() == "in" and home.topics)
        and any(
            one.number == values[-1] for fact in ours if fact.is_row for one in counted(fact.text) if one.group == group
        )
    ):
        return ""
    return found[0][1].text if found else ""


def _has_count(text: str, values: Sequence[int], noun: str) -> bool:
    """Whether a text has these numbers. If it counts the same sort of thing, one of these counts must agree."""
    group = group_of(noun)
    if not has_numbers(text, values):
        return False
    alike = [one for one in counted(text) if one.group == group] if group else []
    # Without such a count any number confirms, as in `(auth, web and 3 more)`.
    return not alike or len(values) > 1 or any(one.agrees(values[0]) or values[0] == one.total for one in alike)


def _counts(text: str, size: int, noun: str) -> bool:
    """Whether the text counts the same sort of thing."""
    if size == 2:
        return bool(re.search(r"\d of \d", text))
    return bool(noun) and bool(re.search(rf"\d {re.escape(noun.rstrip('s'))}s?\b", text))
