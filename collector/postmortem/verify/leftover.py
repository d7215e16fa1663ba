"""Lists the numbers of a sentence that nothing else reads, so that nobody assumes that they were looked up."""

import re
from collections.abc import Iterator

from collector.postmortem.verify.facts import Facts
from collector.postmortem.verify.finding import Finding, Verdict
from collector.postmortem.verify.resemblance import STRONG, words
from collector.postmortem.verify.statement import Statement

_NUMBER = re.compile(
    r"(?<![\w.,:/@#&+-])~?(?:[0-9]+(?:[.,][0-9]+)*)(?:\s?(?:(?P<size>[KMGT]i?B?)|k|ms|x|bn))?(?![\w:/@-]|[.,][0-9])"
)
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mär|mai|okt|dez)[a-z]*\.?"
_DATE = re.compile(
    rf"\b[0-9]{{1,2}}(?:st|nd|rd|th|\.)?\s(?:of\s)?{_MONTH}(?:,?\s[0-9]{{4}})?"
    rf"|\b{_MONTH}\s[0-9]{{1,2}}(?:st|nd|rd|th)?(?:,?\s[0-9]{{4}})?"
    r"|\b[0-9]{4}-[0-9]{2}-[0-9]{2}\b|\b[0-9]{1,2}[./][0-9]{1,2}[./](?:[0-9]{4}|[0-9]{2})?\b|\b(?:19|20)[0-9]{2}\b",
    re.IGNORECASE,
)
_LIMIT = re.compile(r"\b(?:memory|cpu) (?:limits?|requests?)\b|\blimits?\b", re.IGNORECASE)
_ALONE, _END = re.compile(r"\|[\s\d,.]*$"), re.compile(r"[\s\d,.]*(?:\||$)")
"""Text around a number that is alone in a cell: it refers to a list of evidence, or counts rows."""
_NO_QUANTITY = re.compile(
    r"\b(?:section|chapter|figure|table|step|phase|page|part|sev|severity|priority|level|tier|ticket|issue|pr|no\.?"
    r"|appendix|question|item|q|p|incident)[\s-]?#?$",
    re.IGNORECASE,
)
"""Text before a number that is a name, such as `step 3`."""


def leftovers(statement: Statement, facts: Facts) -> Iterator[Finding]:
    """Findings about the numbers that nothing else has read; none below headings about the future."""
    if statement.sentence.plans:
        return
    taken = [(one.start, one.end) for one in statement.times]
    taken += [(one.start, one.end) for one in statement.mentions]
    taken += [match.span() for match in _DATE.finditer(statement.text)]
    for match in _NUMBER.finditer(statement.text, statement.head):
        start, end = match.span()
        if any(first < end and start < last for first, last in taken):
            continue
        if _ALONE.search(statement.text[:start]) and _END.match(statement.text, end):
            continue
        if _NO_QUANTITY.search(statement.text[max(0, start - 12) : start]):
            continue
        sized = _sized(statement, match[0].strip("~ "), facts) if match["size"] else None
        if sized:
            verdict, evidence = sized
            yield Finding(statement.line(start), start, "size", match[0].strip(), verdict, evidence)
            continue
        shape = re.compile(rf"(?<![\w.,]){re.escape(match[0].strip('~ '))}(?![\w.,]\d|\d)")
        rows = [row.text for row in facts.rows if shape.search(row.text) and _is_like(statement, row.text)]
        verdict = Verdict.CONFIRMED if rows else Verdict.NOT_CHECKED
        evidence = rows[0] if rows else "nothing beside it shows what it is a number of"
        yield Finding(statement.line(start), start, "number", match[0].strip(), verdict, evidence)


def _is_like(statement: Statement, text: str) -> bool:
    """Whether a row has most words of the sentence, however short the sentence is."""
    own = words(statement.sentence.text)
    return bool(own) and len(own & words(text)) >= STRONG * len(own)


def _sized(statement: Statement, text: str, facts: Facts) -> tuple[Verdict, str] | None:
    """`from 1Gi to 2Gi`: limits and requests of containers, as rows print them; None if no row has any."""
    number, unit = re.sub(r"[^0-9.]", "", text), text.lstrip("0123456789., ")[:1]
    pattern = re.compile(rf"(?<![\w.])([0-9.]+)\s?{unit}(?:i?B?)\b")
    known = [(each, row.text) for row in facts.rows for each in pattern.findall(row.text)]
    if not known or not _LIMIT.search(statement.text):
        return None
    agree = next((row for each, row in known if each == number), "")
    if agree:
        return Verdict.CONFIRMED, agree
    return (
        Verdict.NOT_FOUND if statement.is_hypothetical(statement.head) else Verdict.CONTRADICTED
    ), f"the evidence has: {known[0][1]}"
