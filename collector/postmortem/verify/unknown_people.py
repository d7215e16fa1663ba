"""Recognises names of people by the words around them, so that people who are not in the evidence are reported."""

import re

from collector.postmortem.verify.no_names import NO_NAMES
from collector.postmortem.verify.vocabulary import words

_CALLED = re.compile(
    r"\b(?:pag(?:ed|es|ing)|woke|wakes|pinged|pings|phoned|notified|hand(?:ed|s) (?:it )?(?:over|off) to)\s@?$", re.I
)
_IS_ON_CALL = re.compile(r"\s\(on[- ]?call\)|,\swho\b|,\s(?:the |our )?on[- ]call\b")
_IS_PAGED = re.compile(
    r"\s(?:was|is|were|got|gets|has been)\s(?:then\s)?(?:paged|called|woken|on[- ]call|alerted)\b"
    r"|\s(?:paged|woken)\W*$",
    re.IGNORECASE,
)
_MADE = (
    r"(?:re)?deployed|(?:re)?started|released|merged|reverted|approved|shipped|pushed|launched|initiated|triggered|scaled"
    r"|edited|applied|deleted|drained|undone|rolled (?:back|out)|turned (?:on|off)|put back|taken back"
)
_MADE_BY = re.compile(rf"\b(?:{_MADE})\s(?:[^.;|]{{0,40}}\s)?(?:by|von|durch)\s@?$", re.IGNORECASE)
_THEN_BY = re.compile(r"[,(]\s?by\s@?$", re.IGNORECASE)
_DEPLOYS = re.compile(
    r"\s(?:(?:then|also|had|has|finally|manually) )?"
    r"(?:deployed|deploys|released|releases|merged|merges|reverted|reverts|shipped|ships|rolled back|rolls back)"
    r"\s(?=the\b|a\b|an\b|it\b|version\b|v?[0-9]|[a-z]+(?:-[a-z]+)*\s(?:back\s)?(?:to\s)?v?[0-9])",
    re.IGNORECASE,
)
_LABELS = words(
    r"update|note|action|cause|root|status|result|decision|escalation|escalated|workaround|fix|hypothesis|context"
    r"|severity|duration|start|end|begin|outcome|evidence|source|call|page|paged|scope|effect|warning|info"
    r"|[a-z]{3,}(?:ing|ed|tion|ment|ity|ness)"
)
"""Words before a colon that are not the name of a speaker."""


def is_person(text: str, head: int, start: int, end: int) -> bool:
    """Whether the words between `start` and `end` can only be the name of a person; `head` is as in Statement."""
    name, before, after = text[start:end], text[max(0, start - 80) : start], text[end:]
    if any(map(NO_NAMES.fullmatch, name.split(" "))):
        return False
    if re.search(r"[-._]", name):
        return bool(_MADE_BY.search(before) or _THEN_BY.search(before) or _DEPLOYS.match(after))
    if not name[:1].isupper():
        return False
    speaks = head > 0 and not text[head:start].strip(" @*|") and re.match(r":\s", after)
    return bool(
        _CALLED.search(before)
        or _IS_ON_CALL.match(after)
        or _IS_PAGED.match(after)
        or _MADE_BY.search(before)
        or (speaks and not any(map(_LABELS.fullmatch, name.split(" "))))
    )
