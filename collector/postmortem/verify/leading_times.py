"""The time at the beginning of a line: a table row, a list item, or a message copied from a chat."""

import re

from collector.postmortem.verify.clock_forms import CLOCK_UNNAMED

_DATE = (
    r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)(?:[a-z]{3,6})?\.?,?\s+)?"
    r"(?:[0-9]{4}-[0-9]{2}-[0-9]{2}[T ]+|[0-9]{1,2}[./][0-9]{1,2}[./](?:[0-9]{4}|[0-9]{2})?,?\s+"
    r"|(?:[0-9]{1,2}\.?\s[A-Z][a-z]{2,8}|[A-Z][a-z]{2,8}\s[0-9]{1,2}(?:st|nd|rd|th)?)\.?(?:,?\s[0-9]{4})?,?\s+|)"
)
_ZONE = (
    r"(?:\s?(?:Z\b|\(?(?:UTC|GMT)?[+-][0-9]{1,2}(?::?[0-9]{2})?(?![\d:])\)?"
    # Not every word in capital letters is a zone: `03:16 CI reports it`.
    r"|\(?(?:[A-Z]{1,4}T|UTC|MES?Z|[A-Z]{1,2}SK|WIB)\)?(?![\w-])))"
)
LEAD = re.compile(
    r"\s*(?:[~\u2248]\s*|(?:ca\.?|[Aa]bout|[Aa]round|[Aa]pprox\.?|[Aa]t)\s+)?"
    rf"[\[(*_]*{_DATE}?{CLOCK_UNNAMED}(?:\.[0-9]+)?(?![0-9]|:[0-9]){_ZONE}?"
    rf"(?:\s*(?:-|\u2013|\u2014|\u2192|to|until)\s*{CLOCK_UNNAMED}{_ZONE}?)?[\])*_]*"
)
AFTER_LEAD = re.compile(r"\s*(?:[:|,\u2013\u2014-]+\s*|(?=[A-Z`\"(@])|\s)")
_SPEAKER = re.compile(
    r"\s*(?P<name>[*@]*[^\W\d][\w.-]*(?: [\w.-]+){0,2}[*:]*)(?P<gap>\s+[\[(]?)"
    rf"(?P<clock>{_DATE}?{CLOCK_UNNAMED}{_ZONE}?)[\])]?\s*"
)


def spoken(line: str, before: str) -> str:
    """The line with the time first, if it is the header of a chat message (`dana-reyes  2:02 PM`); else unchanged."""
    found = _SPEAKER.fullmatch(line)
    if found is None or (before.strip() and not found["gap"].startswith(("  ", "\t", " [", " ("))):
        return line
    return f"{found['clock']} {found['name']}:"
