"""Judges request rates: `221 requests/s`, `40 rps`, `12 requests per second`."""

import re
from collections.abc import Iterator

from collector.postmortem.verify.facts import Facts
from collector.postmortem.verify.finding import Finding, Verdict
from collector.postmortem.verify.judge_numbers import ABOUT, CONTEXT_WIDTH, OVER, UNDER, number_finding
from collector.postmortem.verify.mentions import Mention
from collector.postmortem.verify.statement import Statement

_ROW = re.compile(r"(?:(?P<first>[0-9][0-9.,]*) to )?(?P<last>[0-9][0-9.,]*) requests/s")


def judge_rate(statement: Statement, mention: Mention, facts: Facts) -> Finding:
    """Compare a rate with those that rows print about the services of the sentence."""
    value = float(mention.value)
    exact = 0.5000001 * 10**-mention.digits
    before = statement.text[max(0, mention.start - CONTEXT_WIDTH) : mention.start]
    services = {one.value for one in statement.mentions if one.type == "service"}
    known = [(rate, text) for service, rate, text in _of_rows(facts) if not services or service in (*services, "")]
    if OVER.search(before):
        agree = [text for rate, text in known if rate >= value - exact]
    elif UNDER.search(before):
        agree = [text for rate, text in known if rate <= value + exact]
    else:
        # People round: they write 40 for 39.9, and `about 200` or multiples of 10 for anything near.
        slack = max(exact, 0.1 * value if ABOUT.search(before) or value % 10 == 0 else 0.01 * value)
        agree = [text for rate, text in known if abs(rate - value) <= slack]
    if agree:
        return number_finding(statement, mention, Verdict.CONFIRMED, agree[0])
    if known and not statement.is_hypothetical(mention.start):
        return number_finding(statement, mention, Verdict.CONTRADICTED, f"the evidence has: {known[0][1]}")
    return number_finding(statement, mention, Verdict.NOT_FOUND, "no such rate in the evidence")


def _of_rows(facts: Facts) -> Iterator[tuple[str, float, str]]:
    for row in facts.rows:
        for match in _ROW.finditer(row.text):
            for number in filter(None, match.groups()):
                yield row.service, float(number.rstrip(".,").replace(",", "")), row.text
