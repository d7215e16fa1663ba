"""Compares a number of failed requests with the numbers in the evidence."""

from collections.abc import Sequence

from collector.postmortem.verify.facts import Fact
from collector.postmortem.verify.judge_numbers import ABOUT, CONTEXT_WIDTH, FAILING, OVER, RATIOS, UNDER
from collector.postmortem.verify.mentions import Mention
from collector.postmortem.verify.statement import Statement


def requests_otherwise(statement: Statement, mention: Mention, ours: Sequence[Fact]) -> str:
    """The evidence that contradicts a number of failed requests, alone or as `12 of 340`; else empty."""
    first, _, requests = mention.value.partition(" ")
    errors = [fact for fact in ours if fact.kind in RATIOS and "errors" in fact.event.numbers]
    if requests:
        pairs = [(fact.event.numbers["errors"], fact.event.numbers.get("requests"), fact.text) for fact in errors]
        if any((failed, of) == (float(first), float(requests)) for failed, of, _ in pairs):
            return ""
        # One of the two numbers is right, so this pair is surely meant.
        return next((text for failed, of, text in pairs if failed == float(first) or of == float(requests)), "")
    part = statement.part(mention.start)
    before = statement.text[max(0, mention.start - CONTEXT_WIDTH) : mention.start]
    failing = FAILING.search(part.text) or FAILING.search(before)
    if not failing or not errors or not mention.text[:1].isdigit():
        return ""
    value = float(first)
    known = [
        fact.event.numbers[name] for fact in errors for name in ("errors", "requests") if name in fact.event.numbers
    ]
    # People round: they write 12,000 for 12,214.
    rough = 10.0 ** (len(first) - len(first.rstrip("0"))) / 2 if first.endswith("00") else 0
    slack = max(rough, 0.1 * value if ABOUT.search(before) else 0)
    if OVER.search(before):
        agree = any(number >= value for number in known)
    elif UNDER.search(before):
        agree = any(number <= value for number in known)
    else:
        agree = any(abs(number - value) <= slack for number in known)
    return "" if agree else errors[0].text
