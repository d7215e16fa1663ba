"""Judges exit codes of containers and HTTP status codes."""

import re

from collector.postmortem.verify.candidates import named
from collector.postmortem.verify.facts import Facts
from collector.postmortem.verify.finding import Finding, Verdict
from collector.postmortem.verify.judge_numbers import number_finding
from collector.postmortem.verify.mentions import Mention
from collector.postmortem.verify.statement import Statement

_EXIT = re.compile(r"\bexit code (?P<code>[0-9]{1,3})\b", re.IGNORECASE)
_HTTP = re.compile(
    r"\b(?:HTTP|status ?code:?|status|with|returned|throwing|throws|answers?|answered)\s(?P<code>[1-5][0-9]{2})s?\b",
    re.IGNORECASE,
)
_PROBE = re.compile(r"\b(?:readiness|liveness|startup|health)?[- ]?(?:probes?|checks?)\b", re.IGNORECASE)


def judge_code(statement: Statement, mention: Mention, facts: Facts) -> Finding:
    """Look up a code in the evidence. An exit code is contradicted if rows have other codes, and nothing has this one.

    A status code is contradicted only in a sentence about a probe, if probes in the evidence have other codes. For
    other requests, the evidence has the share that failed, but not every code.
    """
    exits = mention.text.lower().startswith("exit")
    pattern = _EXIT if exits else _HTTP
    part = statement.part(mention.start)
    known = [
        (match["code"], fact)
        for fact in named(statement, [part], facts.of_kinds(facts.by_kind))
        for match in pattern.finditer(f"{fact.text} {fact.event.reason} {fact.event.description}")
    ]
    agree = next((fact.text for code, fact in known if code == mention.value), "")
    if agree:
        return number_finding(statement, mention, Verdict.CONFIRMED, agree)
    others = [(code, fact) for code, fact in known if fact.in_row]
    probed = [(code, fact) for code, fact in known if _PROBE.search(f"{fact.text} {fact.event.reason}")]
    others = others if exits else probed if _PROBE.search(statement.text) else []
    if others and not statement.is_hypothetical(mention.start):
        code, fact = others[0]
        return number_finding(statement, mention, Verdict.CONTRADICTED, f"the evidence has {code}: {fact.text}")
    return number_finding(statement, mention, Verdict.NOT_FOUND, "no such code in the evidence")
