"""The numbers of a sentence that nothing else reads: each is listed, so that nobody takes it for looked up."""

import re
from collections.abc import Iterator

from collector.postmortem.verify.finding import Finding, Verdict
from collector.postmortem.verify.resemblance import STRONG
from collector.postmortem.verify.statement import Statement

_NUMBER = re.compile(
    r"(?<![\w.,:/@#&+-])~?(?:[0-9]+(?:[.,][0-9]+)*)(?:\s?(?:[kKMGT]i?B?|ms|x|bn))?(?![\w:/@-]|[.,][0-9])"
)
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mär|mai|okt|dez)[a-z]*\.?"
_DATE = re.compile(
    rf"\b[0-9]{{1,2}}(?:st|nd|rd|th|\.)?\s(?:of\s)?{_MONTH}(?:,?\s[0-9]{{4}})?"
    rf"|\b{_MONTH}\s[0-9]{{1,2}}(?:st|nd|rd|th)?(?:,?\s[0-9]{{4}})?"
    r"|\b[0-9]{4}-[0-9]{2}-[0-9]{2}\b|\b[0-9]{1,2}[./][0-9]{1,2}[./](?:[0-9]{4}|[0-9]{2})?\b|\b(?:19|20)[0-9]{2}\b",
    re.IGNORECASE,
)
_NO_QUANTITY = re.compile(
    r"\b(?:section|chapter|figure|table|step|phase|page|part|sev|severity|priority|level|tier|ticket|issue|pr|no\.?"
    r"|appendix|question|item|q|p|incident)[\s-]?#?$",
    re.IGNORECASE,
)
"""Before a number that is a name."""


def leftovers(statement: Statement) -> Iterator[Finding]:
    """Numbers without anything beside them by which they could be looked up; none below headings about the future."""
    if statement.sentence.plans:
        return
    taken = [(one.start, one.end) for one in (*statement.times, *statement.mentions)]
    taken += [match.span() for match in _DATE.finditer(statement.text)]
    for match in _NUMBER.finditer(statement.text, statement.head):
        start, end = match.span()
        if any(first < end and start < last for first, last in taken):
            continue
        if _NO_QUANTITY.search(statement.text[max(0, start - 12) : start]):
            continue
        shape = re.compile(rf"(?<![\w.,]){re.escape(match[0].strip('~ '))}(?![\w.,]\d|\d)")
        rows = [one.row.text for one in statement.like if one.score >= STRONG and shape.search(one.row.text)]
        verdict = Verdict.CONFIRMED if rows else Verdict.NOT_CHECKED
        evidence = rows[0] if rows else "nothing beside it shows what it is a number of"
        yield Finding(statement.line(start), start, "number", match[0].strip(), verdict, evidence)
