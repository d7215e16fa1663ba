"""Judges what pods waited for: `they could not be scheduled for lack of memory` if the evidence has CPU."""

import re
from collections.abc import Iterator

from collector.event import Kind
from collector.postmortem.verify.another_day import is_same_time
from collector.postmortem.verify.candidates import named
from collector.postmortem.verify.facts import Facts
from collector.postmortem.verify.finding import Finding, Verdict
from collector.postmortem.verify.statement import Statement

_RESOURCE = re.compile(r"\b(?:(?P<cpu>CPUs?)|(?P<memory>memory|RAM|Speicher))\b", re.IGNORECASE)
_WAITS = re.compile(r"\b(?:schedul\w+|unschedulable|eingeplant)\b", re.IGNORECASE)
_ENOUGH = re.compile(
    r"(?<!not )\b(?:enough|plenty|sufficient|genug)\b|\bnot (?:the |a )?(?:CPU|memory|RAM)\b", re.IGNORECASE
)
_LACKS = re.compile(r"\bInsufficient (?P<what>[a-z]+)", re.IGNORECASE)


def judge_resources(statement: Statement, facts: Facts) -> Iterator[Finding]:
    """A finding about the only resource of a sentence about pods that could not be scheduled.

    It is contradicted if all pods in rows lacked another resource.
    """
    found = list(_RESOURCE.finditer(statement.text, statement.head))
    if len({match.lastgroup for match in found}) != 1 or not _WAITS.search(statement.text):
        return
    match = found[0]
    rows = [one for one in named(statement, (), facts.of_kinds([Kind.POD_UNSCHEDULABLE])) if one.in_row]
    lacking = {each["what"].lower() for one in rows for each in _LACKS.finditer(one.text)}
    if not lacking or statement.sentence.plans or _ENOUGH.search(statement.text):
        return
    if match.lastgroup in lacking:
        verdict, evidence = Verdict.CONFIRMED, rows[0].text
    elif is_same_time(statement, match.start(), rows):
        verdict, evidence = Verdict.CONTRADICTED, f"the evidence has: {rows[0].text}"
    else:
        return
    yield Finding(statement.line(match.start()), match.start(), "resource", match[0], verdict, evidence)
